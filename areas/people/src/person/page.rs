use askama::Template;
use jiff::ZonedDateTime;
use jiff::civil::Date;
use kernel::{PersonId, PhoneNumber};
use people_rules::person::{Draft, PhoneKind, Why, Wrong};
use serde::Deserialize;
use texts::Texts;
use web::ui::{Html, rendered};
use web::{Panel, Side, User};

use super::store::{Found, Stored};
use crate::contact::{Kind, Moment, What, icon, when, words};
use crate::field::{Field, field};
use crate::search::page::status;
use crate::sight::may_write;

kernel::codes! {
    /// Which moments the timeline shows.
    pub enum Tab {
        All = "alles",
        Calls = "gesprekken",
        Requests = "aanvragen",
        Permission = "toestemming",
    }
}

#[derive(Template)]
#[template(path = "person.html")]
pub(super) struct PersonPage<'a> {
    t: &'a Texts,
    stored: Stored,
    found: Found,
    moments: Vec<Moment>,
    more: bool,
    tab: Tab,
    now: &'a ZonedDateTime,
    head: Vec<Html>,
    main: Vec<Html>,
    beside: Vec<Html>,
    may_call: bool,
    may_change: bool,
    done: Option<String>,
}

impl<'a> PersonPage<'a> {
    #[expect(clippy::too_many_arguments, reason = "what the page shows, from seven places")]
    pub(super) fn new(
        t: &'a Texts,
        stored: Stored,
        found: Found,
        moments: Vec<Moment>,
        panels: Vec<Panel>,
        tab: Tab,
        now: &'a ZonedDateTime,
        limit: usize,
        user: &User,
        done: Option<String>,
    ) -> Self {
        let more = moments.len() == limit;
        let moments = moments.into_iter().filter(|moment| belongs(tab, moment)).collect();
        let (mut head, mut main, mut beside) = (vec![], vec![], vec![]);
        for Panel { side, rank: _, html } in panels {
            let list = match side {
                Side::Head => &mut head,
                Side::Main => &mut main,
                Side::Beside => &mut beside,
            };
            list.push(rendered(html));
        }
        let may_call = user.may(kernel::Action::WorkCalls) && stored.death_reported_at.is_none();
        let may_change = may_write(user);
        Self {
            t,
            stored,
            found,
            moments,
            more,
            tab,
            now,
            head,
            main,
            beside,
            may_call,
            may_change,
            done,
        }
    }

    /// `De heer W. van Vliet`
    fn title(&self) -> String {
        formal(self.t, &self.found)
    }

    fn status(&self) -> String {
        status(self.t, &self.found)
    }

    /// `66 jaar, Zutphen`
    fn subtitle(&self) -> String {
        let age = self.stored.person.birth_date.map(|born| {
            self.t.with("people-age", "years", i64::from(age_on(born, self.now.date())))
        });
        let town = Some(self.stored.person.address.town.clone()).filter(|town| !town.is_empty());
        age.into_iter().chain(town).collect::<Vec<_>>().join(", ")
    }

    fn numbers(&self) -> impl Iterator<Item = &PhoneNumber> {
        self.stored.person.phones.iter().filter_map(|phone| phone.number.usable.as_ref())
    }

    fn tabs(&self) -> [(Tab, &'static str); 4] {
        [
            (Tab::All, "people-tab-all"),
            (Tab::Calls, "people-tab-calls"),
            (Tab::Requests, "people-tab-requests"),
            (Tab::Permission, "people-tab-permission"),
        ]
    }

    fn is_tab(&self, tab: &Tab) -> bool {
        self.tab == *tab
    }

    fn icon(&self, moment: &Moment) -> Html {
        web::icon(icon(&moment.what))
    }

    fn tone(&self, moment: &Moment) -> &'static str {
        match &moment.what {
            What::Contact { kind: Kind::Brochure | Kind::WebForm | Kind::Question, .. }
            | What::Requested { .. } => "is-key",
            What::Logged { outcome: Some(outcome), .. }
                if outcome == "joined" || outcome == "retained" =>
            {
                "is-good"
            }
            What::Logged { kind, .. } if kind == "objection_made" => "is-bad",
            _ => "",
        }
    }

    fn what(&self, moment: &Moment) -> String {
        words(self.t, &moment.what)
    }

    fn when(&self, moment: &Moment) -> String {
        when(self.t, moment, self.now)
    }

    fn address(&self) -> String {
        let address = &self.stored.person.address;
        let number = address.house_number.map(|number| number.to_string()).unwrap_or_default();
        let street = [address.street.as_str(), &number, &address.addition];
        let postcode = address
            .postcode
            .parse::<kernel::Postcode>()
            .map_or_else(|_| address.postcode.clone(), |p| p.to_string());
        let place = [postcode.as_str(), &address.town];
        [join(&street, " "), join(&place, " ")]
            .into_iter()
            .filter(|line| !line.is_empty())
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn notice(&self) -> Option<String> {
        let id = match self.done.as_deref()? {
            "nieuw" => "people-done-new",
            "gewijzigd" => "people-done-changed",
            "bezwaar" => "people-done-objection",
            "toestemming" => "people-done-consent",
            "ingetrokken" => "people-done-withdrawn",
            _ => return None,
        };
        Some(self.t.get(id))
    }
}

fn join(parts: &[&str], between: &str) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(between)
}

