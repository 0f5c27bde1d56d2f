//! What a caller hears, in words: those of the program, or of the association for one queue.

use std::collections::BTreeMap;

use db::{Error, Tx, args};
use kernel::QueueId;
use telephone_rules::settings::Announcement;
use texts::{Language, Texts};

use super::store::record;

/// The words of an association. `{place}`, `{minutes}` and `{opens}` are filled in by [`said`].
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

/// What is filled into an announcement, in words.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Filled {
    pub place: String,
    pub minutes: String,
    pub opens: String,
}

/// What a caller hears, in the language of `t`: the words of the association, else those of the program.
#[must_use]
pub fn said(t: &Texts, kind: Announcement, own: Option<&Announced>, filled: &Filled) -> String {
    let Filled { place, minutes, opens } = filled;
    let Some(own) = own else {
        let (place, minutes, opens) = (place.as_str(), minutes.as_str(), opens.as_str());
        return t.fill(
            shipped(kind),
            [("place", place.into()), ("minutes", minutes.into()), ("opens", opens.into())],
        );
    };
    let words = match t.language() {
        Language::Dutch => &own.nl,
        Language::English => &own.en,
    };
    words.replace("{place}", place).replace("{minutes}", minutes).replace("{opens}", opens)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_hears_the_words_of_the_association_or_of_the_program_with_what_is_filled_in() {
        let catalogue = texts::Catalogue::new(&[crate::TEXTS]);
        let filled = Filled { place: "3".into(), minutes: "5".into(), opens: String::new() };
        let dutch = catalogue.texts(Language::Dutch);
        assert_eq!(
            said(&dutch, Announcement::Waiting, None, &filled),
            "U bent nummer 3 in de rij. Het duurt ongeveer 5 minuten.",
        );
        let own = Announced { nl: "Nog {place}.".into(), en: "{place} more.".into() };
        assert_eq!(said(&dutch, Announcement::Waiting, Some(&own), &filled), "Nog 3.");
        let english = catalogue.texts(Language::English);
        assert_eq!(said(&english, Announcement::Waiting, Some(&own), &filled), "3 more.");
    }
}
