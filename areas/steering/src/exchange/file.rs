//! The file: what it says, in a form that can be signed, and who signed it. No name of an association is in it; whoever signs
//! is known by the key.

use ed25519_dalek::{Signature, Signer as _, SigningKey, Verifier as _, VerifyingKey};
use serde::{Deserialize, Serialize};

/// Changes with the meaning of what is in it.
const FORMAT: &str = "wijland-figures-1";

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
    /// `2026-Q3`
    pub period: String,
    pub rows: Vec<Row>,
}

impl File {
    #[must_use]
    pub fn new(period: String, rows: Vec<Row>) -> Self {
        Self { format: FORMAT.into(), period, rows }
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
    if file.format == FORMAT { Ok((key, file)) } else { Err(Wrong::Format) }
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
        let file = File::new("2026-Q3".into(), vec![row]);
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
    }
}
