//! The number of a new member.

use db::{Error, Tx, args};

/// Holds the row that every sign-up holds: of two at once, the second sees the first.
pub(super) async fn hold(tx: &mut Tx) -> Result<(), Error> {
    tx.change_one("update member_numbers set next = next where id = 1", args![]).await
}

/// The next number from `from` on that nobody has, also not from a file that came in meanwhile.
pub(super) async fn next(tx: &mut Tx, from: i64) -> Result<String, Error> {
    let kept: i64 =
        tx.value("select next as value from member_numbers where id = 1", args![]).await?;
    let mut number = kept.max(from);
    while people::person::by_member_number(tx, &number.to_string()).await?.is_some() {
        number += 1;
    }
    tx.change_one("update member_numbers set next = $1 where id = 1", args![number + 1]).await?;
    Ok(number.to_string())
}
