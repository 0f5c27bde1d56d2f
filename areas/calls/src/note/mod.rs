//! What an agent writes down, saved while it is typed.

use db::{Error, Tx, args, new_id};
use jiff::Timestamp;
use kernel::{ClaimId, Fence, NoteId, PersonId};

db::row! {
    #[derive(Clone, Debug, Default)]
    pub struct Note { pub text: String, pub saved_at: Option<Timestamp> }
}

/// As in the table.
pub const TEXT_MAX: usize = 4_000;

/// What was written under this claim so far.
pub async fn of_claim(tx: &mut Tx, claim: ClaimId) -> Result<Note, Error> {
    let found =
        tx.one("select text, saved_at from notes where claim_id = $1", args![claim]).await?;
    Ok(found.unwrap_or_default())
}

db::row! {
    struct Claimed { id: ClaimId, attempt_id: Option<kernel::AttemptId> }
}

/// Saves the note of the acting agent about this person, under this fence; `false` if there is no such
/// claim of the agent. A claim that ended still takes its note: what was typed is not thrown away.
pub async fn save(tx: &mut Tx, person: PersonId, fence: Fence, text: &str) -> Result<bool, Error> {
    let (agent, now) = (tx.actor().user, tx.now());
    let claimed: Option<Claimed> = tx
        .one(
            "select c.id, (select max(a.id) from attempts a where a.claim_id = c.id) as attempt_id
               from claims c where c.person_id = $1 and c.fence = $2 and c.agent_id = $3",
            args![person, fence, agent],
        )
        .await?;
    let Some(Claimed { id, attempt_id }) = claimed else { return Ok(false) };
    let text: String = text.trim_end().chars().take(TEXT_MAX).collect();
    tx.change_one(
        "insert into notes (id, person_id, claim_id, attempt_id, author_id, text, saved_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (claim_id) where claim_id is not null do update
            set text = excluded.text, saved_at = excluded.saved_at,
                attempt_id = coalesce(notes.attempt_id, excluded.attempt_id)",
        args![NoteId(new_id()), person, id, attempt_id, agent, text, now],
    )
    .await?;
    Ok(true)
}
