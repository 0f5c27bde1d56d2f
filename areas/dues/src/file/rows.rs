use db::{Error, Query, Tx, args};
use dues_rules::amount::Kind;
use dues_rules::run::Sequence;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, Cents, CreditorId, DueId, Iban, PaymentRunId, Pii};
use vault::{KeyRing, Sealed};

use crate::{Broken, account, creditor};

/// What stands above the payments.
#[derive(Clone, Debug)]
pub struct Head {
    pub kind: Kind,
    /// At most 35 characters, unique for the bank.
    pub message_id: String,
    pub made_at: Timestamp,
    /// On this day it is carried out.
    pub day: Date,
    pub name: String,
    pub creditor: CreditorId,
    pub iban: Pii<Iban>,
    /// What the file must come to.
    pub rows: i64,
    pub cents: Cents,
    pub parts: Vec<Part>,
}

/// Payments of one sequence: a bank wants those together.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub sequence: Sequence,
    pub rows: i64,
    pub cents: Cents,
}

/// One payment, as it stands in the file.
#[derive(Clone, Debug)]
pub struct Payment {
    pub end_to_end: String,
    pub cents: Cents,
    pub name: Pii<String>,
    pub iban: Pii<Iban>,
    pub remittance: String,
    pub mandate: Option<Signed>,
    /// The bank is told that the account under this mandate is another one.
    pub amended: bool,
    /// Only for an account outside the European Economic Area.
    pub address: Option<Pii<Address>>,
}

#[derive(Clone, Debug)]
pub struct Signed {
    pub reference: String,
    pub on: Date,
}

#[derive(Clone, Debug)]
pub struct Address {
    pub town: String,
    /// Two letters.
    pub country: String,
}

pub(super) async fn head(tx: &mut Tx, keys: &KeyRing, id: PaymentRunId) -> Result<Head, Broken> {
    db::row! { struct Sums { sequence: Sequence, n: i64, cents: Cents } }

    let run = crate::run::by_id(tx, id).await?.ok_or(Error::Raced)?;
    let own = creditor::by_id(tx, run.creditor_id).await?.ok_or(Error::Raced)?.opened(keys)?;
    let sums: Vec<Sums> = tx
        .all(
            "select sequence, count(*) as n, cast(sum(cents) as bigint) as cents from payment_rows
              where run_id = $1 and (ended_as is null or ended_as = 'returned')
              group by sequence order by sequence",
            args![id],
        )
        .await?;
    Ok(Head {
        kind: run.kind,
        message_id: format!("WL-{}", crate::base36(id.0)),
        made_at: run.made_at,
        day: run.day,
        name: own.name,
        creditor: own.code,
        iban: own.iban,
        rows: run.row_count,
        cents: run.cents,
        parts: sums
            .into_iter()
            .map(|Sums { sequence, n, cents }| Part { sequence, rows: n, cents })
            .collect(),
    })
}

const AT_ONCE: i64 = 5_000;

/// The next some thousand payments of a part, and the last of their keys; none at its end.
pub(super) async fn payments(
    tx: &mut Tx,
    keys: &KeyRing,
    id: PaymentRunId,
    sequence: Sequence,
    after: DueId,
) -> Result<Option<(Vec<Payment>, DueId)>, Broken> {
    db::row! {
        struct Row {
            due_id: DueId, end_to_end: String, cents: Cents, remittance: String, amended: bool,
            signed_on: Option<Date>, town: Option<String>, country: Option<String>,
            account_id: AccountId, holder: Pii<String>, sealed: Vec<u8>, key_nr: i64,
            reference: Option<String>,
        }
    }

    let mut query = Query::new(
        "select r.due_id, r.end_to_end, r.cents, r.remittance, r.amended, r.signed_on, r.town, r.country, r.account_id,
                a.holder, a.sealed, a.key_nr, m.reference
           from payment_rows r
           join accounts a on a.id = r.account_id
           left join mandates m on m.id = r.mandate_id
          where (r.ended_as is null or r.ended_as = 'returned') and r.run_id = ",
    );
    query.bind(id).push(" and r.sequence = ").bind(sequence).push(" and r.due_id > ").bind(after);
    query.push(" order by r.due_id limit ").bind(AT_ONCE);
    let rows: Vec<Row> = tx.list(query).await?;
    let Some(last) = rows.last().map(|row| row.due_id) else { return Ok(None) };
    let opened = |row: Row| {
        let Row {
            due_id: _,
            end_to_end,
            cents,
            remittance,
            amended,
            signed_on,
            town,
            country,
            account_id,
            holder,
            sealed,
            key_nr,
            reference,
        } = row;
        let sealed = Sealed { key: key_nr, bytes: sealed };
        Ok(Payment {
            end_to_end,
            cents,
            name: holder,
            iban: account::open(keys, account_id, &sealed)?,
            remittance,
            mandate: reference.zip(signed_on).map(|(reference, on)| Signed { reference, on }),
            amended,
            address: town.zip(country).map(|(town, country)| Pii::new(Address { town, country })),
        })
    };
    let payments: Result<Vec<Payment>, Broken> = rows.into_iter().map(opened).collect();
    Ok(Some((payments?, last)))
}
