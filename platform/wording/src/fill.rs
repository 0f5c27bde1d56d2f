use texts::Language;

use crate::markup::{put_in, to_html, to_text};
use crate::shipped::{About, Placeholder, about};
use crate::store::Wording;

/// A text with its values: as words, and as HTML that is safe in a page or a mail.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Filled {
    pub title: String,
    pub text: String,
    pub html: String,
}

/// The values do not fit the text. A mistake of the program, found by its first test: whoever fills a text gives all of
/// its placeholders, also those that it does not use today, because an administrator may use them tomorrow.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unfilled {
    #[error("the program has no text {0}")]
    NoText(String),
    #[error("the text {key} may not use {placeholder}")]
    Unknown { key: String, placeholder: String },
    #[error("the text {key} was given no {placeholder}")]
    Missing { key: String, placeholder: String },
}

/// Puts the values into a text: one for each placeholder that it may use.
///
/// # Errors
///
/// [`Unfilled`] names the placeholder that is missing or that this text does not know.
pub fn fill(wording: &Wording, values: &[(&str, String)]) -> Result<Filled, Unfilled> {
    let key = &wording.key;
    let about = about(key).ok_or_else(|| Unfilled::NoText(key.clone()))?;
    let unknown = |placeholder: &str| Unfilled::Unknown {
        key: key.clone(),
        placeholder: placeholder.to_owned(),
    };
    if let Some((name, _)) = values.iter().find(|(name, _)| !about.knows(name)) {
        return Err(unknown(name));
    }
    let given = |name: &str| values.iter().find(|(given, _)| *given == name);
    if let Some(name) = about.placeholders().find(|name| given(name).is_none()) {
        return Err(Unfilled::Missing { key: key.clone(), placeholder: name.to_owned() });
    }
    filled(&wording.title, &wording.body, |name| given(name).map(|(_, value)| value.clone()))
        .map_err(|name| unknown(&name))
}

/// A text as it will look, with invented people in it; a placeholder that means nothing stays as it was typed.
#[must_use]
pub fn with_examples(about: &About, language: Language, title: &str, body: &str) -> Filled {
    let example = |name: &str| {
        let known = Placeholder::named(name).filter(|_| about.knows(name));
        Some(
            known.map_or_else(|| format!("{{{name}}}"), |known| known.example(language).to_owned()),
        )
    };
    filled(title, body, example).expect("every placeholder has an example")
}

fn filled(
    title: &str,
    body: &str,
    values: impl Copy + Fn(&str) -> Option<String>,
) -> Result<Filled, String> {
    // A subject is one line, whatever stands in a name.
    let title = put_in(title, values)?.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(Filled { title, text: to_text(body, values)?, html: to_html(body, values)? })
}
