use std::collections::BTreeMap;

use access_rules::roster::{Absence, AbsenceKind, Away, Shift, away, away_all_along};
use db::{Error, Tx, args, new_id};
use jiff::civil::{Date, DateTime, Time, Weekday};
use kernel::{AbsenceId, Event, EventKind, Fact, UserId, Window, local};

db::row! {
    struct ShiftRow { user_id: UserId, weekday: i64, from_time: Time, until_time: Time }
}

db::row! {
    /// An absence as it is listed.
    #[derive(Clone, Debug)]
    pub struct StoredAbsence {
        pub id: AbsenceId,
        pub user_id: UserId,
        pub kind: AbsenceKind,
        pub from_on: Date,
        pub until_on: Option<Date>,
        pub stand_in_id: Option<UserId>,
    }
}

db::row! {
    struct StandInRow { user_id: UserId, stand_in_id: UserId }
}

/// Shifts, absences from a day on and stand-ins: of everybody, because a stand-in may be away as well.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    shifts: BTreeMap<UserId, Vec<Shift>>,
    pub(super) absences: BTreeMap<UserId, Vec<StoredAbsence>>,
    stand_ins: BTreeMap<UserId, UserId>,
}

/// What is known from `day` on.
pub async fn load(tx: &mut Tx, day: Date) -> Result<Roster, Error> {
    let mut roster = Roster::default();
    let shifts: Vec<ShiftRow> = tx
        .all(
            "select s.user_id, s.weekday, s.from_time, s.until_time from shifts s
               join users u on u.id = s.user_id where u.ended_at is null order by s.weekday",
            args![],
        )
        .await?;
    for ShiftRow { user_id, weekday, from_time, until_time } in shifts {
        let weekday =
            i8::try_from(weekday).ok().and_then(|day| Weekday::from_monday_one_offset(day).ok());
        let weekday = weekday.ok_or(Error::Column("weekday"))?;
        let hours = Window { from: from_time, until: until_time };
        roster.shifts.entry(user_id).or_default().push(Shift { weekday, hours });
    }
    let absences: Vec<StoredAbsence> = tx
        .all(
            "select a.id, a.user_id, a.kind, a.from_on, a.until_on, s.id as stand_in_id
               from absences a left join users s on s.id = a.stand_in_id and s.ended_at is null
              where a.until_on is null or a.until_on >= $1 order by a.from_on, a.id",
            args![day],
        )
        .await?;
    for absence in absences {
        roster.absences.entry(absence.user_id).or_default().push(absence);
    }
    let stand_ins: Vec<StandInRow> = tx
        .all(
            "select i.user_id, i.stand_in_id from stand_ins i
               join users s on s.id = i.stand_in_id where s.ended_at is null",
            args![],
        )
        .await?;
    roster.stand_ins = stand_ins.into_iter().map(|row| (row.user_id, row.stand_in_id)).collect();
    Ok(roster)
}

impl Roster {
    #[must_use]
    pub fn shifts_of(&self, user: UserId) -> &[Shift] {
        self.shifts.get(&user).map_or(&[], Vec::as_slice)
    }

    /// Who usually stands in for somebody.
    #[must_use]
    pub fn usual_stand_in(&self, user: UserId) -> Option<UserId> {
        self.stand_ins.get(&user).copied()
    }

    fn absences_of(&self, user: UserId) -> Vec<Absence> {
        let all = self.absences.get(&user).map_or(&[][..], Vec::as_slice);
        all.iter()
            .map(|stored| Absence {
                from: stored.from_on,
                until: stored.until_on,
                kind: stored.kind,
            })
            .collect()
    }

    /// Why somebody is away at a moment of wall time; `None` if she is there.
    #[must_use]
    pub fn away(&self, user: UserId, at: DateTime) -> Option<Away> {
        away(self.shifts_of(user), &self.absences_of(user), at)
    }

    /// Why somebody is away in all of a part of a day.
    #[must_use]
    pub fn away_all_along(&self, user: UserId, day: Date, part: Window) -> Option<Away> {
        away_all_along(self.shifts_of(user), &self.absences_of(user), day, part)
    }

