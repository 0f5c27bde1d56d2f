use db::{Error, Tx, args, new_id};
use jiff::civil::Date;
use kernel::{Cents, Event, EventKind, Fact, MembershipId, PersonId, local};
use membership_rules::tariff::{Situation, Told, back_settlement};

use crate::Holder;
use crate::tariff;

db::row! {
    #[derive(Clone, Debug)]
    pub(super) struct StoredSituation {
        pub id: i64,
        pub situation: Situation,
        pub from_on: Date,
        pub until_on: Option<Date>,
        pub value: Option<i64>,
        pub proof_until: Option<Date>,
    }
}

fn parts(holder: Holder) -> (Option<PersonId>, Option<kernel::OrganisationId>) {
    match holder {
        Holder::Person(person) => (Some(person), None),
        Holder::Organisation(organisation) => (None, Some(organisation)),
    }
}

/// What was told, newest first.
pub(super) async fn of_holder(tx: &mut Tx, holder: Holder) -> Result<Vec<StoredSituation>, Error> {
    let (person, organisation) = parts(holder);
    tx.all(
        "select id, situation, from_on, until_on, value, proof_until from situations
          where person_id = $1 or organisation_id = $2 order by from_on desc, id desc",
        args![person, organisation],
    )
    .await
}

/// Something that was told.
#[derive(Clone, Copy, Debug)]
pub struct NewSituation {
    pub situation: Situation,
    pub from: Date,
    pub until: Option<Date>,
    /// Cents, hours, places or square metres, by situation.
    pub value: Option<i64>,
    /// The last day on which the proof that was seen holds.
    pub proof_until: Option<Date>,
}

/// Writes down what was told. What was told of the same kind before and still holds ends the day before; what began on the same
/// day or later is replaced.
///
/// Returns what is to be settled back over months that were paid already, at most `months_max` of them; below zero what is asked.
pub async fn tell(
    tx: &mut Tx,
    holder: Holder,
    new: NewSituation,
    months_max: i64,
) -> Result<Cents, Error> {
    let NewSituation { situation, from, until, value, proof_until } = new;
    let today = local(tx.now()).date();
    let membership = current(tx, holder, today).await?;
    let before = match membership {
        Some(id) => tariff::facts_of(tx, id).await?,
        None => None,
    };
    let (person, organisation) = parts(holder);
    tx.execute(
        "delete from situations where (person_id = $1 or organisation_id = $2) and situation = $3 and from_on >= $4",
        args![person, organisation, situation, from],
    )
    .await?;
    let ends = from.yesterday().unwrap_or(from);
    tx.execute(
        "update situations set until_on = $1
          where (person_id = $2 or organisation_id = $3) and situation = $4 and (until_on is null or until_on >= $5)",
        args![ends, person, organisation, situation, from],
    )
    .await?;
    let (me, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "insert into situations (id, person_id, organisation_id, situation, from_on, until_on, value, proof_until, told_by, told_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![new_id(), person, organisation, situation, from, until, value, proof_until, me, now],
    )
    .await?;
    let settled = match (membership, before) {
        (Some(_), Some((kind, before))) => {
            let mut after = before.clone();
            after.told = of_holder(tx, holder).await?.iter().map(StoredSituation::told).collect();
            let (tables, ages) =
                (tariff::tables(tx, kind).await?, crate::pension::rows(tx, today).await?);
            back_settlement(&tables, &ages, (&before, &after), (from, today), months_max)
        }
        _ => Cents(0),
    };
    record(tx, holder, situation, "told", settled).await?;
    Ok(settled)
}

/// Ends what was told; `until` is its last day.
pub(super) async fn end(tx: &mut Tx, holder: Holder, id: i64, until: Date) -> Result<bool, Error> {
    let known = of_holder(tx, holder).await?;
    let Some(found) = known.iter().find(|known| known.id == id && known.from_on <= until) else {
        return Ok(false);
    };
    tx.change_one("update situations set until_on = $1 where id = $2", args![until, id]).await?;
    record(tx, holder, found.situation, "ended", Cents(0)).await?;
    Ok(true)
}

impl StoredSituation {
    fn told(&self) -> Told {
        Told {
            situation: self.situation,
            from: self.from_on,
            until: self.until_on,
            value: self.value,
            proof_until: self.proof_until,
        }
    }

    pub(super) fn is_over(&self, today: Date) -> bool {
        self.until_on.is_some_and(|until| until < today)
    }
}

/// The membership that covers `day`.
async fn current(tx: &mut Tx, holder: Holder, day: Date) -> Result<Option<MembershipId>, Error> {
    db::row! { struct Found { id: MembershipId } }

    let (person, organisation) = parts(holder);
    let found: Option<Found> = tx
        .one(
            "select id from memberships
              where (person_id = $1 or organisation_id = $2) and (starts_on is null or starts_on <= $3)
                and (ends_on is null or ends_on >= $4) order by id desc limit 1",
            args![person, organisation, day, day],
        )
        .await?;
    Ok(found.map(|found| found.id))
}

async fn record(
    tx: &mut Tx,
    holder: Holder,
    situation: Situation,
    change: &'static str,
    settled: Cents,
) -> Result<(), Error> {
    let mut event = Event::new(EventKind::SituationTold, local(tx.now()).date())
        .with("situation", Fact::Code(situation.code()))
        .with("change", Fact::Code(change));
    (event.person, event.organisation) = parts(holder);
    event.amount = (settled != Cents(0)).then_some(settled.0);
    activity::record(tx, event).await
}

/// Takes what a person told out: the undo of an import that added the person.
pub async fn delete_of_person(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    tx.execute("delete from situations where person_id = $1", args![person]).await.map(drop)
}
