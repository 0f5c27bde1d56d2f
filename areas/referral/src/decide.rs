//! What becomes of somebody who joined with a code, by what the new member pays and how long the member stays.

use std::time::Duration;

use db::{Error, Query, Tx, args, new_id};
use jiff::civil::Date;
use kernel::{Actor, Cents, Event, EventKind, Fact, MembershipId, PersonId, ReferralId, local};
use referral_rules::earn::{
    Collection, Decision, Recruited, State, Why, decide, months_of, take_back,
};
use rulebook::Rulebook;
use web::App;

use crate::{Broken, settings};

/// Days are counted here, not minutes.
const LOOKS_EVERY: Duration = Duration::from_mins(10);

/// Runs as long as the program.
pub async fn watch(app: App) {
    web::watch(app, LOOKS_EVERY, "premiums wait a while", look).await;
}

/// Looks once at everybody of whom something may have to be decided, each in a step of its own.
pub async fn look(app: &App) -> Result<(), Broken> {
    let (book, today) = (app.rulebook(), app.now().date());
    let mut after = ReferralId(0);
    loop {
        let page = app.db().read(Actor::SYSTEM, async |tx| candidates(tx, after, today).await);
        let page = page.await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = *last;
        for id in page {
            let step = async |tx: &mut Tx| decide_one(tx, &book, id).await;
            app.db().write(Actor::SYSTEM, step).await?;
        }
    }
}

/// So many are looked at in one query.
const AT_ONCE: i64 = 500;

/// Who paid something or left, while that still decides something: few of all who ever joined.
async fn candidates(tx: &mut Tx, after: ReferralId, today: Date) -> Result<Vec<ReferralId>, Error> {
    db::row! { struct Id { id: ReferralId } }

    let found: Vec<Id> = tx
        .all(
            "select r.id from referrals r left join memberships m on m.id = r.membership_id
              where r.id > $1
                and (r.state = 'joined'
                     and (m.ends_on < $2
                          or exists (select 1 from dues d where d.membership_id = r.membership_id
                                        and d.kind = 'collection' and d.state in ('paid', 'settled')))
                     or r.state in ('earned', 'paid')
                     and (m.ends_on < $3 and m.ends_on <= r.claw_until
                          or r.claw_until >= $4
                             and exists (select 1 from dues d where d.membership_id = r.membership_id
                                            and d.kind = 'collection' and d.state in ('returned', 'given_back'))))
              order by r.id limit $5",
            args![after, today, today, today, AT_ONCE],
        )
        .await?;
    Ok(found.into_iter().map(|found| found.id).collect())
}

db::row! {
    struct Row {
        id: ReferralId,
        referrer_id: PersonId,
        membership_id: MembershipId,
        state: State,
        joined_on: Date,
        cents: Cents,
        claw_until: Date,
        leaves_on: Option<Date>,
        starts_on: Option<Date>,
        intro_until: Option<Date>,
        referrer_is_member: bool,
        referrer_in_arrears: bool,
        earned_this_year: i64,
    }
}

async fn decide_one(tx: &mut Tx, book: &Rulebook, id: ReferralId) -> Result<(), Broken> {
    let today = local(tx.now()).date();
    // Of one referrer one premium is decided after the other: the limit of a year counts.
    let Some(referrer) = referrer_of(tx, id).await? else { return Ok(()) };
    people::person::hold(tx, referrer).await?;
    let Some(row) = by_id(tx, id, today).await? else { return Ok(()) };
    let rules = settings::rules(book, row.joined_on)?;
    let recruited = recruited(tx, &row).await?;
    let decided = match row.state {
        State::Joined => match decide(&recruited, &rules, today) {
            Decision::Waits => return Ok(()),
            Decision::Earned => (State::Earned, None),
            Decision::NotEarned(why) => (State::NotEarned, Some(why)),
        },
        State::Earned | State::Paid => match take_back(&recruited, &rules, today) {
            None => return Ok(()),
            Some(why) => (State::TakenBack, Some(why)),
        },
        State::NotEarned | State::TakenBack => return Ok(()),
    };
    let (to, why) = decided;
    Ok(store(tx, &row, to, why).await?)
}

async fn referrer_of(tx: &mut Tx, id: ReferralId) -> Result<Option<PersonId>, Error> {
    tx.value("select max(referrer_id) as value from referrals where id = $1", args![id]).await
}

