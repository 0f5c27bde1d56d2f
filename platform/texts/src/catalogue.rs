use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use crate::Language;

/// The texts of one area, in Fluent syntax; ids begin with the area's name.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    pub area: &'static str,
    pub nl: &'static str,
    pub en: &'static str,
}

/// All texts of the program in both languages.
pub struct Catalogue {
    dutch: Arc<FluentBundle<FluentResource>>,
    english: Arc<FluentBundle<FluentResource>>,
}

impl Catalogue {
    /// # Panics
    ///
    /// If a text does not parse or an id occurs twice: the texts are compiled in, and a test loads them.
    #[must_use]
    pub fn new(sources: &[Source]) -> Self {
        let bundle = |language: Language| {
            let tag = language.code().parse().expect("our own language tags");
            let mut bundle = FluentBundle::new_concurrent(vec![tag]);
            // The marks around arguments help in right-to-left text and spoil comparison elsewhere.
            bundle.set_use_isolating(false);
            for source in sources {
                let text = match language {
                    Language::Dutch => source.nl,
                    Language::English => source.en,
                };
                let resource = FluentResource::try_new(text.to_owned())
                    .unwrap_or_else(|(_, errors)| panic!("{} {language}: {errors:?}", source.area));
                bundle
                    .add_resource(resource)
                    .unwrap_or_else(|errors| panic!("{} {language}: {errors:?}", source.area));
            }
            Arc::new(bundle)
        };
        Self { dutch: bundle(Language::Dutch), english: bundle(Language::English) }
    }

    #[must_use]
    pub fn texts(&self, language: Language) -> Texts {
        let bundle = match language {
            Language::Dutch => &self.dutch,
            Language::English => &self.english,
        };
        Texts { language, bundle: Arc::clone(bundle) }
    }

    /// What is wrong with the texts: an id that one language lacks, an argument that one forgets,
    /// an id outside its area. Empty when all is well.
    #[must_use]
    pub fn incomplete(sources: &[Source]) -> Vec<String> {
        let mut wrong = Vec::new();
        for source in sources {
            let (nl, en) = (entries(source.nl), entries(source.en));
            let ids: BTreeSet<_> = nl.keys().chain(en.keys()).collect();
            for id in ids {
                if !id.starts_with(source.area) {
                    wrong.push(format!("{id} does not begin with {}", source.area));
                }
                match (nl.get(id), en.get(id)) {
                    (None, _) => wrong.push(format!("{id} is missing in nl")),
                    (_, None) => wrong.push(format!("{id} is missing in en")),
                    (Some(nl), Some(en)) if nl != en => {
                        wrong.push(format!("{id} has {nl:?} in nl and {en:?} in en"));
                    }
                    _ => {}
                }
            }
        }
        wrong
    }

    /// Whether this id exists, for the test that reads templates.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.dutch.has_message(id)
    }
}

/// Ids with the arguments they use. Reads the text, which is enough: our syntax is plain.
fn entries(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut entries = BTreeMap::new();
    let mut current = String::new();
    for line in source.lines() {
        if line.starts_with(|c: char| c.is_ascii_lowercase())
            && let Some((id, _)) = line.split_once('=')
        {
            id.trim().clone_into(&mut current);
            entries.entry(current.clone()).or_insert_with(BTreeSet::new);
        }
        let arguments = line.split('$').skip(1).map(|rest| {
            rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>()
        });
        if let Some(found) = entries.get_mut(&current) {
            found.extend(arguments);
        }
    }
    entries
}

/// An argument of a text: words as they are, or a number that chooses singular or plural.
#[derive(Clone, Debug)]
pub enum Arg {
    Words(String),
    Number(i64),
}

impl From<&str> for Arg {
    fn from(words: &str) -> Self {
        Self::Words(words.to_owned())
    }
}

impl From<&&str> for Arg {
    fn from(words: &&str) -> Self {
        Self::from(*words)
    }
}

impl From<&String> for Arg {
    fn from(words: &String) -> Self {
        Self::Words(words.clone())
    }
}

