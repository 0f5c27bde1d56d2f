use db::{Error, Tx, args, new_id};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Event, EventKind, Fact, WordingId, local};
use texts::Language;

kernel::codes! {
    /// How the reader is spoken to. Every text has [`Address::U`]; [`Address::Je`] where it was written.
    pub enum Address {
        U = "u",
        Je = "je",
    }
}

db::row! {
    /// One version of one text in one language.
    #[derive(Clone, Debug)]
    pub struct Wording {
        pub id: WordingId,
        pub key: String,
        pub language: Language,
        pub address: Address,
        /// Counts from 1 per text, language and form of address.
        pub version: i64,
        /// The subject of a mail, the heading of a letter or text; empty for a text message.
        pub title: String,
        /// Markdown without pictures and HTML, with `{placeholders}`.
        pub body: String,
        pub source: String,
        /// As in the rulebook: A law or issuing body, B secondary sources agree, C weak, U unverified, D our own.
        pub grade: String,
        pub valid_from: Date,
        pub changed_by: Option<i64>,
        pub changed_at: Timestamp,
    }
}

impl Wording {
    /// Facts graded C or U are shown as unverified until an administrator confirms them.
    #[must_use]
    pub fn is_unverified(&self) -> bool {
        matches!(self.grade.as_str(), "C" | "U")
    }
}

/// There is no such text: the key is wrong, or the shipped texts were never filled in.
#[derive(Debug, thiserror::Error)]
pub enum Lost {
    #[error("there is no text {key} in {language} on that day")]
    Unknown { key: String, language: Language },
    #[error(transparent)]
    Db(#[from] Error),
}

/// The text that is valid on `day`: the newest, in the form of address that the association chose (rule
/// `texts.address`) if the text was written in it.
pub async fn on(tx: &mut Tx, key: &str, language: Language, day: Date) -> Result<Wording, Lost> {
    let chosen = chosen_address(tx, day).await?;
    let found: Vec<Wording> = tx
        .all(
            "select id, key, language, address, version, title, body, source, grade, valid_from, changed_by, changed_at
               from wordings where key = $1 and language = $2 and valid_from <= $3
              order by valid_from desc, version desc",
            args![key, language, day],
        )
        .await?;
    let newest = |address| found.iter().find(|wording| wording.address == address);
    newest(chosen)
        .or_else(|| newest(Address::U))
        .cloned()
        .ok_or_else(|| Lost::Unknown { key: key.to_owned(), language })
}

/// The rule holds words, of which the first counts; without the rule we are polite.
async fn chosen_address(tx: &mut Tx, day: Date) -> Result<Address, Error> {
    db::row! {
        struct Rule { value: String }
    }
    let rule: Option<Rule> = tx
        .one(
            "select value from rules where key = 'texts.address' and valid_from <= $1
              order by valid_from desc, changed_at desc limit 1",
            args![day],
        )
        .await?;
    let first = rule.and_then(|rule| {
        let words: Vec<String> = serde_json::from_str(&rule.value).ok()?;
        words.first()?.parse().ok()
    });
    Ok(first.unwrap_or(Address::U))
}

/// The version that was shown, word for word (S2).
pub async fn version(tx: &mut Tx, id: WordingId) -> Result<Option<Wording>, Error> {
    tx.one(
        "select id, key, language, address, version, title, body, source, grade, valid_from, changed_by, changed_at
           from wordings where id = $1",
        args![id],
    )
    .await
}

/// Every version of one text, or of all, the newest first within its language and form of address.
pub async fn history(tx: &mut Tx, key: Option<&str>) -> Result<Vec<Wording>, Error> {
    let mut query = db::Query::new(
        "select id, key, language, address, version, title, body, source, grade, valid_from, changed_by, changed_at
           from wordings",
    );
    if let Some(key) = key {
        query.push(" where key = ").bind(key);
    }
    query.push(" order by key, language desc, address desc, valid_from desc, version desc");
    tx.list(query).await
}

/// What an administrator wrote, checked by [`check`](crate::check).
#[derive(Clone, Debug)]
pub struct NewWording {
    pub key: String,
    pub language: Language,
    pub address: Address,
    pub title: String,
    pub body: String,
    pub source: String,
    pub grade: String,
    pub valid_from: Date,
}

/// Adds a version. What was valid before stays for the days before, and for whoever saw it.
pub async fn change(tx: &mut Tx, new: NewWording) -> Result<WordingId, Error> {
    let user = tx.actor().user;
    let id = insert(tx, new, Some(user.0)).await?;
    let event = Event::new(EventKind::WordingChanged, local(tx.now()).date())
        .with("wording", Fact::Number(id.0));
    activity::record(tx, event).await?;
    Ok(id)
}

pub(crate) async fn insert(
    tx: &mut Tx,
    new: NewWording,
    by: Option<i64>,
) -> Result<WordingId, Error> {
    let NewWording { key, language, address, title, body, source, grade, valid_from } = new;
    let last: i64 = tx
        .value(
            "select coalesce(max(version), 0) as value from wordings
              where key = $1 and language = $2 and address = $3",
            args![key.as_str(), language, address],
        )
        .await?;
    let (id, now) = (WordingId(new_id()), tx.now());
    tx.change_one(
        "insert into wordings (id, key, language, address, version, title, body, source, grade, valid_from,
                               changed_by, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        args![id, key, language, address, last + 1, title, body, source, grade, valid_from, by, now],
    )
    .await?;
    Ok(id)
}
