//! Links that open a page without an account: what somebody was sent, only she has.
//!
//! Opening one changes nothing, because mail programs open every link to look at it; the form behind it does, and calls
//! [`spend`].

use db::{Error, Tx, args, new_id};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use kernel::{LinkId, PersonId, local};
use texts::Texts;
use web::{Source, token_hash};

kernel::codes! {
    /// What a link is good for.
    pub enum Purpose {
        /// Confirm a sign-up; its subject is the sign-up.
        ConfirmSignUp = "confirm_sign_up",
        /// Withdraw a sign-up; its subject is the sign-up.
        Withdraw = "withdraw",
        /// Confirm another account number; its subject is the mandate.
        ConfirmAccount = "confirm_account",
        /// The member's own page; its subject is the membership.
        Member = "member",
    }
}

impl Purpose {
    /// Works once: what it does cannot be done twice.
    #[must_use]
    pub fn is_single_use(self) -> bool {
        match self {
            Self::ConfirmSignUp | Self::Withdraw | Self::ConfirmAccount => true,
            Self::Member => false,
        }
    }
}

/// The secret part of a link. Not kept: whoever lost it is sent another.
#[derive(Clone, Eq, PartialEq)]
pub struct Token(String);

/// Letters and digits that are not taken for each other when somebody types them over (Crockford's base 32).
const SIGNS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Of 5 bits each: 130 bits.
const TOKEN_SIGNS: usize = 26;

impl Token {
    fn new() -> Self {
        let mut bytes = [0_u8; TOKEN_SIGNS];
        getrandom::fill(&mut bytes).expect("the system gives random numbers");
        Self(bytes.iter().map(|byte| char::from(SIGNS[usize::from(byte & 31)])).collect())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Prints nothing of the secret.
impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// Makes a link about `subject` for `person`, that works for `valid_for` from now.
pub async fn make(
    tx: &mut Tx,
    purpose: Purpose,
    subject: i64,
    person: PersonId,
    valid_for: SignedDuration,
) -> Result<Token, Error> {
    let (token, now) = (Token::new(), tx.now());
    tx.change_one(
        "insert into links (id, token_hash, purpose, subject_id, person_id, made_at, valid_until)
         values ($1, $2, $3, $4, $5, $6, $7)",
        args![new_id(), token_hash(&token.0), purpose, subject, person, now, now + valid_for],
    )
    .await?;
    Ok(token)
}

db::row! {
    /// A link that holds. One that works once and was used says so when it is spent; its page may show what it did.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct Opened {
        pub id: LinkId,
        pub purpose: Purpose,
        pub subject_id: i64,
        pub person_id: PersonId,
        /// The first moment at which it does not work any more.
        pub valid_until: Timestamp,
        pub used_at: Option<Timestamp>,
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    #[error("there is no such link")]
    Unknown,
    #[error("the link ended on {on}")]
    Expired { on: Date },
    #[error("the link was used at {at}")]
    Used { at: Timestamp },
    #[error("too many links that do not exist came from this address")]
    TooOften { minutes: i64 },
}

impl Refused {
    /// What happened and what to do now, for the page.
    #[must_use]
    pub fn sentence(&self, t: &Texts, now: Timestamp) -> String {
        match self {
            Self::Unknown => t.get("mail-link-unknown"),
            Self::Expired { on } => t.with("mail-link-expired", "day", t.date(*on)),
            Self::Used { at } => t.with("mail-link-used", "when", t.moment(*at, now)),
            Self::TooOften { minutes } => t.with("mail-link-too-often", "minutes", *minutes),
        }
    }
}

/// Looks what a link opens. A link that was used is given as it is, with when; [`spend`] refuses it.
///
/// A link that exists always opens: it cannot be guessed, and an office behind one address is not kept out by a
/// colleague's link that was cut off. Guesses from an address are slowed.
pub async fn open(
    tx: &mut Tx,
    from: Source,
    token: &str,
) -> Result<Result<Opened, Refused>, Error> {
    let found: Option<Opened> = tx
        .one(
            "select id, purpose, subject_id, person_id, valid_until, used_at from links where token_hash = $1",
            args![token_hash(token.trim())],
        )
        .await?;
    let Some(opened) = found else {
        let wait = web::guesses::count(tx, "link", from).await?;
        return Ok(Err(wait.map_or(Refused::Unknown, |wait| Refused::TooOften {
            minutes: (wait.as_secs() + 59) / 60,
        })));
    };
    if opened.valid_until <= tx.now() {
        return Ok(Err(Refused::Expired { on: local(opened.valid_until).date() }));
    }
    Ok(Ok(opened))
}

/// Uses a link, in the step that it leads to. One that works once is refused the second time; another only remembers when
/// it was used first.
pub async fn spend(tx: &mut Tx, opened: &Opened) -> Result<Result<(), Refused>, Error> {
    let now = tx.now();
    let is_first = tx
        .execute(
            "update links set used_at = $1 where id = $2 and used_at is null",
            args![now, opened.id],
        )
        .await?
        == 1;
    if is_first || !opened.purpose.is_single_use() {
        return Ok(Ok(()));
    }
    let at: Timestamp =
        tx.value("select used_at as value from links where id = $1", args![opened.id]).await?;
    Ok(Err(Refused::Used { at }))
}

/// Ends all links of this purpose about `subject`: what they lead to is no longer there.
pub async fn end(tx: &mut Tx, purpose: Purpose, subject: i64) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update links set valid_until = $1 where purpose = $2 and subject_id = $3 and valid_until > $4",
        args![now, purpose, subject, now],
    )
    .await
    .map(drop)
}

/// Deletes what ended before `before`: by then nobody asks any more why a link does not work.
pub(crate) async fn clear(tx: &mut Tx, before: Timestamp) -> Result<u64, Error> {
    tx.execute("delete from links where valid_until < $1", args![before]).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_and_different() {
        let (one, other) = (Token::new(), Token::new());
        assert_ne!(one, other);
        assert_eq!(one.as_str().len(), TOKEN_SIGNS);
        assert!(one.as_str().bytes().all(|sign| SIGNS.contains(&sign)));
        assert_eq!(format!("{one:?}"), "…");
    }
}
