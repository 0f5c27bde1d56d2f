//! Who takes no part: staff by its accounts, the board by a list.

use db::{Error, Tx, args, new_id};
use jiff::civil::Date;
use kernel::{Event, EventKind, Fact, PersonId, local};
use rulebook::Rulebook;

use crate::Broken;
use crate::settings::{Excludes, excludes};

/// Whether the rules of `day` keep this person out.
pub(crate) async fn is_excluded(
    tx: &mut Tx,
    book: &Rulebook,
    person: PersonId,
    day: Date,
) -> Result<bool, Broken> {
    let Excludes { staff, board } = excludes(book, day)?;
    Ok(staff && is_staff(tx, person).await? || board && is_on_board(tx, person).await?)
}

/// A colleague who is a member too is known by the address.
async fn is_staff(tx: &mut Tx, person: PersonId) -> Result<bool, Error> {
    let accounts: i64 = tx
        .value(
            "select count(*) as value from users u join people p on p.email_fold = u.email_fold
              where p.id = $1 and u.email_fold <> '' and u.ended_at is null",
            args![person],
        )
        .await?;
    Ok(accounts > 0)
}

pub(crate) async fn is_on_board(tx: &mut Tx, person: PersonId) -> Result<bool, Error> {
    let seats: i64 = tx
        .value(
            "select count(*) as value from referral_board where person_id = $1 and ended_at is null",
            args![person],
        )
        .await?;
    Ok(seats > 0)
}

/// Puts a member on the list of the board, or takes the member off. As it is already, nothing happens.
pub(crate) async fn put(tx: &mut Tx, person: PersonId, on_board: bool) -> Result<(), Error> {
    let (me, now) = (tx.actor().user, tx.now());
    let changed = if on_board {
        tx.execute(
            "insert into referral_board (id, person_id, made_by, made_at) values ($1, $2, $3, $4)
             on conflict do nothing",
            args![new_id(), person, me, now],
        )
        .await?
    } else {
        tx.execute(
            "update referral_board set ended_by = $1, ended_at = $2 where person_id = $3 and ended_at is null",
            args![me, now, person],
        )
        .await?
    };
    if changed == 0 {
        return Ok(());
    }
    let change = if on_board { "on" } else { "off" };
    let event = Event::new(EventKind::ReferralBoardChanged, local(now).date())
        .about(person)
        .with("change", Fact::Code(change));
    activity::record(tx, event).await
}
