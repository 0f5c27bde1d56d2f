//! Somebody becomes a member: person, membership, mandate, consent, outcome of the call and message, in one step.

use calls::outcome::{About, Said};
use calls_rules::outcome::{Code, Outcome};
use db::{Tx, new_id};
use jiff::civil::Date;
use joining_rules::sign_up::{self as rule, Method, Way};
use kernel::{
    AttemptId, ConsentId, EventKind, Fact, Fence, MandateId, MembershipId, PersonId, SignUpId,
    local,
};
use membership::Holder;
use membership::situation::NewSituation;
use people::Sight;
use people::permission::{self, Basis, Channel, NewConsent, Purpose};
use people_rules::representative::Scope;
use web::App;

use super::message::{self, Facts, Filled, filled};
use super::store::{self, New, SignUp};
use super::{number, texts_shown};
use crate::known::{self, Asked};
use crate::offer::{Offer, Who, offer};
use crate::typed::{NewSignUp, put_over};
use crate::{Broken, Refused, settings};

/// What was committed.
#[derive(Clone, Debug)]
pub struct Done {
    pub sign_up: SignUp,
    /// `false` if the same form was sent before.
    pub is_new: bool,
    /// The outcome of the agent's own call was logged with it.
    pub in_call: bool,
}

/// Makes somebody a member.
///
/// # Errors
///
/// [`Refused`]; nothing is written then.
pub async fn commit(tx: &mut Tx, app: &App, new: &NewSignUp) -> Result<Done, Refused> {
    // Two tabs, or two colleagues, with one person: the second sees what the first did.
    number::hold(tx).await?;
    if let Some(sign_up) = store::by_key(tx, &new.key).await? {
        return Ok(Done { sign_up, is_new: false, in_call: false });
    }
    let (book, today) = (app.rulebook(), local(tx.now()).date());
    let rules = settings::rules(&book, today)?;
    let wanted = rule::Wanted {
        method: new.method,
        way: new.way,
        born: new.typed.reveal().birth_date,
        has_parent: !new.parent.reveal().is_empty(),
        is_told: new.is_told,
        said_yes: new.said_yes,
    };
    let begun = rule::commit(&wanted, today, &rules, &book.calendar)?;
    refuse_members(tx, app, new, today).await?;
    let call = match new.person {
        Some(person) => own_call(tx, person).await?,
        None => None,
    };

    let (person, is_new_person) = keep_person(tx, app, new, today).await?;
    let who =
        Who { person: Some(person), born: wanted.born, told: new.told.clone(), began: new.began };
    let (offer, _) = offer(tx, &book, &who, today).await?;
    let offer = offer.ok_or(Refused::NoTariff)?;
    let holder = Holder::Person(person);
    let membership = membership::begin(tx, holder, offer.starts_on, "", new.began).await?;
    for told in &new.told {
        let membership_rules::tariff::Told { situation, from, until, value, proof_until } = *told;
        let told = NewSituation { situation, from, until, value, proof_until };
        membership::situation::tell(tx, holder, told, 0).await?;
    }
    if let Some(phase) = &offer.phase {
        membership::tariff::start_phase(tx, membership, phase, offer.usual.table).await?;
    }
    let stored = stored(tx, person).await?;
    let language = message::language(&stored.person);
    let shown = texts_of(tx, app, new, &offer, &begun, &stored.person, language).await?;
    let mandate = mandate(tx, app, new, (membership, today), shown.mandate.as_ref()).await?;
    let consent = newsletter(tx, new, person, shown.newsletter.as_ref()).await?;

    let id = SignUpId(new_id());
    let row = New {
        id,
        key: &new.key,
        person,
        is_new_person,
        membership,
        mandate,
        method: new.method,
        way: new.way,
        begun,
        offer: &offer,
        consent,
        parent: &new.parent,
        referral: &new.referral,
        attempt: call.map(|call| call.attempt),
        rule: &settings::version(&book, today)?,
    };
    store::insert(tx, row).await?;
    for text in shown.all() {
        texts_shown::keep(tx, id, text).await?;
    }
    recruited(tx, app, new, (person, membership)).await?;
    let sign_up = store::by_id(tx, id).await?.ok_or(Refused::NotFound)?;
    if begun.state == rule::State::Confirmed {
        super::confirm::sign_mandate(tx, &sign_up, new.way, today).await?;
    }
    if let Some(call) = call {
        log_call(tx, app, person, call).await?;
    }
    let mut event = sign_up
        .event(EventKind::SignUpCommitted, tx)
        .with("method", Fact::Code(new.method.code()))
        .with("state", Fact::Code(begun.state.code()));
    if call.is_none() {
        event = event.with("outcome", Fact::Code(Code::Joined.code()));
    }
    event.rule = Some(settings::version(&book, today)?);
    activity::record(tx, event).await?;
    message::ask(tx, app, &sign_up, &stored).await?;
    Ok(Done { sign_up, is_new: true, in_call: call.is_some() })
}

