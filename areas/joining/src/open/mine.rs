//! A member's own page, by a link: what is kept, confirm and withdraw, preferences, and leaving in two clicks.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use db::{Tx, args};
use jiff::civil::Date;
use kernel::{Actor, Email, MembershipId, PersonId};
use mail::link::{self, Opened};
use membership::tariff::{Costs, per_text};
use membership::{Holder, Membership};
use people::Sight;
use people::permission::{self, Basis, Channel, NewConsent, NewObjection, Purpose};
use people::person::Stored;
use retention::case::{self, Ending, NewNotice, Would};
use retention_rules::case::Channel as Came;
use serde::Deserialize;
use texts::{Language, Texts};
use web::{App, Fields, Form, Source, WebError};

use super::frame;
use crate::desk::stays_text;
use crate::sign_up::{self, By, SignUp, filled, language, send_member_link};
use crate::{Broken, Refused};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    lang: String,
}

#[derive(Template)]
#[template(path = "open_ask.html")]
struct AskPage<'a> {
    t: &'a Texts,
}

pub(super) async fn ask(
    State(app): State<App>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let t = app.texts(frame::language(&headers, &asked.lang));
    frame::page(&app, &t, &t.get("joining-mine-ask"), StatusCode::OK, &AskPage { t: &t })
}

/// Sends a link to whoever has this number or address. The answer is the same whether somebody has.
pub(super) async fn send(
    State(app): State<App>,
    source: Source,
    headers: HeaderMap,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let t = app.texts(frame::language(&headers, typed.text("lang")));
    let (wanted, today) = (typed.text("wie"), app.now().date());
    let wait = app
        .db()
        .write(Actor::SYSTEM, async |tx| {
            let wait = web::guesses::count(tx, "mijn", source).await?;
            if wait.is_none() {
                for person in called(tx, wanted).await? {
                    send_to(tx, &app, person, today).await?;
                }
            }
            Ok::<_, Broken>(wait)
        })
        .await?;
    let title = t.get("joining-mine-ask");
    match wait {
        Some(wait) => {
            let says = t.with("joining-open-often", "minutes", (wait.as_secs() + 59) / 60);
            frame::says(&app, &t, (&title, &says), StatusCode::TOO_MANY_REQUESTS)
        }
        None => frame::says(&app, &t, (&title, &t.get("joining-mine-sent")), StatusCode::OK),
    }
}

/// Who has this member number or e-mail address: one address may be a family's.
async fn called(tx: &mut Tx, wanted: &str) -> Result<Vec<PersonId>, db::Error> {
    db::row! { struct Row { id: PersonId } }

    let Ok(email) = wanted.parse::<Email>() else {
        let found = people::person::by_member_number(tx, wanted).await?;
        return Ok(found.into_iter().collect());
    };
    let rows: Vec<Row> = tx
        .all(
            "select id from people where email_fold <> '' and email_fold = $1 order by id limit 5",
            args![email.folded()],
        )
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Mails somebody the link to the own page, if there is a membership today or later.
pub(super) async fn send_to(
    tx: &mut Tx,
    app: &App,
    person: PersonId,
    today: Date,
) -> Result<(), Broken> {
    let held = membership::of_person(tx, person).await?;
    let current = held.into_iter().find(|held| held.ends_on.is_none_or(|end| today <= end));
    if let Some(membership) = current {
        send_member_link(tx, app, person, membership.id).await?;
    }
    Ok(())
}

/// What a member's page shows.
struct Own {
    person: Stored,
    membership: Membership,
    costs: Option<Costs>,
    account: Option<String>,
    sign_up: Option<SignUp>,
    newsletter: bool,
    calls: bool,
    /// What the member passes on to who may join, and as a link.
    code: Option<(String, String)>,
    /// None where nothing says how the membership ends, or it has an end.
    would: Option<Would>,
}

async fn own(tx: &mut Tx, app: &App, opened: &Opened) -> Result<Option<Own>, Broken> {
    let today = app.now().date();
    let id = MembershipId(opened.subject_id);
    let person = people::person::by_id(tx, opened.person_id, Sight::All).await?;
    let held = membership::by_id(tx, id).await?;
    let Some((person, (membership, _))) = person.zip(held) else { return Ok(None) };
    let mandate = dues::mandate::open_of(tx, id).await?;
    let account = match mandate {
        Some(mandate) => Some(dues::account::masked(tx, app.keys(), mandate.account_id).await?),
        None => None,
    };
    let sign_ups = sign_up::of_person(tx, person.id).await?;
    let would = match (membership.ends_on, case::would_end(tx, id, (today, None), today).await) {
        (None, Ok(would)) => Some(would),
        (_, Err(case::Refused::Broken(error))) => return Err(error.into()),
        _ => None,
    };
    Ok(Some(Own {
        costs: membership::tariff::costs(tx, id, today).await?,
        account,
        sign_up: sign_ups.into_iter().find(|sign_up| sign_up.membership_id == id),
        newsletter: newsletter(tx, person.id).await?.is_some(),
        calls: objection(tx, person.id).await?.is_none(),
        code: referral::code_of(tx, person.id)
            .await?
            .map(|code| (code.as_str().to_owned(), referral::link(app, &code))),
        would,
        person,
        membership,
    }))
}

/// The open consent to the newsletter.
async fn newsletter(tx: &mut Tx, person: PersonId) -> Result<Option<kernel::ConsentId>, db::Error> {
    let consents = permission::consents(tx, person).await?;
    let open = consents.into_iter().find(|consent| {
        consent.purpose == Purpose::Newsletter
            && consent.channel == Channel::Email
            && consent.withdrawn_at.is_none()
    });
    Ok(open.map(|consent| consent.id))
}

/// The open objection to calls of every kind.
async fn objection(
    tx: &mut Tx,
    person: PersonId,
) -> Result<Option<kernel::ObjectionId>, db::Error> {
    let objections = permission::objections(tx, person).await?;
    let open = objections.into_iter().find(|objection| {
        objection.channel == Channel::Phone
            && objection.purpose == Purpose::Any
            && objection.withdrawn_at.is_none()
    });
    Ok(open.map(|objection| objection.id))
}

#[derive(Template)]
#[template(path = "open_mine.html")]
struct MinePage<'a> {
    t: &'a Texts,
    token: &'a str,
    association: &'a str,
    own: &'a Own,
    today: Date,
    notice: Option<String>,
}

