use activity::Line;
use db::{Error, Tx, args};
use jiff::Timestamp;
use kernel::{EventId, PersonId};

use super::store::{Contact, Kind, of_person};
use crate::permission::{Channel, Purpose, consents};

/// One moment in which we had to do with a person.
#[derive(Clone, Debug)]
pub struct Moment {
    pub at: Timestamp,
    pub who: Option<String>,
    pub what: What,
    /// What a colleague wrote down about it.
    pub note: Option<String>,
}

#[derive(Clone, Debug)]
pub enum What {
    Contact {
        kind: Kind,
        subject: String,
        source: String,
    },
    /// The person asked to be called.
    Requested {
        subject: String,
    },
    /// The person allowed something.
    Allowed {
        purpose: Purpose,
        channel: Channel,
    },
    /// A code of the log, with the outcome where it is about a call.
    Logged {
        kind: String,
        outcome: Option<String>,
    },
}

/// What of the log a person's timeline shows. The rest is bookkeeping (a claim, a lease).
const SHOWN: [&str; 11] = [
    "outcome_logged",
    "callback_made",
    "callback_moved",
    "callback_ended",
    "consent_withdrawn",
    "objection_made",
    "objection_withdrawn",
    "membership_changed",
    "person_added",
    "death_reported",
    "file_forced",
];

db::row! {
    struct Request { asked_at: Timestamp, subject: String }
}

db::row! {
    struct Note { attempt_id: i64, text: String }
}

/// Everything that we did together up to `until`, calls and letters alike, latest first; `limit` at most.
pub async fn timeline(
    tx: &mut Tx,
    person: PersonId,
    until: Timestamp,
    limit: usize,
) -> Result<Vec<Moment>, Error> {
    let at_most = i64::try_from(limit).unwrap_or(i64::MAX);
    let contacts = of_person(tx, person, until, at_most).await?;
    // More than shown, because bookkeeping is left out.
    let lines =
        activity::of_person(tx, person, EventId(i64::MAX), at_most.saturating_mul(4)).await?;
    let requests: Vec<Request> = tx
        .all(
            "select asked_at, subject from call_requests
              where person_id = $1 and asked_at <= $2
              order by asked_at desc limit $3",
            args![person, until, at_most],
        )
        .await?;
    let consents = consents(tx, person).await?;
    let notes: Vec<Note> = tx
        .all(
            "select attempt_id, text from notes
              where person_id = $1 and attempt_id is not null and text <> ''
              order by id desc limit $2",
            args![person, at_most],
        )
        .await?;

    let logged = lines
        .into_iter()
        .filter(|line| line.at <= until && SHOWN.contains(&line.kind.as_str()))
        .map(|line| logged(line, &notes));
    let contacts = contacts.into_iter().map(|contact| {
        let Contact { id: _, kind, subject, source, happened_at } = contact;
        Moment {
            at: happened_at,
            who: None,
            what: What::Contact { kind, subject, source },
            note: None,
        }
    });
    let requests = requests.into_iter().map(|Request { asked_at, subject }| Moment {
        at: asked_at,
        who: None,
        what: What::Requested { subject },
        note: None,
    });
    let allowed =
        consents.into_iter().filter(|consent| consent.given_at <= until).map(|consent| Moment {
            at: consent.given_at,
            who: None,
            what: What::Allowed { purpose: consent.purpose, channel: consent.channel },
            note: None,
        });
    let mut moments: Vec<Moment> = logged.chain(contacts).chain(requests).chain(allowed).collect();
    moments.sort_by_key(|moment| std::cmp::Reverse(moment.at));
    moments.truncate(limit);
    Ok(moments)
}

fn logged(line: Line, notes: &[Note]) -> Moment {
    let attempt = line.number("attempt");
    let note =
        notes.iter().find(|note| Some(note.attempt_id) == attempt).map(|note| note.text.clone());
    let outcome = line.code("outcome");
    Moment {
        at: line.at,
        who: line.actor_name,
        what: What::Logged { kind: line.kind, outcome },
        note,
    }
}