/// Nobody becomes a member twice, and nobody a second time under the own name without somebody saying so.
async fn refuse_members(
    tx: &mut Tx,
    app: &App,
    new: &NewSignUp,
    today: Date,
) -> Result<(), Refused> {
    if let Some(person) = new.person
        && known::is_member(tx, person, today).await?
    {
        return Err(Refused::AlreadyMember);
    }
    if new.other {
        return Ok(());
    }
    let typed = new.typed.reveal();
    let asked = Asked {
        name: Some(&typed.name),
        born: typed.birth_date,
        email: typed.email.as_ref().and_then(|email| email.usable.as_ref()),
        phones: &typed.numbers(),
        iban: new.iban.as_ref().map(kernel::Pii::reveal),
    };
    let alike = known::alike(tx, app.keys(), asked, today).await?;
    let is_known = alike
        .iter()
        .any(|known| known.is_member && known.alike.is_likely() && Some(known.id) != new.person);
    if is_known { Err(Refused::LooksKnown) } else { Ok(()) }
}

/// A call of the acting agent with this person that waits for its outcome.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnCall {
    pub fence: Fence,
    pub attempt: AttemptId,
    pub method: Method,
}

pub(crate) async fn own_call(tx: &mut Tx, person: PersonId) -> Result<Option<OwnCall>, db::Error> {
    let me = tx.actor().user;
    let claim = calls::claim::of_agent(tx, me).await?.filter(|claim| claim.person_id == person);
    let Some(claim) = claim else { return Ok(None) };
    let attempt = calls::attempt::of_claim(tx, claim.id).await?;
    Ok(attempt.map(|attempt| OwnCall {
        fence: claim.fence,
        attempt: attempt.id,
        method: if attempt.is_inbound() { Method::PhoneIn } else { Method::PhoneOut },
    }))
}

async fn log_call(tx: &mut Tx, app: &App, person: PersonId, call: OwnCall) -> Result<(), Refused> {
    let now = app.now();
    let settings = calls::outcome_settings(&app.rulebook(), now.date())?;
    let about = About::Person(person);
    let outcome = Outcome::Plain(Code::Joined);
    let said = Said::default();
    // What it decided is stored with it.
    let _ = calls::outcome::log(tx, call.fence, about, outcome, said, &now, &settings).await?;
    Ok(())
}

async fn stored(tx: &mut Tx, person: PersonId) -> Result<people::person::Stored, Refused> {
    people::person::by_id(tx, person, Sight::All).await?.ok_or(Refused::NotFound)
}

/// The person as it is known from now on, with a number; whether nobody knew her before.
async fn keep_person(
    tx: &mut Tx,
    app: &App,
    new: &NewSignUp,
    today: Date,
) -> Result<(PersonId, bool), Refused> {
    let from = app.rulebook().number("signup.member_number_from", today)?;
    let Some(id) = new.person else {
        let mut person = new.typed.reveal().clone();
        person.member_number = Some(number::next(tx, from).await?);
        return Ok((people::person::add(tx, &person).await?, true));
    };
    // In a call that came in, only who said who that is changes anything.
    people::check::require(tx, id, Scope::Changes).await?.map_err(Refused::NotChecked)?;
    let known = stored(tx, id).await?;
    let mut person = known.person.clone();
    put_over(&mut person, new.typed.reveal());
    if person.member_number.is_none() {
        person.member_number = Some(number::next(tx, from).await?);
    }
    if person != known.person {
        people::person::change(tx, id, known.version, &person).await?;
    }
    Ok((id, false))
}

