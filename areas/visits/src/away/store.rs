use db::{Error, Query, Tx, args, new_id};
use jiff::{SignedDuration, Timestamp};
use kernel::{Event, EventKind, Fact, UserId, VisitId, local};
use web::Leaver;

use crate::visit::Whose;

/// So long the list can be read on the telephone; the telephone counts this itself.
pub(super) const KEY_LASTS: SignedDuration = SignedDuration::from_hours(24);
/// So long a report may wait on a telephone and still be opened.
/// Long, because without its key a report is lost; a telephone that is wiped loses its keys at once.
const KEY_IS_KEPT: SignedDuration = SignedDuration::from_hours(24 * 400);

kernel::codes! {
    /// What somebody recognises her telephone by.
    pub enum Kind {
        Android = "android",
        Iphone = "iphone",
        Ipad = "ipad",
        Computer = "computer",
    }
}

impl Kind {
    /// As the browser names itself.
    pub(super) fn of(user_agent: &str) -> Self {
        match user_agent {
            name if name.contains("iPad") => Self::Ipad,
            name if name.contains("iPhone") => Self::Iphone,
            name if name.contains("Android") => Self::Android,
            _ => Self::Computer,
        }
    }
}

db::row! {
    /// A telephone as it is listed.
    #[derive(Clone, Debug)]
    pub(super) struct Device {
        pub id: i64,
        pub user_id: UserId,
        pub owner: String,
        pub kind: Kind,
        pub seen_at: Timestamp,
        pub wipe_asked_at: Option<Timestamp>,
        pub wiped_at: Option<Timestamp>,
        /// Visits without a report that lay on it.
        pub visits: i64,
    }
}

const COLUMNS: &str =
    "select d.id, d.user_id, u.name as owner, d.kind, d.seen_at, d.wipe_asked_at, d.wiped_at,
       (select count(*) from away_visits a join visits v on v.id = a.visit_id
         where a.device_id = d.id and v.state = 'planned') as visits
  from away_devices d join users u on u.id = d.user_id
 where ";

pub(super) async fn by_token(tx: &mut Tx, token: &str) -> Result<Option<Device>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push("d.token_hash = ").bind(web::token_hash(token));
    Ok(tx.list(query).await?.pop())
}

/// Own telephones, or those of whoever is in the team and of who is in none; the last seen first.
pub(super) async fn list(tx: &mut Tx, whose: Whose) -> Result<Vec<Device>, Error> {
    let mut query = Query::new(COLUMNS);
    match whose {
        Whose::Own(user) => query.push("d.user_id = ").bind(user),
        Whose::Team(user, team) => query
            .push("(d.user_id = ")
            .bind(user)
            .push(" or u.team_id is null or u.team_id = ")
            .bind(team)
            .push(")"),
    };
    query.push(" order by d.seen_at desc, d.id limit 200");
    tx.list(query).await
}

/// A telephone that is new here; gives its id and its token, which it keeps.
pub(super) async fn add(tx: &mut Tx, kind: Kind) -> Result<(i64, String), Error> {
    let (id, token, now) = (new_id(), web::new_token(), tx.now());
    let me = tx.actor().user;
    tx.change_one(
        "insert into away_devices (id, user_id, kind, token_hash, made_at, seen_at)
         values ($1, $2, $3, $4, $5, $6)",
        args![id, me, kind, web::token_hash(&token), now, now],
    )
    .await?;
    Ok((id, token))
}

pub(super) async fn seen(tx: &mut Tx, device: i64) -> Result<(), Error> {
    let now = tx.now();
    tx.change_one("update away_devices set seen_at = $1 where id = $2", args![now, device]).await
}

/// The key for a day, with its id.
#[derive(Clone, Debug)]
pub(super) struct DayKey {
    pub id: i64,
    pub secret: String,
}

/// Makes the key for a day: the colleague takes the list along.
pub(super) async fn new_key(tx: &mut Tx, device: i64) -> Result<DayKey, Error> {
    let (id, secret, now) = (new_id(), web::new_token(), tx.now());
    tx.execute(
        "delete from away_keys where device_id = $1 and made_at < $2",
        args![device, now - KEY_IS_KEPT],
    )
    .await?;
    tx.change_one(
        "insert into away_keys (id, device_id, secret, made_at) values ($1, $2, $3, $4)",
        args![id, device, &secret, now],
    )
    .await?;
    record(tx, "day_taken", device).await?;
    Ok(DayKey { id, secret })
}

/// Keys of earlier days, with which reports were kept that were not sent yet.
pub(super) async fn keys(tx: &mut Tx, device: i64) -> Result<Vec<DayKey>, Error> {
    db::row! { struct Row { id: i64, secret: String } }

    let rows: Vec<Row> = tx
        .all("select id, secret from away_keys where device_id = $1 order by id", args![device])
        .await?;
    Ok(rows.into_iter().map(|Row { id, secret }| DayKey { id, secret }).collect())
}

/// Notes which visits lie on a telephone.
pub(super) async fn take(tx: &mut Tx, device: i64, visits: &[VisitId]) -> Result<(), Error> {
    let now = tx.now();
    for visit in visits {
        tx.execute(
            "insert into away_visits (device_id, visit_id, taken_at) values ($1, $2, $3) on conflict do nothing",
            args![device, *visit, now],
        )
        .await?;
    }
    Ok(())
}

/// Whether a visit was taken along on this telephone.
pub(super) async fn has(tx: &mut Tx, device: i64, visit: VisitId) -> Result<bool, Error> {
    let found: i64 = tx
        .value(
            "select count(*) as value from away_visits where device_id = $1 and visit_id = $2",
            args![device, visit],
        )
        .await?;
    Ok(found > 0)
}

/// Nothing on it can be opened any more, from now on; it empties itself at its next contact.
///
/// # Errors
///
/// [`Error::Raced`] if that was asked already.
pub(super) async fn ask_wipe(tx: &mut Tx, device: &Device) -> Result<(), Error> {
    let (me, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "update away_devices set wipe_asked_at = $1, wipe_asked_by = $2 where id = $3 and wipe_asked_at is null",
        args![now, me, device.id],
    )
    .await?;
    tx.execute("delete from away_keys where device_id = $1", args![device.id]).await?;
    record(tx, "wipe_asked", device.id).await
}

/// It says that it emptied itself.
pub(super) async fn wiped(tx: &mut Tx, device: i64) -> Result<(), Error> {
    let now = tx.now();
    let changed = tx
        .execute(
            "update away_devices set wiped_at = $1
              where id = $2 and wipe_asked_at is not null and wiped_at is null",
            args![now, device],
        )
        .await?;
    if changed > 0 {
        record(tx, "wiped", device).await?;
    }
    Ok(())
}

async fn record(tx: &mut Tx, change: &'static str, device: i64) -> Result<(), Error> {
    let today = local(tx.now()).date();
    let event = Event::new(EventKind::DeviceChanged, today)
        .with("change", Fact::Code(change))
        .with("device", Fact::Number(device));
    activity::record(tx, event).await
}

/// Somebody's account ends: nothing stays readable on her telephones.
pub(crate) async fn leave(tx: &mut Tx, leaver: Leaver) -> Result<(), Error> {
    for device in list(tx, Whose::Own(leaver.user)).await? {
        if device.wipe_asked_at.is_none() {
            ask_wipe(tx, &device).await?;
        }
    }
    Ok(())
}
