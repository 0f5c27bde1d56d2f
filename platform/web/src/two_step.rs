//! The second step of signing in, besides its check: what an app needs to begin, and the codes for
//! whoever lost the app.

use db::{Error, Tx, args};
use kernel::UserId;
use qrcodegen::{QrCode, QrCodeEcc};

use crate::session::token_hash;
use crate::{password, totp};

/// As many as fit on a note; each works once.
const RECOVERY_CODES: usize = 10;

/// A secret as an app takes it in: by its camera or typed over.
pub struct Setup {
    pub secret: String,
    /// For an app on this same device.
    pub link: String,
    /// The path of the dark squares of the code, on a field of [`Self::side`] by [`Self::side`].
    pub squares: String,
    pub side: i32,
}

impl Setup {
    /// `None` if this is no secret.
    #[must_use]
    pub fn of(secret: &str, association: &str, login: &str) -> Option<Self> {
        let link = totp::link(secret, association, login)?;
        let code = QrCode::encode_text(&link, QrCodeEcc::Medium).ok()?;
        // The white border belongs to the code: without it cameras do not see where it begins.
        let border = 4;
        let mut squares = String::new();
        for (y, x) in (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (y, x))) {
            if code.get_module(x, y) {
                squares += &format!("M{} {}h1v1h-1z", x + border, y + border);
            }
        }
        Some(Self { secret: secret.to_owned(), link, squares, side: code.size() + 2 * border })
    }

    /// In groups of four, to be typed over.
    #[must_use]
    pub fn grouped(&self) -> String {
        let letters: Vec<char> = self.secret.chars().collect();
        letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }
}

/// Begins: the code that was just typed is used up, and there are new recovery codes, shown this once.
pub async fn begin(tx: &mut Tx, user: UserId, step: i64) -> Result<Vec<String>, Error> {
    end(tx, user).await?;
    tx.change_one("insert into used_codes (user_id, step) values ($1, $2)", args![user, step])
        .await?;
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| password::generate()).collect();
    for code in &codes {
        tx.change_one(
            "insert into recovery_codes (user_id, code_hash) values ($1, $2)",
            args![user, token_hash(code)],
        )
        .await?;
    }
    Ok(codes)
}

/// Nothing of the second step stays behind.
pub async fn end(tx: &mut Tx, user: UserId) -> Result<(), Error> {
    tx.execute("delete from used_codes where user_id = $1", args![user]).await?;
    tx.execute("delete from recovery_codes where user_id = $1", args![user]).await.map(drop)
}

/// How many recovery codes are left.
pub async fn recovery_codes_left(tx: &mut Tx, user: UserId) -> Result<i64, Error> {
    tx.value("select count(*) as value from recovery_codes where user_id = $1", args![user]).await
}

/// Uses a recovery code up; `false` if it is none, or was used before.
pub(crate) async fn use_recovery_code(
    tx: &mut Tx,
    user: UserId,
    typed: &str,
) -> Result<bool, Error> {
    let deleted = tx
        .execute(
            "delete from recovery_codes where user_id = $1 and code_hash = $2",
            args![user, token_hash(&typed.trim().to_lowercase())],
        )
        .await?;
    Ok(deleted == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_is_told_whose_code_it_is() {
        let secret = totp::new_secret();
        let setup = Setup::of(&secret, "Werkbond (demo)", "noor").unwrap();
        assert!(setup.link.starts_with("otpauth://totp/"), "{}", setup.link);
        for part in [secret.as_str(), "noor", "Werkbond"] {
            assert!(setup.link.contains(part), "{} has no {part}", setup.link);
        }
        assert_eq!(setup.grouped().replace(' ', ""), secret);
        assert!(
            setup.squares.starts_with("M4 4h1v1h-1z"),
            "the corner mark begins inside the border"
        );
        assert!(Setup::of("geen geheim!", "Werkbond", "noor").is_none());
    }
}