/// With the title in full: `Mevrouw S. Arslan`, and only the name where we do not know better.
#[must_use]
pub fn formal(t: &Texts, person: &Found) -> String {
    let id = match person.sex {
        Some(kernel::Sex::Female) => "people-formal-f",
        Some(kernel::Sex::Male) => "people-formal-m",
        Some(kernel::Sex::Neutral) | None => return person.name().spoken(),
    };
    t.with(id, "name", person.name().short())
}

/// Whole years.
fn age_on(born: Date, day: Date) -> i16 {
    let had_birthday = (day.month(), day.day()) >= (born.month(), born.day());
    day.year() - born.year() - i16::from(!had_birthday)
}

fn belongs(tab: Tab, moment: &Moment) -> bool {
    match (tab, &moment.what) {
        (Tab::All, _) => true,
        (Tab::Calls, What::Logged { kind, .. }) => {
            kind == "outcome_logged" || kind.starts_with("callback")
        }
        (Tab::Calls, What::Contact { kind, .. }) => *kind == Kind::Call,
        (Tab::Requests, What::Contact { kind, .. }) => *kind != Kind::Call,
        (Tab::Requests, What::Requested { .. }) => true,
        (Tab::Requests, What::Logged { kind, .. }) => kind.starts_with("mail"),
        (Tab::Permission, What::Allowed { .. }) => true,
        (Tab::Permission, What::Logged { kind, .. }) => {
            kind.starts_with("consent") || kind.starts_with("objection")
        }
        _ => false,
    }
}

/// The form exactly as the browser sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PersonForm {
    pub version: String,
    pub initials: String,
    pub first_name: String,
    pub call_name: String,
    pub prefix: String,
    pub last_name: String,
    pub birth_date: String,
    pub sex: String,
    pub street: String,
    pub house_number: String,
    pub addition: String,
    pub postcode: String,
    pub town: String,
    pub country: String,
    pub phone: String,
    pub mobile: String,
    pub email: String,
    pub sector: String,
    pub employer: String,
    pub occupation: String,
    pub source: String,
    pub interest: String,
    pub language: String,
    pub member_number: String,
    pub external_id: String,
}

impl PersonForm {
    /// Of somebody new who rings from this number; without one, or with what is none, it is empty.
    pub(super) fn with_number(number: &str) -> Self {
        match number.parse::<kernel::PhoneNumber>() {
            Ok(number) if number.is_mobile() => {
                Self { mobile: number.display(), ..Self::default() }
            }
            Ok(number) => Self { phone: number.display(), ..Self::default() },
            Err(_) => Self::default(),
        }
    }

    pub(super) fn of(stored: &Stored, masked: bool) -> Self {
        let Draft {
            member_number,
            external_id,
            initials,
            first_name,
            call_name,
            prefix,
            last_name,
            name: _,
            birth_date,
            sex,
            street,
            house_number,
            addition,
            postcode,
            town,
            country,
            phone,
            mobile,
            email,
            sector,
            employer,
            occupation,
            source,
            interest,
            language,
        } = Draft::from(&stored.person);
        let shown = |number: String| {
            number.parse::<PhoneNumber>().map_or(number, |number| number.display())
        };
        Self {
            version: stored.version.to_string(),
            initials,
            first_name,
            call_name,
            prefix,
            last_name,
            birth_date: if masked { String::new() } else { birth_date },
            sex,
            street,
            house_number,
            addition,
            postcode,
            town,
            country,
            phone: shown(phone),
            mobile: shown(mobile),
            email,
            sector,
            employer,
            occupation,
            source,
            interest,
            language,
            member_number,
            external_id,
        }
    }

    pub(super) fn draft(&self) -> Draft {
        let own = self.clone();
        Draft {
            member_number: own.member_number,
            external_id: own.external_id,
            initials: own.initials,
            first_name: own.first_name,
            call_name: own.call_name,
            prefix: own.prefix,
            last_name: own.last_name,
            name: String::new(),
            birth_date: own.birth_date,
            sex: own.sex,
            street: own.street,
            house_number: own.house_number,
            addition: own.addition,
            postcode: own.postcode,
            town: own.town,
            country: own.country,
            phone: own.phone,
            mobile: own.mobile,
            email: own.email,
            sector: own.sector,
            employer: own.employer,
            occupation: own.occupation,
            source: own.source,
            interest: own.interest,
            language: own.language,
        }
    }
}

/// Somebody else changed the person while this form was open.
pub(super) struct Lock {
    pub version: i64,
    pub theirs: Draft,
}

#[derive(Template)]
#[template(path = "person_edit.html")]
pub(super) struct EditPage<'a> {
    pub t: &'a Texts,
    pub id: Option<PersonId>,
    pub form: &'a PersonForm,
    pub wrong: &'a [Wrong],
    pub lock: Option<Lock>,
    /// The member number or external key is somebody else's.
    pub taken: bool,
    pub masked: bool,
}

