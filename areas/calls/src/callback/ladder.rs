//! Watches the promises: tells an owner that one is near, and lets one climb that nobody keeps.

use std::time::Duration;

use access::roster::{Away, Roster};
use calls_rules::ladder::{Ladder, Level, Open, Whose, climb};
use db::{Error, Tx, args};
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Actor, ActorKind, CallbackId, Event, EventKind, Fact, PersonId, TeamId, UserId, Window, local,
};
use rulebook::{Missing, Rulebook};
use web::{App, Broken};

/// So often is looked; a look costs some milliseconds among 100,000 open promises (`bench promises`).
const LOOKS_EVERY: Duration = Duration::from_secs(1);

/// What the watch depends on, as valid today.
struct Rules {
    ladder: Ladder,
    notice: SignedDuration,
}

fn rules(book: &Rulebook, day: jiff::civil::Date) -> Result<Rules, Missing> {
    let minutes = |part| book.part("callback.ladder", part, day).map(SignedDuration::from_mins);
    Ok(Rules {
        ladder: Ladder {
            stand_in_after: minutes("stand_in_minutes")?,
            team_after: minutes("team_minutes")?,
            day_ends: book.window("lines.hours", day)?.until,
            rule: book.on("callback.ladder", day)?.version(),
        },
        notice: SignedDuration::from_mins(book.number("callback.notice_minutes", day)?),
    })
}

/// Runs as long as the program.
pub async fn watch(app: App) {
    web::watch(app, LOOKS_EVERY, "promises are watched again in a moment", look).await;
}

db::row! {
    struct Coming {
        id: CallbackId,
        person_id: PersonId,
        owner_id: Option<UserId>,
        team_id: Option<TeamId>,
        level: i64,
        level_at: Option<Timestamp>,
        stand_in_id: Option<UserId>,
        from_at: Timestamp,
        until_at: Timestamp,
        check_at: Timestamp,
        noticed_at: Option<Timestamp>,
        on_desk: bool,
    }
}

/// So many in one step, so that others write in between.
const AT_ONCE: i64 = 200;

/// Looks once at all promises whose time is near or past.
pub async fn look(app: &App) -> Result<(), Broken> {
    let today = app.now().date();
    let rules = rules(&app.rulebook(), today).map_err(Broken::new)?;
    let mut after = CallbackId(0);
    loop {
        let last = app
            .db()
            .write(Actor::SYSTEM, async |tx| some(tx, &rules, after).await)
            .await
            .map_err(Broken::new)?;
        match last {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
}

/// Looks at the next promises behind `after`; `None` when there are no more.
async fn some(tx: &mut Tx, rules: &Rules, after: CallbackId) -> Result<Option<CallbackId>, Error> {
    let now = tx.now();
    let coming: Vec<Coming> = tx
        .all(
            "select b.id, b.person_id, b.owner_id, b.team_id, b.level, b.level_at, b.stand_in_id, b.from_at,
                    b.until_at, b.check_at, b.noticed_at,
                    exists (select 1 from claims c where c.callback_id = b.id and c.released_at is null) as on_desk
               from callbacks b
              where b.ended_at is null and b.from_at <= $1 and b.id > $2
                and (b.noticed_at is null or b.level < 3)
              order by b.id limit $3",
            args![now + rules.notice, after, AT_ONCE],
        )
        .await?;
    let Some(last) = coming.last().map(|promise| promise.id) else { return Ok(None) };
    let roster = access::roster::load(tx, local(now).date()).await?;
    for promise in &coming {
        notice(tx, promise).await?;
        step_up(tx, promise, &roster, &rules.ladder).await?;
    }
    Ok(Some(last))
}

/// Tells the owner once. Who is not signed in finds it on the list.
async fn notice(tx: &mut Tx, promise: &Coming) -> Result<(), Error> {
    if promise.noticed_at.is_some() {
        return Ok(());
    }
    let now = tx.now();
    let told = tx
        .execute(
            "update callbacks set noticed_at = $1 where id = $2 and noticed_at is null and ended_at is null",
            args![now, promise.id],
        )
        .await?;
    let Some(owner) = promise.owner_id.filter(|_| told == 1 && now < promise.until_at) else {
        return Ok(());
    };
    let system = tx.actor().clone();
    tx.act_as(Actor { kind: ActorKind::System, user: owner, team: promise.team_id, command: None });
    let event = Event::new(EventKind::CallbackNear, local(now).date())
        .about(promise.person_id)
        .with("callback", Fact::Number(promise.id.0));
    activity::record(tx, event).await?;
    tx.act_as(system);
    Ok(())
}

/// Whether nobody need wait for the owner: she is absent, or does not work in what is left of the window.
/// Half a window is enough to keep a promise.
fn is_away(roster: &Roster, owner: UserId, at: DateTime, until: DateTime) -> bool {
    match roster.away(owner, at) {
        None => false,
        Some(Away::Absent(_)) => true,
        Some(Away::Off) => {
            let left = Window { from: at.time(), until: until.time() };
            at.date() != until.date()
                || at >= until
                || roster.away_all_along(owner, at.date(), left).is_some()
        }
    }
}

async fn step_up(
    tx: &mut Tx,
    promise: &Coming,
    roster: &Roster,
    ladder: &Ladder,
) -> Result<(), Error> {
    let now = tx.now();
    let at = local(now).datetime();
    let stand_in = promise.owner_id.and_then(|owner| roster.stand_in(owner, at));
    let open = Open {
        level: Level::read(promise.level),
        level_at: promise.level_at,
        from: promise.from_at,
        until: promise.until_at,
        check_at: promise.check_at,
        whose: match promise.owner_id {
            Some(owner) if is_away(roster, owner, at, local(promise.until_at).datetime()) => {
                Whose::Away
            }
            Some(_) => Whose::There,
            None => Whose::Team,
        },
        has_stand_in: stand_in.is_some(),
        on_desk: promise.on_desk,
    };
    let Some(level) = climb(&open, now, ladder) else { return Ok(()) };
    let stand_in = if level == Level::StandIn { stand_in } else { promise.stand_in_id };
    // Only from where it was read: another program, or its owner, may have been faster.
    let climbed = tx
        .execute(
            "update callbacks set level = $1, level_at = $2, stand_in_id = $3
              where id = $4 and level = $5 and ended_at is null
                and not exists (select 1 from claims c where c.callback_id = $6 and c.released_at is null)",
            args![level.number(), now, stand_in, promise.id, promise.level, promise.id],
        )
        .await?;
    if climbed == 0 {
        return Ok(());
    }
    let mut event = Event::new(EventKind::CallbackClimbed, local(now).date())
        .about(promise.person_id)
        .with("callback", Fact::Number(promise.id.0))
        .with("level", Fact::Code(level.code()))
        .with("stand_in", Fact::Number(stand_in.map_or(0, |user| user.0)))
        .with("away", Fact::Code(if open.whose == Whose::Away { "yes" } else { "no" }));
    event.rule = Some(ladder.rule.clone());
    activity::record(tx, event).await
}
