use calls_rules::guide::{Answer, Answered, Guide, Question, Step};
use db::{Error, Query, Tx, args, new_id};
use jiff::Timestamp;
use kernel::{Event, EventKind, Fact, Fence, GuideId, GuideVersionId, PersonId, TeamId, local};

use crate::claim::{self, Claim};

db::row! {
    /// A guide as it is listed.
    #[derive(Clone, Debug)]
    pub(super) struct Listed {
        pub id: GuideId,
        pub name: String,
        /// Empty: it belongs to campaigns that name it.
        pub theme: String,
        pub version: i64,
        pub by: String,
        pub at: Timestamp,
        pub campaigns: i64,
        pub steps: i64,
    }
}

db::row! {
    struct Row { id: GuideId, name: String, theme: String, version_id: GuideVersionId, version: i64 }
}

db::row! {
    struct StepRow {
        nr: i64,
        title: String,
        say: String,
        hints: String,
        question: String,
        several: bool,
        after_step: Option<i64>,
        after_answer: Option<i64>,
    }
}

db::row! {
    struct OptionRow { step: i64, nr: i64, text: String }
}

/// A guide in its last version.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub id: GuideId,
    pub name: String,
    pub theme: String,
    pub version_id: GuideVersionId,
    pub version: i64,
    pub guide: Guide,
}

impl Stored {
    /// Whether it asks something, so that there are answers to save.
    pub(crate) fn asks(&self) -> bool {
        self.guide.steps.iter().any(|step| step.question.is_some())
    }
}

const LAST: &str = "select g.id, g.name, g.theme, v.id as version_id, v.version
   from guides g
   join guide_versions v on v.guide_id = g.id
        and v.version = (select max(w.version) from guide_versions w where w.guide_id = g.id)
  where g.ended_at is null";

fn push_team(query: &mut Query, team: Option<TeamId>) {
    query.push(" and (g.team_id is null or g.team_id = ").bind(team.unwrap_or(TeamId(0))).push(")");
}

/// The guides of a team, those of all teams included, by name.
pub(super) async fn list(tx: &mut Tx, team: Option<TeamId>) -> Result<Vec<Listed>, Error> {
    let mut query = Query::new(
        "select g.id, g.name, g.theme, v.version, u.name as by, v.made_at as at,
                (select count(*) from campaigns c where c.guide_id = g.id and c.state <> 'ended') as campaigns,
                (select count(*) from guide_steps s where s.version_id = v.id) as steps
           from guides g
           join guide_versions v on v.guide_id = g.id
                and v.version = (select max(w.version) from guide_versions w where w.guide_id = g.id)
           join users u on u.id = v.made_by
          where g.ended_at is null",
    );
    push_team(&mut query, team);
    query.push(" order by g.name, g.id limit ").bind(200_i64);
    tx.list(query).await
}

db::row! {
    struct Named { id: GuideId, name: String }
}

/// The guides that a call or a campaign of this team can have, by name. The first version is a draft: it is what the
/// program put there to begin with.
pub(crate) async fn names(
    tx: &mut Tx,
    team: Option<TeamId>,
) -> Result<Vec<(GuideId, String)>, Error> {
    let mut query = Query::new(
        "select g.id, g.name from guides g where g.ended_at is null
            and exists (select 1 from guide_versions v where v.guide_id = g.id and v.version > 1)",
    );
    push_team(&mut query, team);
    query.push(" order by g.name, g.id limit ").bind(200_i64);
    let found: Vec<Named> = tx.list(query).await?;
    Ok(found.into_iter().map(|row| (row.id, row.name)).collect())
}

/// A guide of this team, in its last version.
pub(super) async fn by_id(
    tx: &mut Tx,
    id: GuideId,
    team: Option<TeamId>,
) -> Result<Option<Stored>, Error> {
    let mut query = Query::new(LAST);
    query.push(" and g.id = ").bind(id);
    push_team(&mut query, team);
    one(tx, query).await
}

