use db::{Bulk, Error, Query, Tx, args};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{OrganisationId, UserId, VisitId, local};
use people_rules::organisation::Kind;
use visits_rules::norm::{Known, Norm, Status, due_on, norm_of};

/// What decides who is due, besides what is in the database.
#[derive(Clone, Debug)]
pub struct Rules {
    pub norms: Vec<Norm>,
    pub starter_months: i64,
    pub today: Date,
    pub regions: Vec<Region>,
}

db::row! {
    /// Postcodes to which somebody travels, both included.
    #[derive(Clone, Debug)]
    pub struct Region { pub user_id: UserId, pub postcode_from: String, pub postcode_until: String }
}

impl Region {
    fn holds(&self, postcode: &str) -> bool {
        let digits = postcode.get(..4).unwrap_or(postcode);
        postcode >= self.postcode_from.as_str() && digits <= self.postcode_until.as_str()
    }
}

/// Who travels where, in the order in which they came: of two the first is meant.
pub(super) async fn regions(tx: &mut Tx) -> Result<Vec<Region>, Error> {
    tx.all(
        "select r.user_id, r.postcode_from, r.postcode_until from user_regions r join users u on u.id = r.user_id
          where u.ended_at is null and u.roles like '%field%' order by r.user_id, r.postcode_from",
        args![],
    )
    .await
}

db::row! {
    struct Facts {
        id: OrganisationId,
        kind: Kind,
        sector: String,
        postcode: String,
        created_at: Timestamp,
        since: Option<String>,
        under_member: bool,
        branches: i64,
        last_on: Option<Date>,
        visits_since: i64,
        again: Option<String>,
    }
}

