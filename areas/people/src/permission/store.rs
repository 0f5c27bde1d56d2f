use db::{Error, Tx, args, new_id};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{ConsentId, Event, EventKind, Fact, ObjectionId, PersonId, PhoneNumber, local};

kernel::codes! {
    pub enum Channel {
        Phone = "phone",
        Email = "email",
        Sms = "sms",
        Post = "post",
    }
}

kernel::codes! {
    /// What a consent is about.
    pub enum Purpose {
        Any = "any",
        Recruitment = "recruitment",
        Retention = "retention",
        Service = "service",
        Newsletter = "newsletter",
    }
}

kernel::codes! {
    /// What allows us: the person's own consent, a ground of art. 11.7 lid 5, or a number that a sole trader
    /// published for this (lid 3, a).
    pub enum Basis {
        Consent = "consent",
        Donation = "donation",
        Volunteer = "volunteer",
        Event = "event",
        Published = "published",
    }
}

#[derive(Clone, Debug)]
pub struct NewConsent {
    pub person: PersonId,
    pub purpose: Purpose,
    pub channel: Channel,
    pub basis: Basis,
    pub given_at: Timestamp,
    /// What the person read or heard when saying yes.
    pub text_shown: String,
    /// Where: the form, the call, the meeting.
    pub source: String,
    /// Until when, if a term stood where it was asked.
    pub until_on: Option<Date>,
    /// The number that was published, and no other.
    pub number: Option<PhoneNumber>,
}

/// Keeps a consent with its proof; one that is open already for the same stays as it is.
/// Returns which it is, if it was new.
pub async fn add_consent(tx: &mut Tx, consent: NewConsent) -> Result<Option<ConsentId>, Error> {
    let NewConsent {
        person,
        purpose,
        channel,
        basis,
        given_at,
        text_shown,
        source,
        until_on,
        number,
    } = consent;
    let (id, user, now) = (ConsentId(new_id()), tx.actor().user, tx.now());
    let added = tx
        .execute(
            "insert into consents (id, person_id, purpose, channel, basis, given_at, text_shown,
                                   source, until_on, number, made_by, made_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             on conflict do nothing",
            args![
                id, person, purpose, channel, basis, given_at, text_shown, source, until_on,
                number, user, now,
            ],
        )
        .await?;
    if added == 0 {
        return Ok(None);
    }
    let event = Event::new(EventKind::ConsentGiven, local(now).date())
        .about(person)
        .with("purpose", Fact::Code(purpose.code()))
        .with("channel", Fact::Code(channel.code()));
    activity::record(tx, event).await?;
    Ok(Some(id))
}

/// Somebody is called on this consent: the first call says that it is in use.
pub async fn used(tx: &mut Tx, id: ConsentId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update consents set first_used_at = $1 where id = $2 and first_used_at is null",
        args![now, id],
    )
    .await
    .map(drop)
}

pub async fn withdraw_consent(tx: &mut Tx, id: ConsentId, person: PersonId) -> Result<(), Error> {
    let now = tx.now();
    tx.change_one(
        "update consents set withdrawn_at = $1 where id = $2 and person_id = $3 and withdrawn_at is null",
        args![now, id, person],
    )
    .await?;
    let event = Event::new(EventKind::ConsentWithdrawn, local(now).date()).about(person);
    activity::record(tx, event).await
}

#[derive(Clone, Debug)]
pub struct NewObjection {
    pub person: PersonId,
    pub channel: Channel,
    /// [`Purpose::Any`] unless the person said what it is about.
    pub purpose: Purpose,
    /// Where it was said: the call, the file, a letter.
    pub source: String,
    /// What the person said.
    pub words: String,
}

impl NewObjection {
    /// Against everything through this channel.
    #[must_use]
    pub fn all(person: PersonId, channel: Channel, source: &str) -> Self {
        let (purpose, words) = (Purpose::Any, String::new());
        Self { person, channel, purpose, source: source.to_owned(), words }
    }
}

/// The person does not want this. Counts from now on, everywhere; saying it twice changes nothing.
/// Returns which objection it is, if it was new.
pub async fn object(tx: &mut Tx, objection: NewObjection) -> Result<Option<ObjectionId>, Error> {
    let NewObjection { person, channel, purpose, source, words } = objection;
    let (id, user, now) = (ObjectionId(new_id()), tx.actor().user, tx.now());
    let made = tx
        .execute(
            "insert into objections (id, person_id, channel, purpose, made_at, source, words, made_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8)
             on conflict do nothing",
            args![id, person, channel, purpose, now, source, words, user],
        )
        .await?;
    if made == 0 {
        return Ok(None);
    }
    let event = Event::new(EventKind::ObjectionMade, local(now).date())
        .about(person)
        .with("purpose", Fact::Code(purpose.code()))
        .with("channel", Fact::Code(channel.code()));
    activity::record(tx, event).await?;
    Ok(Some(id))
}

pub async fn withdraw_objection(
    tx: &mut Tx,
    id: ObjectionId,
    person: PersonId,
) -> Result<(), Error> {
    let now = tx.now();
    tx.change_one(
        "update objections set withdrawn_at = $1 where id = $2 and person_id = $3 and withdrawn_at is null",
        args![now, id, person],
    )
    .await?;
    let event = Event::new(EventKind::ObjectionWithdrawn, local(now).date()).about(person);
    activity::record(tx, event).await
}

db::row! {
    #[derive(Clone, Debug)]
    pub struct Consent {
        pub id: ConsentId,
        pub purpose: Purpose,
        pub channel: Channel,
        pub basis: Basis,
        pub given_at: Timestamp,
        pub text_shown: String,
        pub source: String,
        pub until_on: Option<Date>,
        pub number: Option<PhoneNumber>,
        pub first_used_at: Option<Timestamp>,
        pub withdrawn_at: Option<Timestamp>,
        pub made_at: Timestamp,
        /// Who wrote it down; the program itself for an import.
        pub made_by: Option<String>,
    }
}

/// Everything this person ever allowed, latest first.
pub async fn consents(tx: &mut Tx, person: PersonId) -> Result<Vec<Consent>, Error> {
    tx.all(
        "select c.id, c.purpose, c.channel, c.basis, c.given_at, c.text_shown, c.source, c.until_on,
                c.number, c.first_used_at, c.withdrawn_at, c.made_at, u.name as made_by
           from consents c left join users u on u.id = c.made_by
          where c.person_id = $1 order by c.given_at desc, c.id desc limit 100",
        args![person],
    )
    .await
}

db::row! {
    #[derive(Clone, Debug)]
    pub struct Objection {
        pub id: ObjectionId,
        pub channel: Channel,
        pub purpose: Purpose,
        pub made_at: Timestamp,
        pub source: String,
        pub words: String,
        pub withdrawn_at: Option<Timestamp>,
    }
}

pub async fn objections(tx: &mut Tx, person: PersonId) -> Result<Vec<Objection>, Error> {
    tx.all(
        "select id, channel, purpose, made_at, source, words, withdrawn_at
           from objections where person_id = $1 order by made_at desc, id desc limit 100",
        args![person],
    )
    .await
}