impl From<&&String> for Arg {
    fn from(words: &&String) -> Self {
        Self::Words((*words).clone())
    }
}

impl From<String> for Arg {
    fn from(words: String) -> Self {
        Self::Words(words)
    }
}

macro_rules! numbers {
    ($($number:ty)+) => { $(
        impl From<$number> for Arg {
            fn from(number: $number) -> Self {
                Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
            }
        }

        impl From<&$number> for Arg {
            fn from(number: &$number) -> Self {
                Self::from(*number)
            }
        }
    )+ };
}

numbers! { i64 u64 i32 u32 u16 usize }

/// The texts in the reader's language.
#[derive(Clone)]
pub struct Texts {
    language: Language,
    bundle: Arc<FluentBundle<FluentResource>>,
}

impl Texts {
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    #[must_use]
    pub fn get(&self, id: &str) -> String {
        self.format(id, None).into_owned()
    }

    /// A text with one argument.
    #[must_use]
    pub fn with(&self, id: &str, name: &'static str, value: impl Into<Arg>) -> String {
        self.fill(id, [(name, value.into())])
    }

    /// A text with two arguments.
    #[must_use]
    pub fn with2(
        &self,
        id: &str,
        name: &'static str,
        value: impl Into<Arg>,
        name2: &'static str,
        value2: impl Into<Arg>,
    ) -> String {
        self.fill(id, [(name, value.into()), (name2, value2.into())])
    }

    #[must_use]
    pub fn fill<const N: usize>(&self, id: &str, values: [(&'static str, Arg); N]) -> String {
        let mut args = FluentArgs::with_capacity(N);
        for (name, value) in values {
            match value {
                Arg::Words(words) => args.set(name, FluentValue::from(words)),
                Arg::Number(number) => args.set(name, FluentValue::from(number)),
            }
        }
        self.format(id, Some(&args)).into_owned()
    }

    fn format<'a>(&'a self, id: &'a str, args: Option<&'a FluentArgs<'_>>) -> Cow<'a, str> {
        let Some(pattern) = self.bundle.get_message(id).and_then(|message| message.value()) else {
            tracing::error!(id, "a text is missing");
            return Cow::Borrowed(id);
        };
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, args, &mut errors);
        if !errors.is_empty() {
            tracing::error!(id, ?errors, "a text lacks an argument");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: Source = Source {
        area: "test",
        nl: "test-left = { $n ->\n    [one] Nog één belrecord\n   *[other] Nog { $n } belrecords\n}\ntest-hello = Hallo { $name }\n",
        en: "test-left = { $n ->\n    [one] One call record left\n   *[other] { $n } call records left\n}\ntest-hello = Hello { $name }\n",
    };

    #[test]
    fn numbers_choose_singular_and_plural() {
        let texts = Catalogue::new(&[SOURCE]).texts(Language::Dutch);
        assert_eq!(texts.with("test-left", "n", 1_i64), "Nog één belrecord");
        assert_eq!(texts.with("test-left", "n", 43_i64), "Nog 43 belrecords");
        assert_eq!(texts.with("test-hello", "name", "Noor"), "Hallo Noor");
    }

    #[test]
    fn a_missing_text_or_argument_is_found() {
        assert_eq!(Catalogue::incomplete(&[SOURCE]), Vec::<String>::new());
        let lacking = Source {
            area: "test",
            nl: "test-a = A { $x }\ntest-b = B\n",
            en: "test-a = A\nother-c = C\n",
        };
        assert_eq!(
            Catalogue::incomplete(&[lacking]),
            [
                "other-c does not begin with test",
                "other-c is missing in nl",
                "test-a has {\"x\"} in nl and {} in en",
                "test-b is missing in en",
            ]
        );
    }

    #[test]
    fn the_browser_says_which_language() {
        for (header, language) in [
            ("nl-NL,nl;q=0.9,en;q=0.8", Language::Dutch),
            ("en-GB", Language::English),
            ("fr-FR,en;q=0.5", Language::English),
            ("", Language::Dutch),
        ] {
            assert_eq!(Language::accepted(header), language);
        }
    }
}
