//! Both languages say everything, and every page asks only for what they say.

use std::collections::BTreeSet;
use std::path::Path;

use texts::{Catalogue, Language, Source};

fn sources() -> Vec<Source> {
    let areas = wijland::areas("uploads".into());
    areas.iter().map(|area| area.texts).chain([web::TEXTS, wijland::telling::TEXTS]).collect()
}

#[test]
fn both_languages_are_complete() {
    assert_eq!(Catalogue::incomplete(&sources()), Vec::<String>::new());
}

/// Every file of the sources with one of these endings.
fn files(endings: &[&str]) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = Vec::new();
    let mut folders = ["areas", "platform", "wijland/src"].map(|folder| root.join(folder)).to_vec();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .and_then(|ending| ending.to_str())
                .is_some_and(|ending| endings.contains(&ending))
            {
                found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}

/// Texts in quotes that look like an id of ours: `calls-outcome-joined`.
fn ids_in(text: &str, areas: &BTreeSet<&str>) -> BTreeSet<String> {
    text.split('"')
        .filter(|quoted| {
            let plain =
                quoted.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
            let begins = quoted.split('-').next().is_some_and(|first| areas.contains(first));
            plain && begins && quoted.contains('-') && !quoted.ends_with('-')
        })
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_text_that_is_asked_for_exists() {
    let sources = sources();
    let catalogue = Catalogue::new(&sources);
    let areas: BTreeSet<&str> = sources.iter().map(|source| source.area).collect();
    // Names that only look like ids: migrations and style classes.
    let no_texts = |id: &str| {
        id.split('-')
            .nth(1)
            .is_some_and(|part| part.len() == 4 && part.bytes().all(|b| b.is_ascii_digit()))
            || ["import-new", "call-note", "call-lease", "call-outcome"].contains(&id)
    };
    let mut missing = Vec::new();
    for (file, text) in files(&["rs", "html"]) {
        for id in ids_in(&text, &areas) {
            if !catalogue.has(&id) && !no_texts(&id) {
                missing.push(format!("{file}: {id}"));
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn an_unknown_text_is_seen_at_once() {
    let texts = Catalogue::new(&sources()).texts(Language::Dutch);
    assert!(texts.get("web-no-such-text").contains("web-no-such-text"));
}
