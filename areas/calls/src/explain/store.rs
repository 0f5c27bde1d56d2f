use activity::Line;
use calls_rules::outcome::Code;
use db::{Error, Tx, args};
use jiff::Timestamp;
use kernel::{AttemptId, CallRecordId, EventId, PersonId, TeamId, UserId};

db::row! {
    /// One campaign in which somebody is or was.
    #[derive(Clone, Debug)]
    pub(super) struct Record {
        pub id: CallRecordId,
        pub campaign: String,
        pub state: String,
        pub blocked_why: Option<String>,
        pub rest_until_at: Option<Timestamp>,
        pub owner: Option<String>,
    }
}

db::row! {
    /// One call, with what it rested on and what came of it.
    #[derive(Clone, Debug)]
    pub(super) struct Call {
        pub id: AttemptId,
        pub agent_id: UserId,
        pub agent: String,
        pub team_id: Option<TeamId>,
        pub direction: String,
        pub ground: Option<String>,
        pub rule: Option<String>,
        pub inputs: Option<String>,
        pub started_at: Timestamp,
        /// The last one that was logged, corrections included.
        pub outcome: Option<Code>,
        /// What was chosen to say so, in the words of then.
        pub result_nl: Option<String>,
        pub result_en: Option<String>,
        pub reason_nl: Option<String>,
        pub reason_en: Option<String>,
        pub corrections: i64,
        pub objection_offered: Option<bool>,
    }
}

pub(super) async fn records(tx: &mut Tx, person: PersonId) -> Result<Vec<Record>, Error> {
    tx.all(
        "select r.id, c.name as campaign, r.state, r.blocked_why, r.rest_until_at, u.name as owner
           from call_records r join campaigns c on c.id = r.campaign_id
           left join users u on u.id = r.owner_id
          where r.person_id = $1 order by r.id desc limit 50",
        args![person],
    )
    .await
}

pub(super) async fn calls(tx: &mut Tx, person: PersonId, limit: i64) -> Result<Vec<Call>, Error> {
    tx.all(
        "select a.id, a.agent_id, u.name as agent, u.team_id, a.direction, a.ground, a.rule, a.inputs, a.started_at,
                last.kind as outcome, c.label_nl as result_nl, c.label_en as result_en,
                y.label_nl as reason_nl, y.label_en as reason_en,
                (select count(*) from outcomes o where o.attempt_id = a.id and o.corrects_id is not null) as corrections,
                (select o.objection_offered from outcomes o
                  where o.attempt_id = a.id and o.corrects_id is null) as objection_offered
           from attempts a
           join users u on u.id = a.agent_id
           left join outcomes last on last.id = (select max(o.id) from outcomes o where o.attempt_id = a.id)
           left join outcome_choices c on c.id = last.result_id
           left join outcome_choices y on y.id = last.reason_id
          where a.person_id = $1 order by a.id desc limit $2",
        args![person, limit],
    )
    .await
}

/// So many lines of the log of a person are looked through.
const LINES: i64 = 500;

/// What was decided about the lists of a person, the first one first.
pub(super) async fn decisions(tx: &mut Tx, person: PersonId) -> Result<Vec<Line>, Error> {
    const TOLD: [&str; 10] = [
        "record_claimed",
        "record_skipped",
        "record_reopened",
        "record_assigned",
        "lease_ended",
        "attempt_made",
        "outcome_logged",
        "outcome_corrected",
        "objection_made",
        "consent_withdrawn",
    ];
    let mut lines = activity::of_person(tx, person, EventId(i64::MAX), LINES).await?;
    lines.retain(|line| TOLD.contains(&line.kind.as_str()));
    lines.reverse();
    Ok(lines)
}
