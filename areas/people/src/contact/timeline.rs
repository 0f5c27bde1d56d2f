use activity::Line;
use db::{Error, Tx, args};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{EventId, PersonId};

use super::store::{Contact, Kind, of_person};
use crate::permission::{Basis, Channel, Purpose, consents};

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
        basis: Basis,
        purpose: Purpose,
        channel: Channel,
    },
    /// A code of the log, with the outcome where it is about a call.
    Logged {
        kind: String,
        outcome: Option<String>,
        /// What was chosen besides: a result of the association's own, a reason.
        chosen: Option<Chosen>,
    },
}

/// Words of the association, as they were when they were chosen.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub nl: String,
    pub en: String,
}

/// What of the log a person's timeline shows. The rest is bookkeeping (a claim, a lease).
const SHOWN: [&str; 17] = [
    "wish_made",
    "wish_told",
    "agreement_made",
    "agreement_done",
    "mail_sent",
    "mail_failed",
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

db::row! {
    struct ChosenRow { attempt_id: i64, nl: String, en: String, reason_nl: String, reason_en: String }
}

db::row! {
    struct Visited { on: Date, place: String, visitor: String, lives: Option<String> }
}

/// When a colleague spoke to somebody at a shop, and what lived there.
async fn visits(
    tx: &mut Tx,
    person: PersonId,
    until: Timestamp,
    at_most: i64,
) -> Result<Vec<Moment>, Error> {
    let day = kernel::local(until).date();
    let found: Vec<Visited> = tx
        .all(
            "select v.visited_on as \"on\", o.name as place, u.name as visitor,
                    (select f.value from visit_fields f where f.visit_id = v.id and f.field = 'lives'
                      order by f.nr desc limit 1) as lives
               from visit_people p
               join visits v on v.id = p.visit_id
               join organisations o on o.id = v.place_id
               join users u on u.id = v.user_id
              where p.person_id = $1 and v.visited_on <= $2
              order by v.visited_on desc, v.id desc limit $3",
            args![person, day, at_most],
        )
        .await?;
    found
        .into_iter()
        .map(|Visited { on, place, visitor, lives }| {
            let noon =
                on.at(12, 0, 0, 0).in_tz(kernel::AMSTERDAM).map_err(|_| Error::Column("on"))?;
            let contact =
                What::Contact { kind: Kind::Visit, subject: place, source: String::new() };
            Ok(Moment {
                at: noon.timestamp().min(until),
                who: Some(visitor),
                what: contact,
                note: lives.filter(|words| !words.is_empty()),
            })
        })
        .collect()
}

/// What was chosen after the calls of a person, where that says more than the outcome itself: the result that came
/// with the program is the outcome itself.
async fn chosen(tx: &mut Tx, person: PersonId, at_most: i64) -> Result<Vec<ChosenRow>, Error> {
    tx.all(
        "select * from (
           select o.attempt_id,
                  case when c.nr = s.nr then '' else c.label_nl end as nl,
                  case when c.nr = s.nr then '' else c.label_en end as en,
                  coalesce(r.label_nl, '') as reason_nl, coalesce(r.label_en, '') as reason_en
             from attempts a
             join outcomes o on o.attempt_id = a.id and o.corrects_id is null
             join outcome_choices c on c.id = o.result_id
             join (select code, min(nr) as nr from outcome_choices where parent is null group by code) s
               on s.code = c.code
             left join outcome_choices r on r.id = o.reason_id
            where a.person_id = $1 order by a.started_at desc limit $2) as found
          where nl <> '' or reason_nl <> ''",
        args![person, at_most],
    )
    .await
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

    let chosen = chosen(tx, person, at_most).await?;
    let visits = visits(tx, person, until, at_most).await?;
    let logged = lines
        .into_iter()
        .filter(|line| line.at <= until && SHOWN.contains(&line.kind.as_str()))
        .map(|line| logged(line, &notes, &chosen));
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
            what: What::Allowed {
                basis: consent.basis,
                purpose: consent.purpose,
                channel: consent.channel,
            },
            note: None,
        });
    let mut moments: Vec<Moment> =
        logged.chain(contacts).chain(requests).chain(allowed).chain(visits).collect();
    moments.sort_by_key(|moment| std::cmp::Reverse(moment.at));
    moments.truncate(limit);
    Ok(moments)
}

fn logged(line: Line, notes: &[Note], chosen: &[ChosenRow]) -> Moment {
    let attempt = line.number("attempt");
    let note =
        notes.iter().find(|note| Some(note.attempt_id) == attempt).map(|note| note.text.clone());
    let chosen = chosen.iter().find(|row| Some(row.attempt_id) == attempt).map(|row| {
        let both = |result: &str, reason: &str| {
            let words = [result, reason].into_iter().filter(|words| !words.is_empty());
            words.collect::<Vec<_>>().join(": ")
        };
        Chosen { nl: both(&row.nl, &row.reason_nl), en: both(&row.en, &row.reason_en) }
    });
    let outcome = line.code("outcome");
    Moment {
        at: line.at,
        who: line.actor_name,
        what: What::Logged { kind: line.kind, outcome, chosen },
        note,
    }
}