/// What is known of organisations; conditions follow. `since` is null for who is no member, and empty for a member
/// since time out of mind.
fn facts(today: Date) -> Query {
    let mut query = Query::new(
        "select f.*,
                (select max(v.visited_on) from visits v where v.member_id = f.id and v.state = 'reported') as last_on,
                (select count(*) from visits v where v.member_id = f.id and v.state = 'reported'
                    and v.visited_on >= coalesce(f.since, '9999')) as visits_since,
                (select r.value from visit_fields r where r.field = 'again' and r.visit_id =
                    (select v.id from visits v where v.member_id = f.id and v.state = 'reported'
                      order by v.visited_on desc, v.id desc limit 1) order by r.nr desc limit 1) as again
           from (select o.id, o.kind, o.sector, o.postcode, o.created_at,
                (select min(coalesce(m.starts_on, '')) from memberships m where m.organisation_id = o.id
                    and (m.starts_on is null or m.starts_on <= ",
    );
    query.bind(today).push(") and (m.ends_on is null or m.ends_on >= ").bind(today).push(
        ")) as since,
                exists (select 1 from memberships m
                         where m.organisation_id in (p.id, p.parent_id) and (m.starts_on is null or m.starts_on <= ",
    );
    query.bind(today).push(") and (m.ends_on is null or m.ends_on >= ").bind(today).push(
        ")) as under_member,
                (select count(*) from organisations b where b.parent_id = o.id and b.kind = 'branch') as branches
           from organisations o left join organisations p on p.id = o.parent_id
          where ",
    );
    query
}

/// Whom we visit at all: members, and companies that are none and stand under none.
fn is_visited(facts: &Facts) -> bool {
    facts.since.is_some() || (facts.kind == Kind::Company && !facts.under_member)
}

db::row! {
    /// Who is due, as it is kept.
    #[derive(Clone, Debug, Eq, PartialEq)]
    pub struct Due {
        pub organisation_id: OrganisationId,
        pub norm_nr: Option<i64>,
        pub is_member: bool,
        pub since_on: Option<Date>,
        pub last_on: Option<Date>,
        pub due_on: Option<Date>,
        pub visitor_id: Option<UserId>,
    }
}

fn due(facts: &Facts, rules: &Rules) -> Due {
    let known = Known {
        since: facts.since.as_ref().and_then(|since| since.parse().ok()),
        is_member: facts.since.is_some(),
        branches: facts.branches,
        sector: facts.sector.clone(),
        last_on: facts.last_on,
        visits_since: usize::try_from(facts.visits_since).unwrap_or(0),
        known_on: local(facts.created_at).date(),
        again_on: facts.again.as_ref().and_then(|again| again.parse().ok()),
    };
    let norm = norm_of(&rules.norms, &known, rules.starter_months, rules.today);
    Due {
        organisation_id: facts.id,
        norm_nr: norm.map(|norm| norm.nr),
        is_member: known.is_member,
        since_on: known.since,
        last_on: known.last_on,
        due_on: norm.and_then(|norm| due_on(norm, &known)),
        visitor_id: rules
            .regions
            .iter()
            .find(|region| !facts.postcode.is_empty() && region.holds(&facts.postcode))
            .map(|region| region.user_id),
    }
}

/// Brings a few organisations up to date, with the one that each stands under and all that stand under it.
pub async fn refresh(tx: &mut Tx, ids: &[OrganisationId], rules: &Rules) -> Result<(), Error> {
    for id in ids {
        let mut query = facts(rules.today);
        query
.push("o.id in (select id from organisations where id = ")
            .bind(*id)
            .push(" union select parent_id from organisations where parent_id is not null and id = ")
            .bind(*id)
            .push(" union select id from organisations where parent_id = ")
            .bind(*id)
            .push(" union select c.id from organisations c join organisations b on b.id = c.parent_id where b.parent_id = ")
            .bind(*id)
            .push(")) f");
        let found: Vec<Facts> = tx.list(query).await?;
        write(tx, &found, rules).await?;
    }
    Ok(())
}

/// So many in one step, so that others write in between.
const AT_ONCE: i64 = 2_000;

/// Brings those behind `after` up to date; gives the last of them, or `None` when there are no more.
pub async fn refresh_from(
    tx: &mut Tx,
    after: OrganisationId,
    rules: &Rules,
) -> Result<Option<OrganisationId>, Error> {
    let found = facts_from(tx, after, rules).await?;
    write(tx, &found, rules).await?;
    let last = found.last().map(|facts| facts.id);
    // Whoever was taken out of the member base since.
    tx.execute(
        "delete from visit_dues where organisation_id > $1 and organisation_id <= $2
            and not exists (select 1 from organisations o where o.id = visit_dues.organisation_id)",
        args![after, last.unwrap_or(OrganisationId(i64::MAX))],
    )
    .await?;
    Ok(last)
}

async fn facts_from(
    tx: &mut Tx,
    after: OrganisationId,
    rules: &Rules,
) -> Result<Vec<Facts>, Error> {
    let mut query = facts(rules.today);
    query.push("o.id > ").bind(after).push(" order by o.id limit ").bind(AT_ONCE);
    query.push(") f order by f.id");
    tx.list(query).await
}

async fn write(tx: &mut Tx, found: &[Facts], rules: &Rules) -> Result<(), Error> {
    let mut bulk = Bulk::new(
        "insert into visit_dues (organisation_id, norm_nr, is_member, since_on, last_on, due_on, visitor_id) values",
        "on conflict (organisation_id) do update
            set norm_nr = excluded.norm_nr, is_member = excluded.is_member, since_on = excluded.since_on,
                last_on = excluded.last_on, due_on = excluded.due_on, visitor_id = excluded.visitor_id",
    );
    for facts in found {
        if is_visited(facts) {
            let due = due(facts, rules);
            bulk.push(args![
                due.organisation_id,
                due.norm_nr,
                due.is_member,
                due.since_on,
                due.last_on,
                due.due_on,
                due.visitor_id,
            ]);
        } else {
            tx.execute("delete from visit_dues where organisation_id = $1", args![facts.id])
                .await?;
        }
    }
    bulk.write(tx).await.map(drop)
}

/// How many rows are not what membership, visits and norms say (V6). Changes nothing; anything but zero is a defect.
pub async fn differences(tx: &mut Tx, rules: &Rules) -> Result<u64, Error> {
    let mut differences = 0;
    let mut after = OrganisationId(0);
    loop {
        let found = facts_from(tx, after, rules).await?;
        let Some(last) = found.last().map(|facts| facts.id) else { return Ok(differences) };
        let kept: Vec<Due> = tx
            .all(
                "select organisation_id, norm_nr, is_member, since_on, last_on, due_on, visitor_id from visit_dues
                  where organisation_id > $1 and organisation_id <= $2",
                args![after, last],
            )
            .await?;
        let counted: Vec<Due> =
            found.iter().filter(|facts| is_visited(facts)).map(|facts| due(facts, rules)).collect();
        differences += counted.iter().filter(|due| !kept.contains(due)).count() as u64;
        let known =
            |kept: &&Due| counted.iter().all(|due| due.organisation_id != kept.organisation_id);
        differences += kept.iter().filter(known).count() as u64;
        after = last;
    }
}

db::row! {
    /// A member or a company that could become one, on the list.
    #[derive(Clone, Debug)]
    pub struct Listed {
        pub organisation_id: OrganisationId,
        pub name: String,
        pub town: String,
        pub sector: String,
        pub formula: String,
        pub norm_nr: Option<i64>,
        pub is_member: bool,
        pub since_on: Option<Date>,
        pub last_on: Option<Date>,
        pub due_on: Date,
        pub visitor_id: Option<UserId>,
        pub visitor: Option<String>,
        pub planned_on: Option<Date>,
        pub planned_id: Option<VisitId>,
    }
}

/// Which states a list shows.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Shown {
    /// Overdue and due: who waits, and is not planned.
    #[default]
    Pressing,
    Only(Status),
    All,
}

/// What a list is narrowed to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Only {
    /// Those of one visitor.
    pub visitor: Option<UserId>,
    pub shown: Shown,
    pub norm: Option<i64>,
}

const PLANNED: &str =
    "exists (select 1 from visits v where v.member_id = d.organisation_id and v.state = 'planned')";

/// The most pressing first. `until` is the last day that the list looks ahead to.
pub async fn list(
    tx: &mut Tx,
    only: Only,
    until: Date,
    today: Date,
    limit: i64,
) -> Result<Vec<Listed>, Error> {
    let mut query = Query::new(
        "select d.organisation_id, o.name, o.town, o.sector, o.formula, d.norm_nr, d.is_member, d.since_on, d.last_on,
                d.due_on, d.visitor_id, u.name as visitor,
                (select min(v.planned_on) from visits v where v.member_id = d.organisation_id
                    and v.state = 'planned') as planned_on,
                (select min(v.id) from visits v where v.member_id = d.organisation_id
                    and v.state = 'planned') as planned_id
           from visit_dues d
           join organisations o on o.id = d.organisation_id
           left join users u on u.id = d.visitor_id
          where d.due_on is not null",
    );
    push_only(&mut query, only, until, today);
    query.push(" order by d.due_on, d.organisation_id limit ").bind(limit);
    tx.list(query).await
}

fn push_only(query: &mut Query, only: Only, until: Date, today: Date) {
    if let Some(visitor) = only.visitor {
        query.push(" and d.visitor_id = ").bind(visitor);
    }
    if let Some(norm) = only.norm {
        query.push(" and d.norm_nr = ").bind(norm);
    }
    match only.shown {
        Shown::All => return,
        Shown::Only(Status::Planned) => {
            query.push(" and ").push(PLANNED);
            return;
        }
        Shown::Pressing => {
            query.push(" and d.due_on <= ").bind(until);
        }
        Shown::Only(status) => push_days(query, status, until, today),
    }
    query.push(" and not ").push(PLANNED);
}

/// How many are in each state, in the order of [`Status::ALL`].
pub async fn counts(
    tx: &mut Tx,
    visitor: Option<UserId>,
    until: Date,
    today: Date,
) -> Result<[i64; 4], Error> {
    db::row! { struct Days { overdue: i64, due: i64, all_of_them: i64 } }

    let sums = |query: &mut Query, which: &'static str| {
        query
            .push("select cast(coalesce(sum(case when d.due_on < ")
            .bind(today)
            .push(" then 1 else 0 end), 0) as bigint) as overdue, cast(coalesce(sum(case when d.due_on >= ")
            .bind(today)
            .push(" and d.due_on <= ")
            .bind(until)
            .push(" then 1 else 0 end), 0) as bigint) as due, count(d.due_on) as all_of_them from visit_dues d where ")
            .push(which);
        if let Some(visitor) = visitor {
            query.push(" and d.visitor_id = ").bind(visitor);
        }
    };
    let mut every = Query::new("");
    sums(&mut every, "d.due_on is not null");
    let mut planned = Query::new("");
    // Without a word of `due_on` here: SQLite would walk its index once for every plan (19 s among 100,000 shops).
    sums(
        &mut planned,
        "d.organisation_id in (select member_id from visits where state = 'planned')",
    );
    let every: Days = tx.list(every).await?.pop().ok_or(Error::Raced)?;
    let planned: Days = tx.list(planned).await?.pop().ok_or(Error::Raced)?;
    let overdue = every.overdue - planned.overdue;
    let due = every.due - planned.due;
    let covered = every.all_of_them - planned.all_of_them - overdue - due;
    Ok([overdue, due, planned.all_of_them, covered])
}

fn push_days(query: &mut Query, status: Status, until: Date, today: Date) {
    match status {
        Status::Planned => {}
        Status::Overdue => {
            query.push(" and d.due_on < ").bind(today);
        }
        Status::Due => {
            query.push(" and d.due_on >= ").bind(today).push(" and d.due_on <= ").bind(until);
        }
        Status::Covered => {
            query.push(" and d.due_on > ").bind(until);
        }
    }
}

/// What is known about one, if it is visited at all.
pub async fn of(tx: &mut Tx, organisation: OrganisationId) -> Result<Option<Due>, Error> {
    tx.one(
        "select organisation_id, norm_nr, is_member, since_on, last_on, due_on, visitor_id from visit_dues
          where organisation_id = $1",
        args![organisation],
    )
    .await
}