/// The guide for a call: the one that its agent chose, else that of the campaign, else that of the theme about
/// which the person asked something, as it was when the person came on the desk. `None`: the one that the program
/// comes with.
pub(crate) async fn for_claim(
    tx: &mut Tx,
    claim: &Claim,
    subject: Option<&str>,
    team: Option<TeamId>,
) -> Result<Option<Stored>, Error> {
    let theme = subject.map(theme_key).filter(|theme| !theme.is_empty());
    let mut query = Query::new(
        "select id, name, theme, version_id, version from (
           select g.id, g.name, g.theme, v.id as version_id, v.version,
                  case when g.id = (select guide_id from claims where id = ",
    );
    query
        .bind(claim.id)
        .push(") then 0 when g.id = (select guide_id from campaigns where id = ")
        .bind(claim.campaign_id)
        .push(") then 1 when g.theme_key = ")
        .bind(theme)
        .push(
            " then 2 else 3 end as place
               from guides g
               join guide_versions v on v.guide_id = g.id
                    and v.version = coalesce(
                        (select max(w.version) from guide_versions w where w.guide_id = g.id and w.version > 1
                            and w.made_at <= ",
        )
        .bind(claim.claimed_at)
        .push("), 2) where g.ended_at is null");
    push_team(&mut query, team);
    query.push(") as found where place < 3 order by place limit ").bind(1_i64);
    one(tx, query).await
}

/// What themes are compared by.
fn theme_key(theme: &str) -> String {
    theme.trim().to_lowercase()
}

async fn one(tx: &mut Tx, query: Query) -> Result<Option<Stored>, Error> {
    let Some(row) = tx.list::<Row>(query).await?.pop() else { return Ok(None) };
    let Row { id, name, theme, version_id, version } = row;
    let guide = of_version(tx, version_id).await?;
    Ok(Some(Stored { id, name, theme, version_id, version, guide }))
}

/// What a version says, if it is one of a guide that this team can have.
pub(super) async fn of_team(
    tx: &mut Tx,
    version: GuideVersionId,
    team: Option<TeamId>,
) -> Result<Option<Guide>, Error> {
    let mut query = Query::new(
        "select count(*) as n from guides g join guide_versions v on v.guide_id = g.id where v.id = ",
    );
    query.bind(version);
    push_team(&mut query, team);
    db::row! { struct Count { n: i64 } }
    let found: Vec<Count> = tx.list(query).await?;
    if found.first().is_none_or(|count| count.n == 0) {
        return Ok(None);
    }
    of_version(tx, version).await.map(Some)
}

/// What a version says.
async fn of_version(tx: &mut Tx, version: GuideVersionId) -> Result<Guide, Error> {
    let steps: Vec<StepRow> = tx
        .all(
            "select nr, title, say, hints, question, several, after_step, after_answer
               from guide_steps where version_id = $1 order by place",
            args![version],
        )
        .await?;
    let options: Vec<OptionRow> = tx
        .all(
            "select step, nr, text from guide_options where version_id = $1 order by step, place",
            args![version],
        )
        .await?;
    let step = |row: StepRow| {
        let answers: Vec<Answer> = options
            .iter()
            .filter(|option| option.step == row.nr)
            .map(|option| Answer { nr: option.nr, text: option.text.clone() })
            .collect();
        Step {
            nr: row.nr,
            title: row.title,
            say: row.say,
            hints: row.hints.lines().map(str::to_owned).collect(),
            question: (!row.question.is_empty()).then_some(Question {
                text: row.question,
                several: row.several,
                answers,
            }),
            only_after: row
                .after_step
                .zip(row.after_answer)
                .map(|(step, answer)| Answered { step, answer }),
        }
    };
    Ok(Guide { steps: steps.into_iter().map(step).collect() })
}

/// The highest numbers that steps and answers of a guide ever had.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Used {
    pub step: i64,
    pub answer: i64,
}

pub(super) async fn used(tx: &mut Tx, id: GuideId) -> Result<Used, Error> {
    let step: Option<i64> = tx
        .value(
            "select max(s.nr) as value from guide_steps s join guide_versions v on v.id = s.version_id
              where v.guide_id = $1",
            args![id],
        )
        .await?;
    let answer: Option<i64> = tx
        .value(
            "select max(o.nr) as value from guide_options o join guide_versions v on v.id = o.version_id
              where v.guide_id = $1",
            args![id],
        )
        .await?;
    Ok(Used { step: step.unwrap_or(0), answer: answer.unwrap_or(0) })
}

/// A new guide, or the next version of one. The guide was checked. [`Error::Duplicate`] if another guide of the team has
/// the theme, or a colleague kept the same version at this moment.
pub(super) async fn keep(
    tx: &mut Tx,
    id: Option<GuideId>,
    (name, theme): (&str, &str),
    guide: &Guide,
) -> Result<GuideId, Error> {
    let (by, team, now) = (tx.actor().user, tx.actor().team, tx.now());
    let id = match id {
        Some(id) => {
            tx.change_one(
                "update guides set name = $1, theme = $2, theme_key = $3 where id = $4",
                args![name.trim(), theme.trim(), theme_key(theme), id],
            )
            .await?;
            id
        }
        None => {
            let id = GuideId(new_id());
            tx.change_one(
                "insert into guides (id, name, theme, theme_key, team_id, made_by, made_at)
                 values ($1, $2, $3, $4, $5, $6, $7)",
                args![id, name.trim(), theme.trim(), theme_key(theme), team, by, now],
            )
            .await?;
            id
        }
    };
    let version: Option<i64> = tx
        .value("select max(version) as value from guide_versions where guide_id = $1", args![id])
        .await?;
    let version = version.unwrap_or(0) + 1;
    let version_id = GuideVersionId(new_id());
    tx.change_one(
        "insert into guide_versions (id, guide_id, version, made_by, made_at) values ($1, $2, $3, $4, $5)",
        args![version_id, id, version, by, now],
    )
    .await?;
    for (place, step) in (0_i64..).zip(&guide.steps) {
        insert_step(tx, version_id, place, step).await?;
    }
    changed(tx, id, version).await?;
    Ok(id)
}

async fn insert_step(
    tx: &mut Tx,
    version: GuideVersionId,
    place: i64,
    step: &Step,
) -> Result<(), Error> {
    let Step { nr, title, say, hints, question, only_after } = step;
    let (after_step, after_answer) = only_after.map(|after| (after.step, after.answer)).unzip();
    let text = question.as_ref().map_or("", |question| question.text.trim());
    let several = question.as_ref().is_some_and(|question| question.several);
    tx.change_one(
        "insert into guide_steps (version_id, nr, place, title, say, hints, question, several, after_step, after_answer)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            version, *nr, place, title.trim(), say.trim(), hints.join("\n"), text, several,
            after_step, after_answer,
        ],
    )
    .await?;
    let answers = question.iter().flat_map(|question| &question.answers);
    for (place, answer) in (0_i64..).zip(answers) {
        tx.change_one(
            "insert into guide_options (version_id, step, nr, place, text) values ($1, $2, $3, $4, $5)",
            args![version, *nr, answer.nr, place, answer.text.trim()],
        )
        .await?;
    }
    Ok(())
}

/// Nobody gets this guide any more. Campaigns that had it get the one of the theme, or the program's, until it is put
/// back.
pub(super) async fn end(tx: &mut Tx, id: GuideId) -> Result<(), Error> {
    let now = tx.now();
    tx.change_one(
        "update guides set ended_at = $1 where id = $2 and ended_at is null",
        args![now, id],
    )
    .await?;
    changed(tx, id, 0).await
}

/// Puts a guide back that was ended; `false` if there is no such guide of this team. [`Error::Duplicate`] if its theme
/// has another by now.
pub(super) async fn put_back(
    tx: &mut Tx,
    id: GuideId,
    team: Option<TeamId>,
) -> Result<bool, Error> {
    let mut query = Query::new(
        "update guides set ended_at = null where id in (select g.id from guides g where g.ended_at is not null and g.id = ",
    );
    query.bind(id);
    push_team(&mut query, team);
    query.push(")");
    let back = tx.execute_query(query).await? == 1;
    if back {
        changed(tx, id, 0).await?;
    }
    Ok(back)
}

async fn changed(tx: &mut Tx, id: GuideId, version: i64) -> Result<(), Error> {
    let event = Event::new(EventKind::GuideChanged, local(tx.now()).date())
        .with("guide", Fact::Number(id.0))
        .with("version", Fact::Number(version));
    activity::record(tx, event).await
}

/// Another guide for the call on the desk; `false` if the page was old, or there is no such guide.
pub(crate) async fn choose(
    tx: &mut Tx,
    person: PersonId,
    fence: Fence,
    guide: GuideId,
) -> Result<bool, Error> {
    let team = tx.actor().team;
    let Some(claim) = claim::held(tx, person, fence).await? else { return Ok(false) };
    if by_id(tx, guide, team).await?.is_none() {
        return Ok(false);
    }
    tx.change_one("update claims set guide_id = $1 where id = $2", args![guide, claim.id]).await?;
    Ok(true)
}
