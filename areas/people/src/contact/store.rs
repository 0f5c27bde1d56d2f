use db::{Error, Tx, args, new_id};
use jiff::Timestamp;
use kernel::PersonId;

kernel::codes! {
    pub enum Kind {
        Brochure = "brochure",
        WebForm = "web_form",
        Question = "question",
        Mail = "mail",
        Letter = "letter",
        Call = "call",
        Visit = "visit",
        Meeting = "meeting",
        Poll = "poll",
        Other = "other",
    }
}

#[derive(Clone, Debug)]
pub struct NewContact {
    pub person: PersonId,
    pub kind: Kind,
    /// What it was about: the brochure's theme, the title of the meeting.
    pub subject: String,
    /// How it came: website, desk, letter.
    pub source: String,
    pub happened_at: Timestamp,
    /// Recognises the same row of the same file.
    pub import_key: Option<String>,
}

/// Adds a contact; `false` if the import key was there already.
pub async fn add(tx: &mut Tx, contact: NewContact) -> Result<Option<i64>, Error> {
    let NewContact { person, kind, subject, source, happened_at, import_key } = contact;
    let (id, user) = (new_id(), tx.actor().user);
    let added = tx
        .execute(
            "insert into contacts (id, person_id, kind, subject, source, happened_at, import_key, made_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
            args![id, person, kind, subject, source, happened_at, import_key, user],
        )
        .await?;
    Ok((added == 1).then_some(id))
}

/// Takes a contact out again, and gives what it was: the undo of an import.
pub async fn delete(tx: &mut Tx, id: i64) -> Result<Option<Contact>, Error> {
    tx.one(
        "delete from contacts where id = $1 returning id, kind, subject, source, happened_at",
        args![id],
    )
    .await
}

db::row! {
    #[derive(Clone, Debug)]
    pub struct Contact {
        pub id: i64,
        pub kind: Kind,
        pub subject: String,
        pub source: String,
        pub happened_at: Timestamp,
    }
}

/// Latest first, up to `until`.
pub async fn of_person(
    tx: &mut Tx,
    person: PersonId,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<Contact>, Error> {
    tx.all(
        "select id, kind, subject, source, happened_at from contacts
          where person_id = $1 and happened_at <= $2
          order by happened_at desc, id desc limit $3",
        args![person, until, limit],
    )
    .await
}

pub async fn latest(tx: &mut Tx, person: PersonId) -> Result<Option<Contact>, Error> {
    let now = tx.now();
    Ok(of_person(tx, person, now, 1).await?.pop())
}
