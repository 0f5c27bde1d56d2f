//! What a text in the search field can mean, decided before any table is asked.

use kernel::{PhoneNumber, name_tokens};

/// One way to look; a text may have several.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Look {
    /// The beginning of an E.164 number.
    Phone(String),
    /// The last digits of a number, backwards.
    PhoneEnd(String),
    /// The beginning of a member number, digits and letters only.
    MemberNumber(String),
    /// The beginning of a compact postcode, with the house number behind it if there was one.
    Postcode { postcode: String, house_number: Option<u32> },
    /// The beginning of an e-mail address, lower case.
    Email(String),
    /// Words of a name, each perhaps only begun; the words that every third name has are left out.
    Name(Vec<String>),
}

/// The ways in which a searched text can be understood, most likely first. Empty if too little was typed.
#[must_use]
pub fn looks(text: &str) -> Vec<Look> {
    let text = text.trim();
    if text.chars().count() < 2 {
        return vec![];
    }
    if text.contains('@') {
        return vec![Look::Email(text.to_lowercase())];
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    if letters == 0 && !digits.is_empty() {
        return looks_of_digits(text, &digits);
    }
    let postcode = postcode(text).into_iter();
    let member_number =
        (!digits.is_empty() && letters <= 3).then(|| Look::MemberNumber(compact(text)));
    let names = (digits.is_empty()).then(|| words(text)).flatten();
    postcode.chain(member_number).chain(names).collect()
}

fn looks_of_digits(text: &str, digits: &str) -> Vec<Look> {
    let mut looks = Vec::new();
    if let Some(prefix) = PhoneNumber::prefix(text) {
        looks.push(Look::Phone(prefix));
    }
    if !digits.starts_with('0') && !text.starts_with('+') {
        if digits.len() == 4 {
            looks.push(Look::Postcode { postcode: digits.to_owned(), house_number: None });
        }
        looks.push(Look::MemberNumber(digits.to_owned()));
    }
    if digits.len() >= 4 && !text.starts_with('+') {
        looks.push(Look::PhoneEnd(digits.chars().rev().collect()));
    }
    looks
}

/// Letters and digits only, upper case: how member numbers are compared.
#[must_use]
pub fn compact(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// `7201`, `7201 A`, `7201AB`, `7201 AB 12`.
fn postcode(text: &str) -> Option<Look> {
    let joined: String = text.split_whitespace().collect::<String>().to_uppercase();
    let bytes = joined.as_bytes();
    if bytes.len() < 5 || !bytes[..4].iter().all(u8::is_ascii_digit) || bytes[0] == b'0' {
        return None;
    }
    let letters = bytes[4..].iter().take_while(|b| b.is_ascii_uppercase()).count();
    if !(1..=2).contains(&letters) {
        return None;
    }
    let rest = &joined[4 + letters..];
    let house_number = match rest {
        "" => None,
        _ if letters == 2 => {
            Some(rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()?)
        }
        _ => return None,
    };
    Some(Look::Postcode { postcode: joined[..4 + letters].to_owned(), house_number })
}

fn words(text: &str) -> Option<Look> {
    let all = name_tokens(text);
    let telling: Vec<String> =
        all.iter().filter(|word| !COMMON.contains(&word.as_str())).cloned().collect();
    let words = if telling.is_empty() { all } else { telling };
    (!words.is_empty()).then_some(Look::Name(words))
}

/// Prefixes and titles: with them and without them, the same people are meant.
const COMMON: [&str; 16] = [
    "van", "de", "der", "den", "het", "t", "ter", "ten", "te", "in", "op", "mevrouw", "mevr",
    "heer", "dhr", "mw",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn names(words: &[&str]) -> Look {
        Look::Name(words.iter().map(|word| (*word).to_owned()).collect())
    }

    #[test]
    fn a_text_is_understood_by_its_shape() {
        let postcode = |postcode: &str, house_number| Look::Postcode {
            postcode: postcode.into(),
            house_number,
        };
        for (text, expected) in [
            (
                "06 1234",
                vec![
                    Look::Phone("+31061234".replace("+310", "+31")),
                    Look::PhoneEnd("432160".into()),
                ],
            ),
            ("+31 6 12", vec![Look::Phone("+31612".into())]),
            (
                "184 0227",
                vec![Look::MemberNumber("1840227".into()), Look::PhoneEnd("7220481".into())],
            ),
            (
                "7201",
                vec![
                    postcode("7201", None),
                    Look::MemberNumber("7201".into()),
                    Look::PhoneEnd("1027".into()),
                ],
            ),
            ("7201 ab", vec![postcode("7201AB", None), Look::MemberNumber("7201AB".into())]),
            (
                "7201ab 12",
                vec![postcode("7201AB", Some(12)), Look::MemberNumber("7201AB12".into())],
            ),
            ("S.Arslan@", vec![Look::Email("s.arslan@".into())]),
            ("van vliet", vec![names(&["vliet"])]),
            ("Vliet, W. van", vec![names(&["vliet", "w"])]),
            ("mevr. Arslan", vec![names(&["arslan"])]),
            ("van", vec![names(&["van"])]),
            ("Meijer", vec![names(&["meyer"])]),
            ("a", vec![]),
            ("  ", vec![]),
        ] {
            assert_eq!(looks(text), expected, "{text}");
        }
    }
}
