//! One-time codes from an app (RFC 6238): six digits, half a minute, SHA-1 as every app understands.

use jiff::Timestamp;
use totp_rs::{Builder, Secret, Totp};

/// The step (half a minute since 1970) for which this is the right code; one step early or late is
/// taken, for clocks that differ.
#[must_use]
pub fn step_of(secret: &str, code: &str, now: Timestamp) -> Option<i64> {
    let code: String = code.chars().filter(char::is_ascii_digit).collect();
    let seconds = u64::try_from(now.as_second()).ok()?;
    let step = totp(secret)?.check(&code, seconds)?;
    i64::try_from(step).ok()
}

/// The code of this moment, for tests and for a first check after the app was set up.
#[must_use]
pub fn code_at(secret: &str, now: Timestamp) -> Option<String> {
    let seconds = u64::try_from(now.as_second()).ok()?;
    Some(totp(secret)?.generate(seconds).to_string())
}

/// A new secret, in base 32 as an app takes it.
#[must_use]
pub fn new_secret() -> String {
    let mut bytes = vec![0_u8; 20];
    getrandom::fill(&mut bytes).expect("the system gives random numbers");
    Secret::from(bytes).to_base32()
}

/// What an app reads, by its camera or as a link: the secret, and whose it is. `None` if this is no secret.
#[must_use]
pub(crate) fn link(secret: &str, association: &str, login: &str) -> Option<String> {
    // The format puts a colon between the two, so neither may hold one.
    let (association, login) = (association.replace(':', " "), login.replace(':', " "));
    let secret = Secret::try_from_base32(secret).ok()?;
    let totp = Builder::new()
        .with_secret(secret)
        .with_issuer(Some(association))
        .with_account_name(login)
        .build()
        .ok()?;
    totp.to_url().ok()
}

fn totp(secret: &str) -> Option<Totp> {
    let secret = Secret::try_from_base32(secret).ok()?;
    Builder::new().with_secret(secret).build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_right_for_its_half_minute_and_the_ones_beside_it() {
        let secret = new_secret();
        let now: Timestamp = "2026-11-24T07:20:10Z".parse().unwrap();
        let code = code_at(&secret, now).unwrap();
        let at = |seconds: i64| {
            step_of(&secret, &code, Timestamp::from_second(now.as_second() + seconds).unwrap())
        };
        assert!(at(0).is_some() && at(0) == at(29), "{:?} {:?}", at(0), at(29));
        assert_eq!(at(120), None);
        assert_eq!(step_of(&secret, "000 00", now), None);
        assert_eq!(step_of("geen geheim!", &code, now), None);
    }
}