impl MinePage<'_> {
    fn name(&self) -> String {
        self.own.person.person.name.spoken()
    }

    fn number(&self) -> Option<&str> {
        self.own.person.person.member_number.as_deref()
    }

    fn email(&self) -> Option<&str> {
        self.own.person.person.email.as_ref().map(|email| email.written.as_str())
    }

    fn since(&self) -> Option<String> {
        Some(self.t.date(self.own.membership.starts_on?))
    }

    fn ends(&self) -> Option<String> {
        Some(self.t.date(self.own.membership.ends_on?))
    }

    fn amount(&self) -> Option<String> {
        let (_, priced) = self.own.costs.as_ref()?.ahead.first()?;
        Some(format!("{} {}", self.t.money(priced.cents), self.t.get(per_text(priced.per))))
    }

    fn may_confirm(&self) -> bool {
        // A parent agrees on the page of the sign-up itself, where the text of it stands.
        let found = self.own.sign_up.as_ref().filter(|sign_up| !sign_up.needs_parent);
        found.is_some_and(|sign_up| sign_up.stands().confirm(self.today, true).is_ok())
    }

    fn withdraw_until(&self) -> Option<String> {
        let sign_up = self.own.sign_up.as_ref()?;
        sign_up.stands().withdraw(self.today).ok()?;
        Some(self.t.date(sign_up.withdraw_until?))
    }

    fn is_english(&self) -> bool {
        self.t.language() == Language::English
    }
}

/// The page before a membership is cancelled: what it would mean, and the way back.
#[derive(Template)]
#[template(path = "open_cancel.html")]
struct CancelPage<'a> {
    t: &'a Texts,
    token: &'a str,
    association: &'a str,
    own: &'a Own,
    would: &'a Would,
}

impl CancelPage<'_> {
    fn ends(&self) -> String {
        self.t.date(self.would.end.on)
    }

    fn due(&self) -> String {
        self.t.money(self.would.due)
    }

    /// What it will cost less, and from when.
    fn less(&self) -> Option<String> {
        let ahead = &self.own.costs.as_ref()?.ahead;
        let (_, now) = ahead.first()?;
        let (from, then) = ahead.iter().find(|(_, then)| then.cents < now.cents)?;
        let amount = format!("{} {}", self.t.money(then.cents), self.t.get(per_text(then.per)));
        Some(self.t.with2("joining-mine-less", "day", self.t.date(*from), "amount", amount))
    }
}

pub(super) async fn show(
    app: &App,
    token: &str,
    opened: &Opened,
    is_to_cancel: bool,
    notice: Option<String>,
) -> Result<Response, WebError> {
    let found = app.db().read(Actor::SYSTEM, async |tx| own(tx, app, opened).await).await?;
    let Some(own) = found else {
        let t = app.texts(Language::default());
        let says = (t.get("joining-mine"), t.get("joining-mine-gone"));
        return frame::says(app, &t, (&says.0, &says.1), StatusCode::GONE);
    };
    let t = app.texts(language(&own.person.person));
    let association = app.settings().association.as_str();
    if let (true, Some(would)) = (is_to_cancel, &own.would) {
        let body = CancelPage { t: &t, token, association, own: &own, would };
        return frame::page(app, &t, &t.get("joining-mine-cancel"), StatusCode::OK, &body);
    }
    let today = app.now().date();
    let body = MinePage { t: &t, token, association, own: &own, today, notice };
    frame::page(app, &t, &t.get("joining-mine"), StatusCode::OK, &body)
}