/// The texts that were shown.
struct Shown {
    information: Filled,
    mandate: Option<Filled>,
    newsletter: Option<Filled>,
    parent: Option<Filled>,
}

impl Shown {
    fn all(&self) -> impl Iterator<Item = &Filled> {
        let others = [&self.mandate, &self.newsletter, &self.parent];
        std::iter::once(&self.information).chain(others.into_iter().flatten())
    }
}

async fn texts_of(
    tx: &mut Tx,
    app: &App,
    new: &NewSignUp,
    offer: &Offer,
    begun: &rule::Committed,
    person: &people_rules::person::Person,
    language: texts::Language,
) -> Result<Shown, Broken> {
    let t = app.texts(language);
    let today = local(tx.now()).date();
    let facts = Facts {
        name: &person.name,
        sex: person.sex,
        member_number: person.member_number.as_deref().unwrap_or_default(),
        amount: offer.amount(&t),
        starts_on: offer.starts_on,
        withdraw_until: begun.withdraw_until,
        lapse_on: begun.lapse_on,
        reference: None,
        masked: new.iban.as_ref().map(|iban| iban.reveal().masked()),
    };
    let values = message::values(tx, app, &t, &facts).await?;
    let mut text = async |key: &str| {
        let wording = wording::on(tx, key, language, today).await?;
        filled(&wording, &values)
    };
    let information = text("text.signup.information").await?;
    let mandate = match &new.iban {
        Some(_) => Some(text("text.mandate.sepa").await?),
        None => None,
    };
    let newsletter =
        if new.newsletter { Some(text("text.signup.consent.newsletter").await?) } else { None };
    let parent = if begun.needs_parent { Some(text("text.signup.parent").await?) } else { None };
    Ok(Shown { information, mandate, newsletter, parent })
}

async fn mandate(
    tx: &mut Tx,
    app: &App,
    new: &NewSignUp,
    (membership, today): (MembershipId, Date),
    text: Option<&Filled>,
) -> Result<Option<MandateId>, Refused> {
    let Some(iban) = &new.iban else { return Ok(None) };
    let method = match (new.method, new.way) {
        (_, Way::Paper) => dues_rules::mandate::Method::Paper,
        (Method::Web, _) => dues_rules::mandate::Method::Web,
        _ => dues_rules::mandate::Method::Voice,
    };
    let given = dues::mandate::Given {
        membership,
        iban: iban.clone(),
        holder: new.holder.clone(),
        method,
        wording: text.map(|text| text.wording.0),
        given_on: today,
        signed_on: None,
        reference: None,
        last_used_on: None,
    };
    Ok(Some(dues::give_mandate(tx, app.keys(), &given).await?))
}

/// The member who brought this one, if a code was named.
async fn recruited(
    tx: &mut Tx,
    app: &App,
    new: &NewSignUp,
    (person, membership): (PersonId, MembershipId),
) -> Result<(), Refused> {
    if new.referral.is_empty() {
        return Ok(());
    }
    let account = match &new.iban {
        Some(iban) => {
            let plain = iban.reveal().electronic().as_bytes();
            Some(app.keys().look_up(plain).map_err(dues::Broken::from)?)
        }
        None => None,
    };
    let account = account.as_deref();
    referral::join(tx, &app.rulebook(), &new.referral, person, membership, account).await?;
    Ok(())
}

/// A yes to the newsletter, with the words that were shown.
async fn newsletter(
    tx: &mut Tx,
    new: &NewSignUp,
    person: PersonId,
    text: Option<&Filled>,
) -> Result<Option<ConsentId>, Refused> {
    let Some(text) = text else { return Ok(None) };
    let consent = NewConsent {
        person,
        purpose: Purpose::Newsletter,
        channel: Channel::Email,
        basis: Basis::Consent,
        given_at: tx.now(),
        text_shown: text.text.text.clone(),
        source: format!("aanmelding ({})", new.method),
        until_on: None,
        number: None,
    };
    Ok(permission::add_consent(tx, consent).await?)
}
