//! How an address is said back on the telephone: where one letter is wrong, no confirmation arrives.

/// The words for the signs of an address, in the language that is spoken.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    pub at: &'a str,
    pub dot: &'a str,
    pub hyphen: &'a str,
    pub underscore: &'a str,
}

/// `r-u-u-d punt m-u-l-d-e-r apenstaartje voorbeeld punt nl`: what stands before the @ letter by letter, what comes after it as words.
#[must_use]
pub fn spelled(address: &str, words: Words<'_>) -> String {
    let (name, place) = address.split_once('@').unwrap_or((address, ""));
    let mut said = parts(name, words, |run| {
        let letters: Vec<String> = run.chars().map(String::from).collect();
        letters.join("-")
    });
    if !place.is_empty() {
        said.push(words.at.to_owned());
        said.extend(parts(place, words, str::to_owned));
    }
    said.join(" ")
}

/// Runs of letters and figures as `say` says them, signs as words; a sign without a word stays a sign.
fn parts(text: &str, words: Words<'_>, say: impl Fn(&str) -> String) -> Vec<String> {
    let mut said = Vec::new();
    for run in text.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let letters = run.trim_end_matches(|c: char| !c.is_alphanumeric());
        if !letters.is_empty() {
            said.push(say(letters));
        }
        said.extend(run[letters.len()..].chars().map(|sign| match sign {
            '.' => words.dot.to_owned(),
            '-' => words.hyphen.to_owned(),
            '_' => words.underscore.to_owned(),
            other => other.to_string(),
        }));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::{Words, spelled};

    #[test]
    fn letter_by_letter_up_to_the_at() {
        let words =
            Words { at: "apenstaartje", dot: "punt", hyphen: "streepje", underscore: "laag" };
        let cases = [
            ("ruud.mulder@voorbeeld.nl", "r-u-u-d punt m-u-l-d-e-r apenstaartje voorbeeld punt nl"),
            ("a_b-1@x-y.example", "a laag b streepje 1 apenstaartje x streepje y punt example"),
            ("zoë+bond@b.example", "z-o-ë + b-o-n-d apenstaartje b punt example"),
            ("ruud", "r-u-u-d"),
            ("", ""),
        ];
        for (address, said) in cases {
            assert_eq!(spelled(address, words), said);
        }
    }
}
