//! What does not belong in a note: a citizen service number, and health. Nothing is forbidden; it is said.

/// What a note seems to hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Doubt {
    /// Nine digits that can be a citizen service number (BSN).
    Bsn,
    /// A word about somebody's health.
    Health,
}

/// What is doubtful in a note; `health_words` are beginnings of words, in lower case. Rule data.
#[must_use]
pub fn doubts(text: &str, health_words: &[String]) -> Vec<Doubt> {
    let lower = text.to_lowercase();
    let has_bsn = kernel::holds_bsn(text);
    let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let has_health =
        words.any(|word| health_words.iter().any(|begin| word.starts_with(begin.as_str())));
    let found = [(has_bsn, Doubt::Bsn), (has_health, Doubt::Health)];
    found.into_iter().filter(|(is_there, _)| *is_there).map(|(_, doubt)| doubt).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_word_are_recognised_and_a_telephone_number_is_not() {
        let words = ["ziek".to_owned(), "burn".to_owned(), "depress".to_owned()];
        for (text, expected) in [
            ("Bel morgen na tienen terug", &[][..]),
            // A made-up number that passes the test of eleven.
            ("bsn 111222333", &[Doubt::Bsn]),
            ("111 222 333", &[Doubt::Bsn]),
            ("111222334", &[]),
            ("000000000", &[]),
            ("06 12 34 56 78", &[]),
            ("lidnummer 2287730", &[]),
            ("Zit thuis met een burn-out", &[Doubt::Health]),
            ("Is ZIEKENVERZORGER bij De Linde", &[Doubt::Health]),
            ("Ziek, bsn 111222333", &[Doubt::Bsn, Doubt::Health]),
        ] {
            assert_eq!(doubts(text, &words), expected, "{text}");
        }
    }
}