impl EditPage<'_> {
    fn version(&self) -> String {
        self.lock
            .as_ref()
            .map_or_else(|| self.form.version.clone(), |lock| lock.version.to_string())
    }

    fn why(&self, field: &str) -> Option<String> {
        let why = self.wrong.iter().find(|wrong| wrong.field == field)?.why;
        Some(self.t.get(why_text(why)))
    }

    fn action(&self) -> String {
        self.id.map_or_else(|| "/leden/nieuw".to_owned(), |id| format!("/leden/{id}/wijzig"))
    }

    fn names(&self) -> [Field<'_>; 5] {
        let f = self.form;
        [
            field("initials", "people-initials", &f.initials, "text", "s2"),
            field("first_name", "people-first-name", &f.first_name, "text", "s4"),
            field("call_name", "people-call-name", &f.call_name, "text", "s2"),
            field("prefix", "people-prefix", &f.prefix, "text", "s2"),
            field("last_name", "people-last-name", &f.last_name, "text", "s2"),
        ]
    }

    fn reach(&self) -> [Field<'_>; 9] {
        let f = self.form;
        [
            field("mobile", "people-mobile", &f.mobile, "tel", "s3"),
            field("phone", "people-phone", &f.phone, "tel", "s3"),
            field("email", "people-email", &f.email, "text", "s6"),
            field("street", "people-street", &f.street, "text", "s4"),
            field("house_number", "people-house-number", &f.house_number, "text", "s1"),
            field("addition", "people-addition", &f.addition, "text", "s1"),
            field("postcode", "people-postcode", &f.postcode, "text", "s2"),
            field("town", "people-town", &f.town, "text", "s3"),
            field("country", "people-country", &f.country, "text", "s1"),
        ]
    }

    fn work(&self) -> [Field<'_>; 5] {
        let f = self.form;
        [
            field("sector", "people-sector", &f.sector, "text", "s3"),
            field("employer", "people-employer", &f.employer, "text", "s3"),
            field("occupation", "people-occupation", &f.occupation, "text", "s2"),
            field("source", "people-source", &f.source, "text", "s2"),
            field("interest", "people-interest", &f.interest, "text", "s2"),
        ]
    }

    fn is_sex(&self, code: &str) -> bool {
        kernel::Sex::read(&self.form.sex).map_or("", kernel::Sex::code) == code
    }

    /// What stands there now, where it differs from what was typed.
    fn theirs(&self) -> Vec<(String, String)> {
        let Some(lock) = &self.lock else { return vec![] };
        let mine = self.form.draft();
        let theirs = &lock.theirs;
        [
            ("people-last-name", &mine.last_name, &theirs.last_name),
            ("people-mobile", &mine.mobile, &theirs.mobile),
            ("people-phone", &mine.phone, &theirs.phone),
            ("people-email", &mine.email, &theirs.email),
            ("people-street", &mine.street, &theirs.street),
            ("people-house-number", &mine.house_number, &theirs.house_number),
            ("people-postcode", &mine.postcode, &theirs.postcode),
            ("people-town", &mine.town, &theirs.town),
            ("people-employer", &mine.employer, &theirs.employer),
        ]
        .into_iter()
        .filter(|(_, mine, theirs)| mine.trim() != theirs.trim())
        .map(|(label, _, theirs)| (self.t.get(label), theirs.clone()))
        .collect()
    }
}

/// The text of a wrong field: for forms, files and messages the same.
pub fn why_text(why: Why) -> &'static str {
    match why {
        Why::NameMissing => "people-why-name-missing",
        Why::NotADate => "people-why-not-a-date",
        Why::ImpossibleDate => "people-why-impossible-date",
        Why::TooLong => "people-why-too-long",
        Why::NotAPostcode => "people-why-not-a-postcode",
        Why::NotANumber => "people-why-not-a-number",
        Why::NotASex => "people-why-not-a-sex",
        Why::NotAPhoneNumber => "people-why-not-a-phone-number",
        Why::NotAnEmail => "people-why-not-an-email",
        Why::NotALanguage => "people-why-not-a-language",
        Why::NameGuessed => "people-why-name-guessed",
        Why::Missing => "people-why-missing",
        Why::NotAKind => "people-why-not-a-kind",
        Why::NotALegalForm => "people-why-not-a-legal-form",
        Why::NotEightDigits => "people-why-not-eight-digits",
        Why::NotTwelveDigits => "people-why-not-twelve-digits",
        Why::OnlyForABranch => "people-why-only-for-a-branch",
        Why::NeedsKvk => "people-why-needs-kvk",
        Why::InTheFuture => "people-why-in-the-future",
        Why::EndsBeforeItBegins => "people-why-ends-before-it-begins",
        Why::HoldsBsn => "people-why-holds-bsn",
    }
}

/// The label of a telephone number.
pub(crate) fn phone_kind_text(kind: &PhoneKind) -> &'static str {
    match kind {
        PhoneKind::Mobile => "people-mobile",
        PhoneKind::Phone => "people-phone",
    }
}
