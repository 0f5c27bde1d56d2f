use db::{Error, Tx, args, new_id};
use jiff::{SignedDuration, Timestamp};
use kernel::{Event, EventKind, PersonId, PersonName, UserId, local};

/// Opens the file with this member number for a while; `None` if nobody has the number.
///
/// Source of the right: product description, "Break-glass".
pub(super) async fn force(
    tx: &mut Tx,
    member_number: &str,
    reason: &str,
    lasts: SignedDuration,
    rule: String,
) -> Result<Option<PersonId>, Error> {
    let person: Option<i64> = tx
        .value("select max(id) as value from people where member_number = $1", args![member_number])
        .await?;
    let Some(person) = person.map(PersonId) else { return Ok(None) };
    let (user, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "insert into forced_files (id, user_id, person_id, reason, at, until_at) values ($1, $2, $3, $4, $5, $6)",
        args![new_id(), user, person, reason, now, now + lasts],
    )
    .await?;
    let mut event = Event::new(EventKind::FileForced, local(now).date()).about(person);
    event.rule = Some(rule);
    activity::record(tx, event).await?;
    Ok(Some(person))
}

/// Whether this user forced this file open, and the time is not over.
pub(crate) async fn is_open(tx: &mut Tx, user: UserId, person: PersonId) -> Result<bool, Error> {
    let now = tx.now();
    let open: i64 = tx
        .value(
            "select count(*) as value from forced_files where user_id = $1 and person_id = $2 and until_at > $3",
            args![user, person, now],
        )
        .await?;
    Ok(open > 0)
}

db::row! {
    /// A file that was forced, for the privacy officer.
    #[derive(Clone, Debug)]
    pub struct Forced {
        pub id: i64,
        pub at: Timestamp,
        pub user_name: String,
        pub person_id: PersonId,
        pub initials: String,
        pub first_name: String,
        pub call_name: String,
        pub prefix: String,
        pub surname: String,
        pub reason: String,
        pub seen_by: Option<String>,
    }
}

impl Forced {
    #[must_use]
    pub fn name(&self) -> PersonName {
        PersonName {
            initials: self.initials.clone(),
            first_name: self.first_name.clone(),
            call_name: self.call_name.clone(),
            prefix: self.prefix.clone(),
            surname: self.surname.clone(),
        }
    }
}

/// Those that nobody looked at yet first, then the latest.
pub async fn latest(tx: &mut Tx) -> Result<Vec<Forced>, Error> {
    tx.all(
        "select f.id, f.at, u.name as user_name, f.person_id, p.initials, p.first_name, p.call_name, p.prefix,
                p.surname, f.reason, s.name as seen_by
           from forced_files f
           join users u on u.id = f.user_id
           join people p on p.id = f.person_id
           left join users s on s.id = f.seen_by
          order by (f.seen_at is not null), f.id desc
          limit 200",
        args![],
    )
    .await
}

/// The acting user looked at it.
pub async fn look_at(tx: &mut Tx, id: i64) -> Result<(), Error> {
    let (user, now) = (tx.actor().user, tx.now());
    tx.execute(
        "update forced_files set seen_by = $1, seen_at = $2 where id = $3 and seen_at is null",
        args![user, now, id],
    )
    .await
    .map(drop)
}
