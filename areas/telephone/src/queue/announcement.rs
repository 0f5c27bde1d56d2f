//! What a caller hears, in words: those of the program, or of the association for one queue.

use std::collections::BTreeMap;

use db::{Error, Tx, args};
use kernel::QueueId;
use telephone_rules::settings::Announcement;

use super::store::record;

/// The words of an association. `{ $place }`, `{ $minutes }` and `{ $opens }` are filled in when it is said.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Announced {
    pub nl: String,
    pub en: String,
}

/// The text that the program comes with; its key in both languages.
pub(super) fn shipped(kind: Announcement) -> &'static str {
    match kind {
        Announcement::Welcome => "telephone-say-welcome",
        Announcement::Waiting => "telephone-say-waiting",
        Announcement::Closed => "telephone-say-closed",
        Announcement::Full => "telephone-say-full",
        Announcement::TooLong => "telephone-say-too-long",
        Announcement::Closing => "telephone-say-closing",
        Announcement::OfferCallMeBack => "telephone-say-offer-call-me-back",
        Announcement::CallMeBackTaken => "telephone-say-call-me-back-taken",
    }
}

db::row! {
    struct Row { kind: Announcement, words_nl: String, words_en: String }
}

/// What the association says itself in this queue; for the rest the words of the program hold.
pub async fn announced(
    tx: &mut Tx,
    queue: QueueId,
) -> Result<BTreeMap<Announcement, Announced>, Error> {
    let rows: Vec<Row> = tx
        .all(
            "select kind, words_nl, words_en from queue_announcements where queue_id = $1",
            args![queue],
        )
        .await?;
    let own = |row: Row| (row.kind, Announced { nl: row.words_nl, en: row.words_en });
    Ok(rows.into_iter().map(own).collect())
}

/// Keeps the words of an association; `None`: those of the program hold again.
pub(super) async fn keep(
    tx: &mut Tx,
    queue: QueueId,
    words: &BTreeMap<Announcement, Option<Announced>>,
) -> Result<(), Error> {
    let (by, now) = (tx.actor().user, tx.now());
    for (kind, own) in words {
        tx.execute(
            "delete from queue_announcements where queue_id = $1 and kind = $2",
            args![queue, *kind],
        )
        .await?;
        if let Some(Announced { nl, en }) = own {
            tx.change_one(
                "insert into queue_announcements (queue_id, kind, words_nl, words_en, changed_by, changed_at)
                 values ($1, $2, $3, $4, $5, $6)",
                args![queue, *kind, nl, en, by, now],
            )
            .await?;
        }
    }
    record(tx, Some(queue), "announcement").await
}
