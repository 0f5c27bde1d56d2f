use db::{Error, Tx, args};
use kernel::MembershipId;
use membership_rules::tariff::Phase;

/// Gives a membership its introductory months, as version `table` of the tariff has them.
pub async fn start_phase(
    tx: &mut Tx,
    membership: MembershipId,
    phase: &Phase,
    table: i64,
) -> Result<(), Error> {
    let Phase { from, until, cents } = *phase;
    tx.change_one(
        "insert into membership_phases (membership_id, table_id, from_on, until_on, cents) values ($1, $2, $3, $4, $5)",
        args![membership, table, from, until, cents],
    )
    .await
}
