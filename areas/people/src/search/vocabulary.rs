//! The distinct words of all names, in memory: the database finds beginnings of words, this finds words
//! with one mistake and says how common a word is.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use db::{Db, Error, args};
use fst::automaton::{Automaton, Levenshtein};
use fst::{IntoStreamer, Map, MapBuilder, Streamer};
use kernel::Actor;
use web::App;

/// Empty until it is loaded; search works without it, only not with mistakes.
#[derive(Default)]
pub struct Vocabulary {
    words: RwLock<Option<Arc<Map<Vec<u8>>>>>,
}

/// A word of so few letters has too many neighbours to mean any of them.
const LETTERS_MIN: usize = 4;
const SIMILAR_MAX: usize = 40;

/// The word with each two neighbouring letters in each other's place.
fn swaps(typed: &str) -> impl Iterator<Item = String> {
    let letters: Vec<char> = typed.chars().collect();
    (1..letters.len())
        .filter(|at| letters[at - 1] != letters[*at])
        .collect::<Vec<_>>()
        .into_iter()
        .map(move |at| {
            let mut swapped = letters.clone();
            swapped.swap(at - 1, at);
            swapped.into_iter().collect()
        })
}

impl Vocabulary {
    /// Words that begin like `typed` with one letter wrong, missing or too many, or two letters in each
    /// other's place; most common first.
    #[must_use]
    pub fn similar(&self, typed: &str) -> Vec<String> {
        let Some(words) = self.loaded() else { return vec![] };
        if typed.chars().count() < LETTERS_MIN {
            return vec![];
        }
        let Ok(one_off) = Levenshtein::new(typed, 1) else { return vec![] };
        let mut found = Vec::new();
        for swapped in swaps(typed) {
            let mut stream =
                words.search(fst::automaton::Str::new(&swapped).starts_with()).into_stream();
            while let Some((word, count)) = stream.next() {
                if let Ok(word) = std::str::from_utf8(word) {
                    found.push((
                        word.len().abs_diff(typed.len()),
                        std::cmp::Reverse(count),
                        word.to_owned(),
                    ));
                }
            }
        }
        let mut stream = words.search(one_off.starts_with()).into_stream();
        while let Some((word, count)) = stream.next() {
            if let Ok(word) = std::str::from_utf8(word)
                && !word.starts_with(typed)
            {
                // A word as long as what was typed was meant more likely than a much longer one.
                let longer = word.len().abs_diff(typed.len());
                found.push((longer, std::cmp::Reverse(count), word.to_owned()));
            }
        }
        found.sort_unstable();
        found.dedup();
        found.truncate(SIMILAR_MAX);
        found.into_iter().map(|(_, _, word)| word).collect()
    }

    /// How many people have a word that begins like this; large if we do not know.
    #[must_use]
    pub fn count(&self, beginning: &str) -> u64 {
        let Some(words) = self.loaded() else { return u64::MAX };
        let mut range = words.range().ge(beginning);
        let end = after(beginning);
        if let Some(end) = &end {
            range = range.lt(end.as_str());
        }
        let mut stream = range.into_stream();
        let mut sum = 0;
        while let Some((_, count)) = stream.next() {
            sum += count;
        }
        sum
    }

    /// How many people have exactly this word; large if we do not know.
    #[must_use]
    pub fn count_of(&self, word: &str) -> u64 {
        self.loaded().map_or(u64::MAX, |words| words.get(word).unwrap_or(0))
    }

    fn loaded(&self) -> Option<Arc<Map<Vec<u8>>>> {
        self.words.read().expect("nobody panics while holding it").clone()
    }

    /// Reads all words anew.
    pub async fn load(&self, db: &Db) -> Result<(), Error> {
        let mut words = BTreeMap::new();
        let mut last = String::new();
        loop {
            // In pages, so that a long read does not keep the database from tidying up.
            let page: Vec<Word> = db
                .read(Actor::SYSTEM, async |tx| {
                    tx.all(
                        "select word, count(*) as n from name_words where word > $1
                          group by word order by word limit 20000",
                        args![last.as_str()],
                    )
                    .await
                })
                .await?;
            let Some(end) = page.last() else { break };
            end.word.clone_into(&mut last);
            words.extend(page.into_iter().map(|word| (word.word, word.n)));
        }
        let mut builder = MapBuilder::memory();
        for (word, count) in words {
            builder.insert(word, count.unsigned_abs()).expect("in the order of a sorted map");
        }
        let map = Map::new(builder.into_inner().expect("in memory")).expect("just built");
        *self.words.write().expect("nobody panics while holding it") = Some(Arc::new(map));
        Ok(())
    }
}

db::row! {
    struct Word { word: String, n: i64 }
}

/// The first text that does not begin with `beginning`: the end of a range. Words are letters and
/// digits, so there always is one.
#[must_use]
pub(crate) fn after(beginning: &str) -> Option<String> {
    let mut bytes = beginning.as_bytes().to_vec();
    let last = bytes.last_mut()?;
    *last += 1;
    String::from_utf8(bytes).ok()
}

/// Loads the words when the program starts and again after every import.
pub async fn keep_fresh(app: App) {
    let vocabulary = app.state::<Vocabulary>();
    let mut changes = app.hub().listen();
    loop {
        if let Err(error) = vocabulary.load(app.db()).await {
            tracing::error!(%error, "the words of names could not be read; search takes no mistakes");
        }
        loop {
            match changes.recv().await {
                Ok(change) if change.topic == web::Topic::Imports => break,
                Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary(words: &[(&str, u64)]) -> Vocabulary {
        let mut builder = MapBuilder::memory();
        for (word, count) in words {
            builder.insert(word, *count).unwrap();
        }
        let map = Map::new(builder.into_inner().unwrap()).unwrap();
        Vocabulary { words: RwLock::new(Some(Arc::new(map))) }
    }

    #[test]
    fn one_mistake_finds_the_word_and_its_continuations() {
        let words = vocabulary(&[("arslan", 40), ("arslanoglu", 2), ("aslan", 9), ("jansen", 900)]);
        assert_eq!(
            words.similar("arsaln"),
            ["arslan", "arslanoglu"],
            "two letters changed places: one mistake"
        );
        assert_eq!(words.similar("rasaln"), Vec::<String>::new(), "two mistakes");
        assert_eq!(words.similar("arzlan"), ["arslan", "arslanoglu"]);
        assert_eq!(words.similar("aslan"), ["arslan", "arslanoglu"]);
        assert_eq!(words.similar("ars"), Vec::<String>::new(), "too short to mean another");
        assert_eq!((words.count("arsl"), words.count("x")), (42, 0));
    }
}
