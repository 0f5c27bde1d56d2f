//! "Not now": the member is asked another day, never whoever could be recruited.

use db::{Error, Tx, args, new_id};
use jiff::civil::Date;
use kernel::{Event, EventKind, Fact, PersonId, PersonName, UserId, local};
use web::Leaver;

/// Plans that `owner` asks this member again on a day. One that was planned already moves.
pub async fn remind(tx: &mut Tx, person: PersonId, on: Date, owner: UserId) -> Result<i64, Error> {
    let (me, now) = (tx.actor().user, tx.now());
    people::person::hold(tx, person).await?;
    let open: Option<i64> = tx
        .value(
            "select max(id) as value from referral_reminders where person_id = $1 and done_at is null",
            args![person],
        )
        .await?;
    let (id, change) = if let Some(id) = open {
        tx.change_one(
            "update referral_reminders set due_on = $1, owner_id = $2 where id = $3",
            args![on, owner, id],
        )
        .await?;
        (id, "moved")
    } else {
        let id = new_id();
        tx.change_one(
            "insert into referral_reminders (id, person_id, due_on, owner_id, made_by, made_at)
             values ($1, $2, $3, $4, $5, $6)",
            args![id, person, on, owner, me, now],
        )
        .await?;
        (id, "made")
    };
    record(tx, id, person, change).await?;
    Ok(id)
}

/// The member was asked, or need not be any more. Done before, nothing happens.
pub(crate) async fn done(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    let open: Option<i64> = tx
        .value(
            "select max(id) as value from referral_reminders where person_id = $1 and done_at is null",
            args![person],
        )
        .await?;
    let Some(id) = open else { return Ok(()) };
    let (me, now) = (tx.actor().user, tx.now());
    let ended = tx
        .execute(
            "update referral_reminders set done_by = $1, done_at = $2 where id = $3 and done_at is null",
            args![me, now, id],
        )
        .await?;
    if ended == 1 { record(tx, id, person, "done").await } else { Ok(()) }
}

async fn record(tx: &mut Tx, id: i64, person: PersonId, change: &'static str) -> Result<(), Error> {
    let event = Event::new(EventKind::ReferralReminder, local(tx.now()).date())
        .about(person)
        .with("reminder", Fact::Number(id))
        .with("change", Fact::Code(change));
    activity::record(tx, event).await
}

db::row! {
    /// A member who is asked again, as a list shows it.
    #[derive(Clone, Debug)]
    pub(crate) struct Reminder {
        pub person_id: PersonId,
        pub due_on: Date,
        pub owner_id: Option<UserId>,
        pub owner: Option<String>,
        pub initials: String,
        pub first_name: String,
        pub call_name: String,
        pub prefix: String,
        pub surname: String,
    }
}

impl Reminder {
    #[must_use]
    pub(crate) fn name(&self) -> PersonName {
        PersonName {
            initials: self.initials.clone(),
            first_name: self.first_name.clone(),
            call_name: self.call_name.clone(),
            prefix: self.prefix.clone(),
            surname: self.surname.clone(),
        }
    }
}

/// Those of `owner`, and those of nobody, that are due by a day, the earliest first. Nobody is reminded of who died.
pub(crate) async fn of_owner(
    tx: &mut Tx,
    owner: UserId,
    until: Date,
    limit: i64,
) -> Result<Vec<Reminder>, Error> {
    tx.all(
        "select r.person_id, r.due_on, r.owner_id, u.name as owner, p.initials, p.first_name, p.call_name, p.prefix, p.surname
           from referral_reminders r join people p on p.id = r.person_id left join users u on u.id = r.owner_id
          where r.done_at is null and (r.owner_id = $1 or r.owner_id is null) and r.due_on <= $2
            and p.death_reported_at is null
          order by r.due_on, r.id limit $3",
        args![owner, until, limit],
    )
    .await
}

/// The open one about this member: its day, and who asks.
pub(crate) async fn of_person(
    tx: &mut Tx,
    person: PersonId,
) -> Result<Option<(Date, Option<String>)>, Error> {
    db::row! { struct Found { due_on: Date, owner: Option<String> } }

    let found: Option<Found> = tx
        .one(
            "select r.due_on, u.name as owner from referral_reminders r left join users u on u.id = r.owner_id
              where r.person_id = $1 and r.done_at is null",
            args![person],
        )
        .await?;
    Ok(found.map(|found| (found.due_on, found.owner)))
}

/// What a colleague who leaves would have asked, whoever comes first asks.
pub(crate) async fn leave(tx: &mut Tx, leaver: Leaver) -> Result<(), Error> {
    tx.execute(
        "update referral_reminders set owner_id = null where owner_id = $1 and done_at is null",
        args![leaver.user],
    )
    .await
    .map(drop)
}
