//! Whose call it is: what the rules need of a caller's earlier contacts.

use db::{Error, Tx, args};
use jiff::Timestamp;
use kernel::{PersonId, UserId};
use telephone_rules::prefer::{Earlier, Prefers, prefers};
use telephone_rules::settings::Thresholds;

db::row! {
    struct Who { agent_id: UserId, at: Timestamp }
}

db::row! {
    struct Owner { owner_id: UserId }
}

/// The agent to whom a call of this person comes first; only somebody who still works here.
pub async fn preferred(
    tx: &mut Tx,
    person: PersonId,
    thresholds: &Thresholds,
) -> Result<Option<Prefers>, Error> {
    let now = tx.now();
    let promise: Option<Owner> = tx
        .one(
            "select b.owner_id from callbacks b
               join users u on u.id = b.owner_id and u.ended_at is null
              where b.person_id = $1 and b.ended_at is null order by b.check_at, b.id limit 1",
            args![person],
        )
        .await?;
    // A talk that ended with nothing to say about it broke off.
    let dropped: Option<Who> = tx
        .one(
            "select a.agent_id, a.ended_at as at from attempts a
               join users u on u.id = a.agent_id and u.ended_at is null
              where a.person_id = $1 and a.ended_at is not null
                and not exists (select 1 from outcomes o where o.attempt_id = a.id)
              order by a.ended_at desc limit 1",
            args![person],
        )
        .await?;
    let tried: Option<Who> = tx
        .one(
            "select a.agent_id, a.started_at as at from attempts a
               join users u on u.id = a.agent_id and u.ended_at is null
               join outcomes o on o.attempt_id = a.id and o.kind in ('no_answer', 'busy', 'voicemail')
                and not exists (select 1 from outcomes k where k.corrects_id = o.id)
              where a.person_id = $1 and a.direction = 'out'
              order by a.started_at desc limit 1",
            args![person],
        )
        .await?;
    let spoke: Option<Who> = tx
        .one(
            "select a.agent_id, a.started_at as at from attempts a
               join users u on u.id = a.agent_id and u.ended_at is null
               join outcomes o on o.attempt_id = a.id and o.kind not in ('no_answer', 'busy', 'voicemail', 'wrong_number')
                and not exists (select 1 from outcomes k where k.corrects_id = o.id)
              where a.person_id = $1
              order by a.started_at desc limit 1",
            args![person],
        )
        .await?;
    let when = |found: Option<Who>| found.map(|who| (who.agent_id, who.at));
    let earlier = Earlier {
        promise: promise.map(|row| row.owner_id),
        dropped: when(dropped),
        tried: when(tried),
        spoke: when(spoke),
    };
    Ok(prefers(&earlier, thresholds, now))
}
