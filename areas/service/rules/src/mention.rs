//! Who is named in a text: `@Rianne` or `@Rianne Brouwer`.

use kernel::{UserId, fold};

/// The colleagues that a text names, each once, in the order of the text. A first name names somebody only if nobody else
/// is called so.
#[must_use]
pub fn named(text: &str, colleagues: &[(UserId, &str)]) -> Vec<UserId> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('@') {
        // Behind a letter it is a mail address.
        if text[..at].chars().next_back().is_some_and(char::is_alphanumeric) {
            continue;
        }
        let after = fold(&text[at + 1..]);
        let user = whole(&after, colleagues).or_else(|| first(&after, colleagues));
        if let Some(user) = user.filter(|user| !found.contains(user)) {
            found.push(user);
        }
    }
    found
}

/// Whether a text begins with a name that ends there.
fn begins(text: &str, name: &str) -> bool {
    let name = fold(name);
    !name.is_empty()
        && text
            .strip_prefix(name.as_str())
            .is_some_and(|rest| rest.chars().next().is_none_or(|letter| !letter.is_alphanumeric()))
}

fn whole(text: &str, colleagues: &[(UserId, &str)]) -> Option<UserId> {
    let fits = colleagues.iter().filter(|(_, name)| begins(text, name));
    // Of `Jan` and `Jan de Boer` the longer is meant.
    fits.max_by_key(|(_, name)| name.len()).map(|(user, _)| *user)
}

fn first(text: &str, colleagues: &[(UserId, &str)]) -> Option<UserId> {
    let mut fits = colleagues
        .iter()
        .filter(|(_, name)| begins(text, name.split_whitespace().next().unwrap_or_default()));
    let (user, _) = fits.next()?;
    fits.next().is_none().then_some(*user)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_behind_a_sign_names_a_colleague() {
        let (rianne, jan, other) = (UserId(1), UserId(2), UserId(3));
        let colleagues = [(rianne, "Rianne Brouwer"), (jan, "Jan de Boer"), (other, "Jan Öz")];
        let table: [(&str, &[UserId]); 7] = [
            ("Kun jij meekijken @Rianne?", &[rianne]),
            ("@rianne brouwer en @Jan Oz", &[rianne, other]),
            // Two are called so.
            ("@Jan", &[]),
            ("@Jan de Boer, @Jan de Boer", &[jan]),
            ("mail rianne@Rianne.nl", &[]),
            ("@Riannes tante", &[]),
            ("", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(named(text, &colleagues), expected, "{text}");
        }
    }
}
