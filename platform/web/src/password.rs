//! Passwords: argon2id with the crate's defaults (19 MiB, two passes), one or two at a time.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use kernel::Pii;
use tokio::sync::Semaphore;

/// Hashing takes memory and time on purpose; a crowd of guesses must not take all of it.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// The hash to store.
pub async fn hash(password: Pii<String>) -> String {
    work(move || {
        Argon2::default()
            .hash_password(password.reveal().as_bytes())
            .expect("the defaults are valid and the system gives random numbers")
            .to_string()
    })
    .await
}

/// Whether this is the password. Takes as long for a user who does not exist (`None`).
pub async fn verify(password: Pii<String>, stored: Option<String>) -> bool {
    work(move || {
        let known = stored.is_some();
        // A hash of nobody's password, so that the time tells nothing about the name.
        let stored = stored.unwrap_or_else(|| NOBODY.to_owned());
        let right = PasswordHash::new(&stored).is_ok_and(|hash| {
            Argon2::default().verify_password(password.reveal().as_bytes(), &hash).is_ok()
        });
        right && known
    })
    .await
}

const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBzYWx0IG9mIG91cnM$Zm9yIG5vYm9keSBhdCBhbGwsIGp1c3QgdGhlIHRpbWU";

/// A new one: sixteen letters and digits that are not mistaken for each other: 79 bits.
#[must_use]
pub fn generate() -> String {
    const SIGNS: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut password = String::new();
    while password.len() < 19 {
        let mut byte = [0_u8];
        getrandom::fill(&mut byte).expect("the system gives random numbers");
        // The last incomplete round of the signs would make the first ones more frequent.
        if byte[0] < 248 {
            password.push(char::from(SIGNS[usize::from(byte[0]) % SIGNS.len()]));
            if matches!(password.len(), 4 | 9 | 14) {
                password.push('-');
            }
        }
    }
    password
}

async fn work<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let _turn = AT_ONCE.acquire().await.expect("never closed");
    tokio::task::spawn_blocking(work).await.expect("hashing does not panic")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_somebody_who_exists() {
        let stored = hash(Pii::new("geen eiland".into())).await;
        assert!(verify(Pii::new("geen eiland".into()), Some(stored.clone())).await);
        assert!(!verify(Pii::new("wel een eiland".into()), Some(stored)).await);
        assert!(!verify(Pii::new("geen eiland".into()), None).await);
        assert!(PasswordHash::new(NOBODY).is_ok());
    }

    #[test]
    fn passwords_differ_and_have_four_groups() {
        let (one, other) = (generate(), generate());
        assert_ne!(one, other);
        assert_eq!(one.split('-').map(str::len).collect::<Vec<_>>(), [4, 4, 4, 4]);
    }
}
