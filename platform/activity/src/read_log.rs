use db::{Error, Tx, args, new_id};
use jiff::Timestamp;
use kernel::PersonId;

kernel::codes! {
    /// Why a member record was opened.
    pub enum Why {
        /// Offered on the desk, or found while calling.
        Call = "call",
        /// The person's page.
        File = "file",
        /// Named as a contact person on the page of an organisation.
        Organisation = "organisation",
        /// Named on a question or a wish, or on an agreement.
        Wish = "wish",
        /// Named in the report of a visit, or on a list of visits.
        Visit = "visit",
        /// Among those behind a key figure.
        Figure = "figure",
        /// Seen with the whole account number: the member asked, the bank says something, or it was compared.
        Account = "account",
        /// Among what was collected, paid or came back.
        Dues = "dues",
        /// Named as who joined with a member's code, or as whose code it was.
        Referral = "referral",
        /// A recorded call was listened to; the reason is kept with it.
        Recording = "recording",
        /// Through the API.
        Api = "api",
        /// Without the right, with a reason that the privacy officer sees.
        Forced = "forced",
    }
}

/// Somebody opened the record of a person. Not an event: there are too many, and they end after
/// 24 months.
pub async fn log_read(tx: &mut Tx, person: PersonId, why: Why) -> Result<(), Error> {
    let (user, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "insert into reads (id, at, user_id, person_id, why) values ($1, $2, $3, $4, $5)",
        args![new_id(), now, user, person, why],
    )
    .await
}

db::row! {
    /// One opening of a file, for the person's own page.
    pub struct Opened { pub at: Timestamp, pub user_name: String, pub why: Why }
}

/// Who opened this person's file since `since`, latest first.
pub async fn opened_by(
    tx: &mut Tx,
    person: PersonId,
    since: Timestamp,
) -> Result<Vec<Opened>, Error> {
    tx.all(
        "select r.at, coalesce(u.name, '–') as user_name, r.why
           from reads r
           left join users u on u.id = r.user_id
          where r.person_id = $1 and r.at >= $2
          order by r.id desc
          limit 200",
        args![person, since],
    )
    .await
}