    /// Since which day somebody is absent, if she is on that day.
    #[must_use]
    pub fn absent_since(&self, user: UserId, day: Date) -> Option<Date> {
        let all = self.absences.get(&user).map_or(&[][..], Vec::as_slice);
        let covers = |stored: &&StoredAbsence| {
            stored.from_on <= day && stored.until_on.is_none_or(|until| day <= until)
        };
        all.iter().filter(covers).map(|stored| stored.from_on).min()
    }

    /// Who stands in for somebody on that day, and is there: named for the absence, else as usual.
    #[must_use]
    pub fn stand_in(&self, user: UserId, at: DateTime) -> Option<UserId> {
        let all = self.absences.get(&user).map_or(&[][..], Vec::as_slice);
        let covers = |stored: &&StoredAbsence| {
            stored.from_on <= at.date() && stored.until_on.is_none_or(|until| at.date() <= until)
        };
        let named = all.iter().find(covers).and_then(|stored| stored.stand_in_id);
        [named, self.usual_stand_in(user)]
            .into_iter()
            .flatten()
            .find(|stand_in| self.away(*stand_in, at).is_none())
    }
}

/// Replaces the shifts of somebody; none at all means any working day.
pub async fn set_shifts(tx: &mut Tx, user: UserId, shifts: &[Shift]) -> Result<(), Error> {
    tx.execute("delete from shifts where user_id = $1", args![user]).await?;
    for Shift { weekday, hours } in shifts {
        tx.change_one(
            "insert into shifts (user_id, weekday, from_time, until_time) values ($1, $2, $3, $4)",
            args![user, i64::from(weekday.to_monday_one_offset()), hours.from, hours.until],
        )
        .await?;
    }
    changed(tx, user, "shifts").await
}

/// `None`: nobody in particular.
pub async fn set_stand_in(
    tx: &mut Tx,
    user: UserId,
    stand_in: Option<UserId>,
) -> Result<(), Error> {
    tx.execute("delete from stand_ins where user_id = $1", args![user]).await?;
    if let Some(stand_in) = stand_in {
        tx.change_one(
            "insert into stand_ins (user_id, stand_in_id) values ($1, $2)",
            args![user, stand_in],
        )
        .await?;
    }
    changed(tx, user, "stand_in").await
}

#[derive(Clone, Copy, Debug)]
pub struct NewAbsence {
    pub user: UserId,
    pub kind: AbsenceKind,
    pub from: Date,
    pub until: Option<Date>,
    pub stand_in: Option<UserId>,
}

pub async fn report_absence(tx: &mut Tx, absence: NewAbsence) -> Result<AbsenceId, Error> {
    let NewAbsence { user, kind, from, until, stand_in } = absence;
    let (id, by, now) = (AbsenceId(new_id()), tx.actor().user, tx.now());
    tx.change_one(
        "insert into absences (id, user_id, kind, from_on, until_on, stand_in_id, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![id, user, kind, from, until, stand_in, by, now],
    )
    .await?;
    changed(tx, user, "absence").await?;
    Ok(id)
}

/// Somebody is back: an absence that began ends yesterday, one that did not begin is gone.
pub async fn end_absence(tx: &mut Tx, id: AbsenceId, user: UserId) -> Result<(), Error> {
    let today = local(tx.now()).date();
    let yesterday = today.yesterday().map_err(|_| Error::Column("until_on"))?;
    tx.execute(
        "delete from absences where id = $1 and user_id = $2 and from_on >= $3",
        args![id, user, today],
    )
    .await?;
    tx.execute(
        "update absences set until_on = $1 where id = $2 and user_id = $3 and from_on < $4",
        args![yesterday, id, user, today],
    )
    .await?;
    changed(tx, user, "back").await
}

async fn changed(tx: &mut Tx, user: UserId, what: &'static str) -> Result<(), Error> {
    let event = Event::new(EventKind::RosterChanged, local(tx.now()).date())
        .with("what", Fact::Code(what))
        .with("user", Fact::Number(user.0));
    activity::record(tx, event).await
}