/// What a member does on the own page.
pub(super) async fn act(
    app: &App,
    token: &str,
    opened: &Opened,
    typed: &Fields,
) -> Result<Response, WebError> {
    let done = app
        .db()
        .write(Actor::SYSTEM, async |tx| {
            // Works as often as it is used; when it was first is remembered.
            let _ = link::spend(tx, opened).await?;
            let Some(own) = own(tx, app, opened).await? else { return Err(Refused::NotFound) };
            step(tx, app, &own, typed).await
        })
        .await;
    let t = app.texts(typed.text("taal").parse().unwrap_or_default());
    let notice = match done {
        Ok(notice) => notice,
        Err(Refused::Stays(stays)) => Some(stays_text(&t, stays)),
        Err(Refused::NotFound) => None,
        Err(Refused::Broken(error)) => return Err(error.into()),
        Err(_) => return Err(WebError::Unreadable),
    };
    show(app, token, opened, false, notice).await
}

async fn step(
    tx: &mut Tx,
    app: &App,
    own: &Own,
    typed: &Fields,
) -> Result<Option<String>, Refused> {
    let t = app.texts(language(&own.person.person));
    let sign_up = own.sign_up.as_ref().map(|sign_up| sign_up.id);
    match (typed.text("doen"), sign_up) {
        ("bevestig", Some(id)) => {
            sign_up::confirm(tx, app, id, By::Link, false).await?;
            Ok(Some(t.get("joining-mine-confirmed")))
        }
        ("bedenk", Some(id)) => {
            sign_up::withdraw(tx, app, id).await?;
            Ok(None)
        }
        ("voorkeuren", _) => {
            prefer(tx, app, own, typed).await?;
            let now = app.texts(typed.text("taal").parse().unwrap_or(t.language()));
            Ok(Some(now.get("joining-mine-kept")))
        }
        ("opzeggen", _) => {
            let on = cancel(tx, app, own).await?;
            Ok(Some(t.with("joining-mine-cancelled", "day", t.date(on))))
        }
        _ => Ok(None),
    }
}

async fn prefer(tx: &mut Tx, app: &App, own: &Own, typed: &Fields) -> Result<(), Refused> {
    let person = own.person.id;
    let today = app.now().date();
    let (wants_news, wants_calls) = (typed.text("nieuws") == "ja", typed.text("bellen") == "ja");
    match (newsletter(tx, person).await?, wants_news) {
        (Some(consent), false) => permission::withdraw_consent(tx, consent, person).await?,
        (None, true) => {
            let language = language(&own.person.person);
            let wording =
                wording::on(tx, "text.signup.consent.newsletter", language, today).await?;
            let values = [("vereniging", app.settings().association.clone())];
            let consent = NewConsent {
                person,
                purpose: Purpose::Newsletter,
                channel: Channel::Email,
                basis: Basis::Consent,
                given_at: tx.now(),
                text_shown: filled(&wording, &values)?.text.text,
                source: "eigen pagina".into(),
                until_on: None,
                number: None,
            };
            permission::add_consent(tx, consent).await?;
        }
        _ => {}
    }
    match (objection(tx, person).await?, wants_calls) {
        (Some(objection), true) => permission::withdraw_objection(tx, objection, person).await?,
        (None, false) => {
            let objection = NewObjection::all(person, Channel::Phone, "eigen pagina");
            permission::object(tx, objection).await?;
        }
        _ => {}
    }
    if let Ok(language) = typed.text("taal").parse::<Language>()
        && own.person.person.language != language.code()
    {
        let mut changed = own.person.person.clone();
        language.code().clone_into(&mut changed.language);
        people::person::change(tx, person, own.person.version, &changed).await?;
    }
    Ok(())
}

/// A notice is never refused; a second one ends what the first did.
async fn cancel(tx: &mut Tx, app: &App, own: &Own) -> Result<Date, Refused> {
    let membership = own.membership.id;
    if let Some(ends_on) = own.membership.ends_on {
        return Ok(ends_on);
    }
    let today = app.now().date();
    let rules = case::rules(app)?;
    let holder = Holder::Person(own.person.id);
    let notice = NewNotice {
        membership,
        channel: Came::Web,
        received_on: today,
        wished_on: None,
        attempt: None,
        member_kind: case::kind_of(tx, holder, today).await?.code(),
    };
    let (id, _) = case::open(tx, notice).await.map_err(ended)?;
    let case = case::by_id(tx, id).await?.ok_or(Refused::NotFound)?;
    let ending = Ending::Cancelled { wished_on: None };
    case::end(tx, &case, ending, None, &rules).await.map_err(ended)
}

fn ended(refused: case::Refused) -> Refused {
    match refused {
        case::Refused::Broken(error) => error.into(),
        _ => Refused::NotFound,
    }
}
