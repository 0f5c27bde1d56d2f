use deunicode::deunicode_char;
use kernel::Pii;

/// A text in the letters that every bank of the schemes takes: `Çelik & Zoë` becomes `Celik + Zoe`, at most `max` of them.
///
/// Source: EPC217-08, SEPA requirements for an extended character set: `a-z A-Z 0-9 / - ? : ( ) . , ' +` and space.
#[must_use]
pub fn folded(text: &str, max: usize) -> String {
    let mut out = String::with_capacity(text.len().min(max));
    for letter in text.chars() {
        let plain = match letter {
            '&' => "+",
            '_' => "-",
            '@' => "(at)",
            letter if letter.is_ascii() => {
                push(&mut out, letter);
                continue;
            }
            letter => deunicode_char(letter).unwrap_or(""),
        };
        plain.chars().for_each(|letter| push(&mut out, letter));
    }
    out.truncate(max);
    out.trim_matches(['/', ' ']).to_owned()
}

/// The name of an account holder; a bank wants one also of whom no letter is left.
pub(super) fn holder(name: &Pii<String>) -> String {
    let name = folded(name.reveal(), 70);
    if name.is_empty() { "NOTPROVIDED".to_owned() } else { name }
}

/// Anything else becomes one space.
fn push(out: &mut String, letter: char) {
    let is_taken = letter.is_ascii_alphanumeric() || "/-?:().,'+".contains(letter);
    if is_taken {
        // Two strokes in a row say something to some banks.
        if !(letter == '/' && out.ends_with('/')) {
            out.push(letter);
        }
    } else if !out.is_empty() && !out.ends_with(' ') {
        out.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::folded;

    #[test]
    fn names_keep_what_a_bank_can_read() {
        for (name, written) in [
            ("M. van der Meulen", "M. van der Meulen"),
            ("Zoë Çelik-Ørsted", "Zoe Celik-Orsted"),
            ("Bakkerij Jansen & Zn.", "Bakkerij Jansen + Zn."),
            ("Łukasz Żółć", "Lukasz Zolc"),
            ("Groß \"GmbH\"", "Gross GmbH"),
            ("  //kosten//  ", "kosten"),
            ("Ελένη", "Elene"),
            ("", ""),
        ] {
            assert_eq!(folded(name, 70), written, "{name}");
        }
        assert_eq!(folded(&"a".repeat(80), 70).len(), 70);
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_taken(text in "\\PC{0,120}") {
            let out = folded(&text, 70);
            prop_assert!(out.len() <= 70);
            prop_assert!(out.chars().all(|c| c.is_ascii_alphanumeric() || "/-?:().,'+ ".contains(c)));
            prop_assert!(!out.starts_with('/') && !out.ends_with('/') && !out.contains("//"));
        }
    }
}
