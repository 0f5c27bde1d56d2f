use access::presence::{Mate, everybody};
use activity::Dim;
use db::{Error, Tx, args};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{TeamId, local};

/// What a team did on a day and what it has to do, up to now.
#[derive(Clone, Debug)]
pub struct Board {
    pub day: Date,
    /// The same counters that a day summary adds up from (INV20).
    pub new_members: i64,
    pub retained_members: i64,
    pub attempts: i64,
    pub conversations: i64,
    /// Promises of the team and of whoever is in it, for this day.
    pub callbacks_due: i64,
    /// Of those, kept, or tried often enough and closed.
    pub callbacks_kept: i64,
    /// Open promises whose window is over, or that climbed.
    pub at_risk: i64,
    /// Of those, waiting for the team lead.
    pub for_the_lead: i64,
    pub mates: Vec<Mate>,
    pub news: Vec<News>,
}

/// Something that went well, without names.
#[derive(Clone, Copy, Debug)]
pub struct News {
    pub what: Good,
    pub at: Timestamp,
}

kernel::codes! {
    /// What is worth telling a team.
    pub enum Good {
        Joined = "joined",
        Retained = "retained",
        Kept = "kept",
    }
}

db::row! {
    struct Promises { due: i64, kept: i64 }
}

db::row! {
    struct Risk { at_risk: i64, for_the_lead: i64 }
}

db::row! {
    struct Line { at: Timestamp, kind: String, payload: String, team_id: Option<TeamId>, day: Date }
}

/// So far back in the log is looked for news: a board is about now.
const LOOKED_BACK: i64 = 2_000;
const NEWS: usize = 6;

/// The board of a team.
pub async fn board(tx: &mut Tx, team: TeamId) -> Result<Board, Error> {
    let now = tx.now();
    let day = local(now).date();
    let counts = activity::counts(tx, Dim::Team, team.0, day, day).await?;
    let n = |kind: &str| counts.get(kind).map_or(0, |(n, _)| *n);
    let promises: Promises = tx
        .one(
            "select count(*) as due,
                    coalesce(sum(case when b.ended_as is not null then 1 else 0 end), 0) as kept
               from callbacks b left join users u on u.id = b.owner_id
              where b.due_on = $1 and (u.team_id = $2 or (b.owner_id is null and b.team_id = $3))
                and (b.ended_as is null or b.ended_as in ('kept', 'closed_unreached'))",
            args![day, team, team],
        )
        .await?
        .ok_or(Error::Raced)?;
    let risk: Risk = tx
        .one(
            "select count(*) as at_risk,
                    coalesce(sum(case when b.level = 3 then 1 else 0 end), 0) as for_the_lead
               from callbacks b
              where b.ended_at is null and b.team_id = $1 and b.from_at <= $2
                and (b.level > 0 or (b.until_at <= $3 and b.tries = 0))",
            args![team, now, now],
        )
        .await?
        .ok_or(Error::Raced)?;
    Ok(Board {
        day,
        new_members: n("new_members"),
        retained_members: n("retained_members"),
        attempts: n("attempts"),
        conversations: n("conversations"),
        callbacks_due: promises.due,
        callbacks_kept: promises.kept,
        at_risk: risk.at_risk,
        for_the_lead: risk.for_the_lead,
        mates: everybody(tx, team).await?,
        news: news(tx, team, day).await?,
    })
}

async fn news(tx: &mut Tx, team: TeamId, day: Date) -> Result<Vec<News>, Error> {
    let lines: Vec<Line> = tx
        .all(
            "select at, kind, payload, team_id, day from
               (select id, at, kind, payload, team_id, day from events order by id desc limit $1) as latest
              where kind in ('outcome_logged', 'callback_kept') order by id desc",
            args![LOOKED_BACK],
        )
        .await?;
    let good = |line: &Line| {
        let says = |word: &str| line.payload.contains(word);
        let what = match line.kind.as_str() {
            "callback_kept" if says("\"on_time\":\"yes\"") => Good::Kept,
            "outcome_logged" if says("\"outcome\":\"joined\"") => Good::Joined,
            "outcome_logged" if says("\"outcome\":\"retained\"") => Good::Retained,
            _ => return None,
        };
        (line.team_id == Some(team) && line.day == day).then_some(News { what, at: line.at })
    };
    Ok(lines.iter().filter_map(good).take(NEWS).collect())
}
