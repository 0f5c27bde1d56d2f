//! The file: what it says, in a form that can be signed, and who signed it. No name of an association is in it; whoever signs
//! is known by the key.

use std::collections::BTreeSet;

use ed25519_dalek::{Signature, Signer as _, SigningKey, Verifier as _, VerifyingKey};
use figures_rules::{Figure, Universe};
use serde::{Deserialize, Serialize};
use steering_rules::exchange::Base;

/// Changes with the meaning of what is in it.
const FORMAT: &str = "wijland-figures-1";

/// A file has a few shares of each figure for each sector.
const ROWS_MAX: usize = 2_000;

const PLACE_MAX: usize = 100;

/// One share. `base` is the least number of its class, as in `steering_rules::exchange::Base`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Row {
    pub figure: String,
    pub version: i64,
    /// `all` or `sector`.
    pub line: String,
    pub place: String,
    pub percent: i64,
    pub base: String,
}

/// What an association tells about a quarter.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct File {
    pub format: String,
    /// What its members are: `persons` or `organisations`. People and shops are not set beside each other.
    pub universe: String,
    /// `2026-Q3`
    pub period: String,
    pub rows: Vec<Row>,
}

impl File {
    #[must_use]
    pub fn new(universe: Universe, period: String, rows: Vec<Row>) -> Self {
        Self { format: FORMAT.into(), universe: universe.code().into(), period, rows }
    }

    /// Whether everything in it is what this program writes: a signature says who wrote it, not that it makes sense.
    ///
    /// # Errors
    ///
    /// [`Wrong::Rows`]
    pub fn check(&self) -> Result<(), Wrong> {
        let is_period = match self.period.split_once("-Q") {
            Some((year, quarter)) => {
                year.len() == 4
                    && year.bytes().all(|byte| byte.is_ascii_digit())
                    && matches!(quarter, "1" | "2" | "3" | "4")
            }
            None => false,
        };
        let mut seen = BTreeSet::new();
        let rows_are_right = self.rows.iter().all(|row| {
            let place_is_right = match row.line.as_str() {
                "all" => row.place.is_empty(),
                "sector" => (1..=PLACE_MAX).contains(&row.place.chars().count()),
                _ => false,
            };
            place_is_right
                && row.figure.parse::<Figure>().is_ok()
                && (1..1_000).contains(&row.version)
                && row.base.parse::<Base>().is_ok()
                && (-100..=1_000).contains(&row.percent)
                && seen.insert((&row.figure, row.version, &row.place))
        });
        let is_right = is_period
            && rows_are_right
            && self.rows.len() <= ROWS_MAX
            && self.universe.parse::<Universe>().is_ok();
        if is_right { Ok(()) } else { Err(Wrong::Rows) }
    }
}

/// As it is written: what is signed stands in it letter by letter.
#[derive(Deserialize, Serialize)]
struct Signed {
    payload: String,
    key: String,
    signature: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Wrong {
    #[error("this is no file of figures")]
    NoFile,
    #[error("the signature is not that of the one who is named")]
    Signature,
    #[error("the file is of another version of the program")]
    Format,
    #[error("in the file stands what no association tells")]
    Rows,
    #[error("this is our own file")]
    Own,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes<const N: usize>(hex: &str) -> Option<[u8; N]> {
    if hex.len() != 2 * N || !hex.is_ascii() {
        return None;
    }
    let mut bytes = [0; N];
    for (nr, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * nr..2 * nr + 2], 16).ok()?;
    }
    Some(bytes)
}

/// Signs a file with a secret of 64 hexadecimal digits.
///
/// # Errors
///
/// [`Wrong::Signature`] if that is no secret.
pub fn sign(file: &File, secret: &str) -> Result<String, Wrong> {
    let key = SigningKey::from_bytes(&bytes(secret).ok_or(Wrong::Signature)?);
    let payload = serde_json::to_string(file).map_err(|_| Wrong::NoFile)?;
    let signed = Signed {
        key: hex(key.verifying_key().as_bytes()),
        signature: hex(&key.sign(payload.as_bytes()).to_bytes()),
        payload,
    };
    serde_json::to_string_pretty(&signed).map_err(|_| Wrong::NoFile)
}

/// By what somebody who signs with this secret is known; `None` if it is no secret.
#[must_use]
pub(super) fn public_key(secret: &str) -> Option<String> {
    Some(hex(SigningKey::from_bytes(&bytes(secret)?).verifying_key().as_bytes()))
}

/// Reads a file and who signed it.
///
/// # Errors
///
/// [`Wrong`]
pub fn verify(text: &str) -> Result<(String, File), Wrong> {
    let Signed { payload, key, signature } =
        serde_json::from_str(text).map_err(|_| Wrong::NoFile)?;
    let public = VerifyingKey::from_bytes(&bytes(&key).ok_or(Wrong::Signature)?);
    let signature = Signature::from_bytes(&bytes(&signature).ok_or(Wrong::Signature)?);
    let is_right = public.is_ok_and(|public| public.verify(payload.as_bytes(), &signature).is_ok());
    if !is_right {
        return Err(Wrong::Signature);
    }
    let file: File = serde_json::from_str(&payload).map_err(|_| Wrong::NoFile)?;
    if file.format != FORMAT {
        return Err(Wrong::Format);
    }
    file.check()?;
    Ok((key, file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_somebody_touched_is_refused() {
        let row = Row {
            figure: "retention".into(),
            version: 1,
            line: "all".into(),
            place: String::new(),
            percent: 91,
            base: "250".into(),
        };
        let file = File::new(Universe::Persons, "2026-Q3".into(), vec![row.clone()]);
        let signed = sign(&file, &"07".repeat(32)).unwrap();
        let (key, read) = verify(&signed).unwrap();
        assert_eq!((key.len(), &read), (64, &file));
        assert_eq!(verify(&signed.replace("91", "99")), Err(Wrong::Signature));
        let other = sign(&file, &"08".repeat(32)).unwrap();
        let key_of = |text: &str| verify(text).unwrap().0;
        let swapped = signed.replace(&key_of(&signed), &key_of(&other));
        assert_eq!(verify(&swapped), Err(Wrong::Signature));
        assert_eq!(verify("{}"), Err(Wrong::NoFile));
        let old = File { format: "wijland-figures-0".into(), ..file };
        assert_eq!(verify(&sign(&old, &"07".repeat(32)).unwrap()), Err(Wrong::Format));
        // Rightly signed nonsense.
        let rows = [
            Row { figure: "salary".into(), ..row.clone() },
            Row { percent: 5_000, ..row.clone() },
            Row { base: "7".into(), ..row.clone() },
            Row { line: "person".into(), place: "M. Visser".into(), ..row.clone() },
            Row { place: "Bloemist".into(), ..row.clone() },
        ];
        let mut files: Vec<File> = rows
            .into_iter()
            .map(|row| File::new(Universe::Persons, "2026-Q3".into(), vec![row]))
            .collect();
        files.push(File::new(Universe::Persons, "2026-Q3".into(), vec![row.clone(), row.clone()]));
        files.push(File::new(Universe::Persons, "voorjaar".into(), vec![row]));
        for file in files {
            let signed = sign(&file, &"07".repeat(32)).unwrap();
            assert_eq!(verify(&signed), Err(Wrong::Rows), "{file:?}");
        }
    }
}