async fn by_id(tx: &mut Tx, id: ReferralId, today: Date) -> Result<Option<Row>, Error> {
    let year_began = today.first_of_year();
    let mut query = Query::new(
        "select r.id, r.referrer_id, r.membership_id, r.state, r.joined_on, r.cents, r.claw_until,
                m.ends_on as leaves_on, m.starts_on, f.until_on as intro_until,
                exists (select 1 from memberships w where w.person_id = r.referrer_id
                           and (w.starts_on is null or w.starts_on <= ",
    );
    query.bind(today).push(") and (w.ends_on is null or w.ends_on >= ").bind(today).push(
        ")) as referrer_is_member,
                exists (select 1 from dues d join memberships w on w.id = d.membership_id
                         where w.person_id = r.referrer_id and d.kind = 'collection'
                           and d.state = 'returned') as referrer_in_arrears,
                (select count(*) from referrals e where e.referrer_id = r.referrer_id
                    and e.state in ('earned', 'paid') and e.earned_on >= ",
    );
    query.bind(year_began).push(
        ") as earned_this_year
           from referrals r
           left join memberships m on m.id = r.membership_id
           left join membership_phases f on f.membership_id = r.membership_id
          where r.id = ",
    );
    query.bind(id);
    Ok(tx.list(query).await?.pop())
}

async fn recruited(tx: &mut Tx, row: &Row) -> Result<Recruited, Error> {
    db::row! { struct Came { for_day: Date, period: String, paid_on: Date } }

    let came_in: Vec<Came> = tx
        .all(
            "select for_day, period, paid_on from dues
              where membership_id = $1 and kind = 'collection' and state in ('paid', 'settled')
              order by for_day, id",
            args![row.membership_id],
        )
        .await?;
    let collections = came_in.into_iter().map(|Came { for_day, period, paid_on }| Collection {
        for_day,
        months: months_of(&period),
        paid_on,
    });
    let begins = row.starts_on.unwrap_or(row.joined_on);
    let after_intro = row.intro_until.map(|until| until.tomorrow().unwrap_or(Date::MAX));
    Ok(Recruited {
        leaves_on: row.leaves_on,
        claw_until: row.claw_until,
        regular_from: after_intro.unwrap_or(begins),
        collections: collections.collect(),
        referrer_is_member: row.referrer_is_member,
        referrer_in_arrears: row.referrer_in_arrears,
        earned_this_year: row.earned_this_year,
    })
}

/// A sign-up was withdrawn or lapsed: whoever recruited the member earns nothing by it. In the step that ends the sign-up.
pub async fn taken_back(tx: &mut Tx, membership: MembershipId, why: Why) -> Result<(), Error> {
    let id: Option<ReferralId> = tx
        .value("select max(id) as value from referrals where membership_id = $1", args![membership])
        .await?;
    let Some(id) = id else { return Ok(()) };
    let today = local(tx.now()).date();
    let Some(referrer) = referrer_of(tx, id).await? else { return Ok(()) };
    people::person::hold(tx, referrer).await?;
    let Some(row) = by_id(tx, id, today).await? else { return Ok(()) };
    let to = match row.state {
        State::Joined => State::NotEarned,
        State::Earned | State::Paid => State::TakenBack,
        State::NotEarned | State::TakenBack => return Ok(()),
    };
    store(tx, &row, to, Some(why)).await
}

/// Writes what was decided, and what the referrer has to come by it.
async fn store(tx: &mut Tx, row: &Row, to: State, why: Option<Why>) -> Result<(), Error> {
    let (today, now) = (local(tx.now()).date(), tx.now());
    let (earned_on, ended_on) = ((to == State::Earned).then_some(today), why.map(|_| today));
    tx.change_one(
        "update referrals set state = $1, why = $2, earned_on = coalesce($3, earned_on), ended_on = $4
          where id = $5 and state = $6",
        args![to, why, earned_on, ended_on, row.id, row.state],
    )
    .await?;
    let line = match to {
        State::Earned => Some(("premium", row.cents)),
        State::TakenBack => Some(("clawback", Cents(-row.cents.0))),
        State::Joined | State::Paid | State::NotEarned => None,
    };
    if let Some((kind, cents)) = line {
        tx.change_one(
            "insert into referral_lines (id, referral_id, person_id, kind, cents, made_at)
             values ($1, $2, $3, $4, $5, $6)",
            args![new_id(), row.id, row.referrer_id, kind, cents, now],
        )
        .await?;
    }
    record(tx, row.id, row.referrer_id, row.cents, to, why).await
}

pub(crate) async fn record(
    tx: &mut Tx,
    id: ReferralId,
    referrer: PersonId,
    cents: Cents,
    to: State,
    why: Option<Why>,
) -> Result<(), Error> {
    let mut event = Event::new(EventKind::ReferralChanged, local(tx.now()).date())
        .about(referrer)
        .with("referral", Fact::Number(id.0))
        .with("state", Fact::Code(to.code()));
    if let Some(why) = why {
        event = event.with("why", Fact::Code(why.code()));
    }
    event.amount = Some(cents.0);
    activity::record(tx, event).await
}
