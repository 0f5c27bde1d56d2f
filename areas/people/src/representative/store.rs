use db::{Error, Tx, args, new_id};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Event, EventKind, Fact, PersonId, Pii, RepresentativeId, local};
use people_rules::representative::{New, Relation, Scope, holds_on};

db::row! {
    /// Somebody who speaks or spoke for a member.
    #[derive(Clone, Debug)]
    pub struct Representative {
        pub id: RepresentativeId,
        pub name: Pii<String>,
        pub relation: Relation,
        may_know: bool,
        may_change: bool,
        may_cancel: bool,
        pub from_on: Date,
        /// The last day.
        pub until_on: Option<Date>,
        /// What was seen that says so.
        pub proof: Pii<String>,
        pub seen_on: Date,
        /// From this moment nobody any more, whatever the last day says.
        pub ended_at: Option<Timestamp>,
    }
}

impl Representative {
    #[must_use]
    pub fn scopes(&self) -> Vec<Scope> {
        let may = [
            (self.may_know, Scope::Information),
            (self.may_change, Scope::Changes),
            (self.may_cancel, Scope::Cancellation),
        ];
        may.into_iter().filter(|(may, _)| *may).map(|(_, scope)| scope).collect()
    }

    #[must_use]
    pub fn holds_on(&self, day: Date) -> bool {
        holds_on(day, self.from_on, self.until_on, self.ended_at.is_some())
    }
}

/// Everybody who speaks or spoke for a person, the latest first.
pub async fn of_person(tx: &mut Tx, person: PersonId) -> Result<Vec<Representative>, Error> {
    tx.all(
        "select id, name, relation, may_know, may_change, may_cancel, from_on, until_on, proof, seen_on, ended_at
           from representatives where person_id = $1 order by id desc limit 50",
        args![person],
    )
    .await
}

/// Those who speak for a person on `day`.
pub(crate) async fn speaking(
    tx: &mut Tx,
    person: PersonId,
    day: Date,
) -> Result<Vec<Representative>, Error> {
    let mut all = of_person(tx, person).await?;
    all.retain(|representative| representative.holds_on(day));
    Ok(all)
}

pub async fn add(tx: &mut Tx, person: PersonId, new: &New) -> Result<RepresentativeId, Error> {
    let New { name, relation, scopes, from, until, proof, seen_on } = new;
    let id = RepresentativeId(new_id());
    let (user, now) = (tx.actor().user, tx.now());
    let [know, change, cancel] = [Scope::Information, Scope::Changes, Scope::Cancellation]
        .map(|scope| scopes.contains(&scope));
    tx.change_one(
        "insert into representatives (id, person_id, name, relation, may_know, may_change, may_cancel,
                                      from_on, until_on, proof, seen_on, added_by, added_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        args![
            id,
            person,
            name.clone(),
            *relation,
            know,
            change,
            cancel,
            *from,
            *until,
            proof.clone(),
            *seen_on,
            user,
            now
        ],
    )
    .await?;
    record(tx, person, id, "added").await?;
    Ok(id)
}

/// From now on this one does not speak for the person any more; the row stays. `false` if there is no such one, or it ended.
pub async fn end(tx: &mut Tx, person: PersonId, id: RepresentativeId) -> Result<bool, Error> {
    let (user, now) = (tx.actor().user, tx.now());
    let ended = tx
        .execute(
            "update representatives set ended_at = $1, ended_by = $2
              where id = $3 and person_id = $4 and ended_at is null",
            args![now, user, id, person],
        )
        .await?;
    if ended == 1 {
        record(tx, person, id, "ended").await?;
    }
    Ok(ended == 1)
}

async fn record(
    tx: &mut Tx,
    person: PersonId,
    id: RepresentativeId,
    change: &'static str,
) -> Result<(), Error> {
    let event = Event::new(EventKind::RepresentativeChanged, local(tx.now()).date())
        .about(person)
        .with("representative", Fact::Number(id.0))
        .with("change", Fact::Code(change));
    activity::record(tx, event).await
}
