use db::{Error, Tx, args, new_id};
use jiff::Timestamp;
use kernel::{ConsentId, Event, EventKind, Fact, ObjectionId, PersonId, local};

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
    /// What allows us: the person's own consent, or a ground of art. 11.7 lid 5.
    pub enum Basis {
        Consent = "consent",
        Donation = "donation",
        Volunteer = "volunteer",
        Event = "event",
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
}

/// Keeps a consent with its proof; one that is open already for the same stays as it is.
/// Returns which it is, if it was new.
pub async fn add_consent(tx: &mut Tx, consent: NewConsent) -> Result<Option<ConsentId>, Error> {
    let NewConsent { person, purpose, channel, basis, given_at, text_shown, source } = consent;
    let (id, user, now) = (ConsentId(new_id()), tx.actor().user, tx.now());
    let added = tx
        .execute(
            "insert into consents (id, person_id, purpose, channel, basis, given_at, text_shown,
                                   source, made_by, made_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             on conflict do nothing",
            args![id, person, purpose, channel, basis, given_at, text_shown, source, user, now,],
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

/// The person does not want this. Counts from now on, everywhere; saying it twice changes nothing.
/// Returns which objection it is, if it was new.
pub async fn object(
    tx: &mut Tx,
    person: PersonId,
    channel: Channel,
    source: &str,
) -> Result<Option<ObjectionId>, Error> {
    let (id, user, now) = (ObjectionId(new_id()), tx.actor().user, tx.now());
    let made = tx
        .execute(
            "insert into objections (id, person_id, channel, made_at, source, made_by)
             values ($1, $2, $3, $4, $5, $6)
             on conflict do nothing",
            args![id, person, channel, now, source, user],
        )
        .await?;
    if made == 0 {
        return Ok(None);
    }
    let event = Event::new(EventKind::ObjectionMade, local(now).date())
        .about(person)
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
        pub withdrawn_at: Option<Timestamp>,
    }
}

/// Everything this person ever allowed, latest first.
pub async fn consents(tx: &mut Tx, person: PersonId) -> Result<Vec<Consent>, Error> {
    tx.all(
        "select id, purpose, channel, basis, given_at, text_shown, source, withdrawn_at
           from consents where person_id = $1 order by given_at desc, id desc limit 100",
        args![person],
    )
    .await
}

db::row! {
    #[derive(Clone, Debug)]
    pub struct Objection {
        pub id: ObjectionId,
        pub channel: Channel,
        pub made_at: Timestamp,
        pub source: String,
        pub withdrawn_at: Option<Timestamp>,
    }
}

pub async fn objections(tx: &mut Tx, person: PersonId) -> Result<Vec<Objection>, Error> {
    tx.all(
        "select id, channel, made_at, source, withdrawn_at
           from objections where person_id = $1 order by made_at desc, id desc limit 100",
        args![person],
    )
    .await
}
