//! What an answer by text message means.

/// Whether an answer says yes, and nothing else: somebody who writes more wants to be read, not counted.
#[must_use]
pub fn is_yes(text: &str) -> bool {
    let word: String = text.chars().filter(|c| c.is_alphabetic()).collect();
    let words = text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic));
    words.count() == 1 && ["ja", "yes"].contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::is_yes;

    #[test]
    fn yes_is_one_word() {
        for yes in ["JA", "ja", " Ja! ", "Yes.", "ja 👍"] {
            assert!(is_yes(yes), "{yes}");
        }
        for other in ["", "nee", "ja maar", "jawel", "stop", "ja nee", "1"] {
            assert!(!is_yes(other), "{other}");
        }
    }
}
