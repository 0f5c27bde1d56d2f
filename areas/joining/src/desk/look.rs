//! Everything that a form shows besides what was typed, worked out at once: also while it is typed.

use db::Tx;
use jiff::civil::Date;
use joining_rules::sign_up::{Rules, before_birthday, withdraw_until};
use kernel::{PersonId, PhoneNumber, Postcode, WrongIban};
use membership_rules::tariff::years_on;
use people::Sight;
use people::person::Stored;
use people_rules::person::Reach;
use web::App;

use crate::known::{self, Asked, Known};
use crate::offer::{Asks, Offer, Who, offer};
use crate::sign_up::{Facts, filled, values};
use crate::typed::{Typed, mobile_of};
use crate::{Broken, settings};

/// What is wrong with a birth date, or how old somebody is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Birth {
    Empty,
    Impossible,
    TooYoung,
    Years(i16),
}

/// The words that are shown or read out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    pub information: wording::Filled,
    pub mandate: Option<wording::Filled>,
    pub newsletter: wording::Filled,
    pub parent: wording::Filled,
}

pub(crate) struct Look {
    pub known: Vec<Known>,
    pub offer: Option<Offer>,
    pub asks: Asks,
    pub birth: Birth,
    pub needs_parent: bool,
    /// `NL91 •••• •••• 4300`, or what is wrong with what was typed.
    pub iban: Option<Result<String, WrongIban>>,
    pub words: Words,
    pub rules: Rules,
}

/// Works all of it out; the words in the language of the new member.
pub(crate) async fn look(
    tx: &mut Tx,
    app: &App,
    typed: &Typed,
    person: Option<PersonId>,
) -> Result<Look, Broken> {
    let (book, today) = (app.rulebook(), app.now().date());
    let rules = settings::rules(&book, today)?;
    let starts_on = settings::starts_on(&book, today)?;
    let born = typed.born();
    let birth = birth(typed, born, today, &rules);
    let who = Who { person, born, told: typed.told(starts_on), began: typed.began() };
    let (offer, asks) = offer(tx, &book, &who, today).await?;
    let iban = typed.iban();
    let email = Reach::read(&typed.email).and_then(|email| email.usable);
    let phones: Vec<_> =
        [&typed.mobile, &typed.phone].into_iter().filter_map(|text| text.parse().ok()).collect();
    let name = kernel::PersonName {
        initials: typed.initials.trim().to_owned(),
        first_name: typed.first_name.trim().to_owned(),
        call_name: String::new(),
        prefix: typed.prefix.trim().to_owned(),
        surname: typed.last_name.trim().to_owned(),
    };
    let asked = Asked {
        name: (!name.surname.is_empty()).then_some(&name),
        born: born.filter(|_| matches!(birth, Birth::Years(_) | Birth::TooYoung)),
        email: email.as_ref(),
        phones: &phones,
        iban: iban.as_ref().and_then(|iban| iban.as_ref().ok()),
    };
    let mut known = known::alike(tx, app.keys(), asked, today).await?;
    known.retain(|known| Some(known.id) != person);
    let iban = iban.map(|iban| iban.map(|iban| iban.masked()));
    let words = words(tx, app, typed, &name, offer.as_ref(), &rules, &iban).await?;
    Ok(Look {
        known,
        offer,
        asks,
        needs_parent: matches!(birth, Birth::Years(_))
            && born.is_some_and(|born| before_birthday(born, rules.parent_below, today)),
        birth,
        iban,
        words,
        rules,
    })
}

fn birth(typed: &Typed, born: Option<Date>, today: Date, rules: &Rules) -> Birth {
    const OLDEST: i16 = 1900;
    match born {
        None if typed.birth_date.trim().is_empty() => Birth::Empty,
        None => Birth::Impossible,
        Some(born) if born > today || born.year() < OLDEST => Birth::Impossible,
        Some(born) if before_birthday(born, rules.min_age, today) => Birth::TooYoung,
        Some(born) => Birth::Years(years_on(born, today)),
    }
}

async fn words(
    tx: &mut Tx,
    app: &App,
    typed: &Typed,
    name: &kernel::PersonName,
    offer: Option<&Offer>,
    rules: &Rules,
    iban: &Option<Result<String, WrongIban>>,
) -> Result<Words, Broken> {
    let Some(offer) = offer else { return Ok(Words::default()) };
    let language = typed.language.parse().unwrap_or_default();
    let (t, now) = (app.texts(language), app.now());
    let calendar = &app.rulebook().calendar;
    let masked = iban.as_ref().and_then(|iban| iban.as_ref().ok()).cloned();
    let facts = Facts {
        name,
        sex: kernel::Sex::read(&typed.sex),
        member_number: "",
        amount: offer.amount(&t),
        starts_on: offer.starts_on,
        withdraw_until: withdraw_until(now.date(), rules, calendar),
        lapse_on: None,
        reference: None,
        masked: masked.clone(),
    };
    let values = values(tx, app, &t, &facts).await?;
    let mut text = async |key: &str| {
        let wording = wording::on(tx, key, language, now.date()).await?;
        Ok::<_, Broken>(filled(&wording, &values)?.text)
    };
    Ok(Words {
        information: text("text.signup.information").await?,
        mandate: match masked {
            Some(_) => Some(text("text.mandate.sepa").await?),
            None => None,
        },
        newsletter: text("text.signup.consent.newsletter").await?,
        parent: text("text.signup.parent").await?,
    })
}

/// What is known of somebody, as a form begins with it.
pub(crate) fn prefilled(stored: &Stored) -> Typed {
    use people_rules::person::Draft;

    let draft = Draft::from(&stored.person);
    let born = stored.person.birth_date;
    let mobile = mobile_of(&stored.person).map_or(draft.mobile, PhoneNumber::display);
    let postcode = draft.postcode.parse::<Postcode>();
    let postcode = postcode.map_or(draft.postcode, |postcode| postcode.to_string());
    let house_number = [draft.house_number, draft.addition].join(" ").trim().to_owned();
    Typed {
        person: stored.id.to_string(),
        first_name: if draft.first_name.is_empty() { draft.call_name } else { draft.first_name },
        prefix: draft.prefix,
        last_name: draft.last_name,
        initials: draft.initials,
        sex: draft.sex,
        birth_date: born.map(|day| day.strftime("%d-%m-%Y").to_string()).unwrap_or_default(),
        street: draft.street,
        house_number,
        postcode,
        town: draft.town,
        email: draft.email,
        mobile,
        phone: draft.phone,
        employer: draft.employer,
        sector: draft.sector,
        language: draft.language,
        ..Typed::default()
    }
}

/// The person that a form is about.
pub(crate) async fn stored(tx: &mut Tx, id: PersonId) -> Result<Option<Stored>, db::Error> {
    people::person::by_id(tx, id, Sight::All).await
}
