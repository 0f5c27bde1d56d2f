//! What people answer to the questions of a guide.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use calls_rules::guide::Answered;
use db::{Bulk, Error, Tx, args};
use jiff::Timestamp;
use kernel::{AttemptId, ClaimId, Fence, GuideId, GuideVersionId, PersonId};

use super::store::of_team;

/// The fields of a form that hold answers: `antwoord-2` holds the one answer to step 2, `antwoord-2-1` is ticked
/// for one of several.
pub(super) fn field(step: i64, several: Option<i64>) -> String {
    match several {
        Some(answer) => format!("antwoord-{step}-{answer}"),
        None => format!("antwoord-{step}"),
    }
}

/// The answers in a form. What is no answer of a guide is left out when they are saved.
pub(crate) fn read(form: &HashMap<String, String>) -> BTreeSet<Answered> {
    let answered = |(name, value): (&String, &String)| {
        let rest = name.strip_prefix("antwoord-")?;
        let (step, answer) = match rest.split_once('-') {
            Some((step, answer)) => (step, answer),
            None => (rest, value.as_str()),
        };
        Some(Answered { step: step.parse().ok()?, answer: answer.parse().ok()? })
    };
    form.iter().filter_map(answered).collect()
}

db::row! {
    struct Claimed { id: ClaimId }
}

/// Saves the answers that count, in place of those of before, under the acting agent's claim; `false` if there is
/// no such claim, or no such guide. A claim that ended still takes them: what was said is not thrown away.
pub(crate) async fn save(
    tx: &mut Tx,
    person: PersonId,
    fence: Fence,
    version: GuideVersionId,
    given: &BTreeSet<Answered>,
) -> Result<bool, Error> {
    let (agent, team, now) = (tx.actor().user, tx.actor().team, tx.now());
    let claimed: Option<Claimed> = tx
        .one(
            "select id from claims where person_id = $1 and fence = $2 and agent_id = $3",
            args![person, fence, agent],
        )
        .await?;
    let Some(Claimed { id }) = claimed else { return Ok(false) };
    let Some(guide) = of_team(tx, version, team).await? else { return Ok(false) };
    let (_, counted) = guide.walk(given);
    tx.execute(
        "delete from guide_answers where claim_id = $1 and version_id = $2",
        args![id, version],
    )
    .await?;
    let mut rows = Bulk::new(
        "insert into guide_answers (claim_id, version_id, step, answer, person_id, agent_id, saved_at) values",
        "",
    );
    for Answered { step, answer } in counted {
        rows.push(args![id, version, step, answer, person, agent, now]);
    }
    rows.write(tx).await?;
    Ok(true)
}

db::row! {
    struct Row { step: i64, answer: i64 }
}

/// What was answered under a claim so far.
pub(crate) async fn of_claim(
    tx: &mut Tx,
    claim: ClaimId,
    version: GuideVersionId,
) -> Result<BTreeSet<Answered>, Error> {
    let rows: Vec<Row> = tx
        .all(
            "select step, answer from guide_answers where claim_id = $1 and version_id = $2",
            args![claim, version],
        )
        .await?;
    Ok(rows.into_iter().map(|row| Answered { step: row.step, answer: row.answer }).collect())
}

db::row! {
    struct Told { attempt_id: AttemptId, question: String, answer: String }
}

/// What a person answered in each call, in the words of then: question and answer.
pub(crate) async fn told(
    tx: &mut Tx,
    person: PersonId,
) -> Result<Vec<(AttemptId, String, String)>, Error> {
    let rows: Vec<Told> = tx
        .all(
            "select a.id as attempt_id, s.question, o.text as answer
               from guide_answers g
               join attempts a on a.claim_id = g.claim_id
               join guide_steps s on s.version_id = g.version_id and s.nr = g.step
               join guide_options o on o.version_id = g.version_id and o.step = g.step and o.nr = g.answer
              where g.person_id = $1 order by a.id, s.place, o.place limit 500",
            args![person],
        )
        .await?;
    Ok(rows.into_iter().map(|row| (row.attempt_id, row.question, row.answer)).collect())
}

db::row! {
    struct Counted { step: i64, answer: i64, n: i64 }
}

/// How often each answer was given since a moment, over all versions of a guide.
pub(super) async fn counts(
    tx: &mut Tx,
    guide: GuideId,
    since: Timestamp,
) -> Result<BTreeMap<Answered, i64>, Error> {
    let rows: Vec<Counted> = tx
        .all(
            "select g.step, g.answer, count(*) as n from guide_answers g
               join guide_versions v on v.id = g.version_id
              where v.guide_id = $1 and g.saved_at >= $2 group by g.step, g.answer",
            args![guide, since],
        )
        .await?;
    let counted = |row: Counted| (Answered { step: row.step, answer: row.answer }, row.n);
    Ok(rows.into_iter().map(counted).collect())
}
