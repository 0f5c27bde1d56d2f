/// Lower case without diacritics: what is compared and sorted, never what is shown.
///
/// `Yılmaz` and `yilmaz`, `Çelik` and `celik` are one. Folding happens here, once, because the two
/// databases do not agree on it.
#[must_use]
pub fn fold(text: &str) -> String {
    let ascii = if text.is_ascii() { text.to_owned() } else { deunicode::deunicode(text) };
    let mut folded = String::with_capacity(ascii.len());
    for word in ascii.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().map(|c| c.to_ascii_lowercase()));
    }
    folded
}

/// One word of a name as the search index holds it: folded, letters and digits only, `ij` as `y`.
///
/// `Meijer` and `Meyer` sound the same and are written at random.
#[must_use]
pub fn name_token(word: &str) -> String {
    let letters: String = fold(word).chars().filter(char::is_ascii_alphanumeric).collect();
    letters.replace("ij", "y")
}

/// The distinct words of a name: a hyphen separates, as in `Jacobs-van Dijk`.
#[must_use]
pub fn name_tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = text
        .split(|c: char| c.is_whitespace() || matches!(c, '-' | '/' | ',' | '.' | '(' | ')'))
        .map(name_token)
        .filter(|token| !token.is_empty())
        .collect();
    tokens.sort_unstable();
    tokens.dedup();
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_case_and_diacritics() {
        for (text, folded) in [
            ("Yılmaz", "yilmaz"),
            ("ÇELİK", "celik"),
            ("  van   der Meulen ", "van der meulen"),
            ("Großmann", "grossmann"),
            ("Øyvind", "oyvind"),
        ] {
            assert_eq!(fold(text), folded);
        }
    }

    #[test]
    fn names_that_sound_the_same_share_a_token() {
        assert_eq!(name_token("Meijer"), name_token("Meyer"));
        assert_eq!(name_tokens("Jacobs-van Dijk"), ["dyk", "jacobs", "van"]);
        assert_eq!(name_tokens("d'Hondt"), ["dhondt"]);
    }
}
