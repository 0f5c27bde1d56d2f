//! Every crate that we use may be used, and none that was decided against came in by a back door.

use std::collections::BTreeSet;
use std::process::Command;

use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
}

#[derive(Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    license: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) manifest_path: String,
    pub(crate) dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) kind: Option<String>,
}

/// Compatible with the EUPL-1.2 of this program, and asking no more than to be named.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "EUPL-1.2",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Allowed for a tool that drives the tests and is no part of the program that anybody is given.
const ALLOWED_IN_TESTS: &[&str] = &["MPL-2.0"];

/// With the reason, so that whoever wants one knows what to argue with.
const BANNED: &[(&str, &str)] = &[
    ("openssl", "rustls serves; a system library makes a bare machine harder"),
    ("native-tls", "rustls serves"),
    ("chrono", "jiff serves; two kinds of time are one too many"),
    ("rusqlite", "sqlx serves both engines"),
];

pub(crate) fn metadata() -> Metadata {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .output()
        .expect("cargo runs: it started this program");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo's own format")
}

pub(crate) fn check(metadata: &Metadata) -> Vec<String> {
    let mut wrong = Vec::new();
    let given = part_of_the_program(metadata);
    for package in &metadata.packages {
        let licence = package.license.as_deref().unwrap_or_default();
        let in_tests =
            !given.contains(package.name.as_str()) && ALLOWED_IN_TESTS.contains(&licence);
        if !is_allowed(licence) && !in_tests {
            wrong.push(format!("{}: licence {licence:?} is not on the list", package.name));
        }
        if let Some((_, why)) = BANNED.iter().find(|(name, _)| *name == package.name) {
            wrong.push(format!("{}: {why}", package.name));
        }
        let elsewhere =
            package.source.as_deref().is_some_and(|source| !source.starts_with("registry+"));
        if elsewhere {
            wrong.push(format!(
                "{}: comes from {:?}, not from crates.io",
                package.name, package.source
            ));
        }
    }
    wrong
}

/// Everything that `wijland` is made of, tests left out. Counts what is optional too: rather too much.
fn part_of_the_program(metadata: &Metadata) -> BTreeSet<&str> {
    let mut found = BTreeSet::from(["wijland"]);
    let mut open = vec!["wijland"];
    while let Some(name) = open.pop() {
        for package in metadata.packages.iter().filter(|package| package.name == name) {
            let needed =
                package.dependencies.iter().filter(|needed| needed.kind.as_deref() != Some("dev"));
            open.extend(
                needed.map(|needed| needed.name.as_str()).filter(|name| found.insert(name)),
            );
        }
    }
    found
}

/// One way through the expression is enough: `MIT OR GPL-2.0` may be used under MIT.
fn is_allowed(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ");
    if let Some((before, after)) = outside_brackets(&expression, " AND ") {
        return is_allowed(&before) && is_allowed(&after);
    }
    if let Some((before, after)) = outside_brackets(&expression, " OR ") {
        return is_allowed(&before) || is_allowed(&after);
    }
    let plain = expression.trim();
    match plain.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) => is_allowed(inner),
        None => ALLOWED.contains(&plain),
    }
}

fn outside_brackets(expression: &str, word: &str) -> Option<(String, String)> {
    let mut depth = 0;
    for (at, letter) in expression.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ if depth == 0 && expression[at..].starts_with(word) => {
                return Some((
                    expression[..at].to_owned(),
                    expression[at + word.len()..].to_owned(),
                ));
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn one_way_through_is_enough_and_all_of_an_and_are_needed() {
        for allowed in
            ["MIT", "MIT OR GPL-2.0-only", "MIT/Apache-2.0", "(MIT OR GPL-3.0) AND Unicode-3.0"]
        {
            assert!(is_allowed(allowed), "{allowed}");
        }
        for refused in ["", "GPL-3.0", "MIT AND GPL-3.0", "(GPL-2.0 OR GPL-3.0) AND MIT"] {
            assert!(!is_allowed(refused), "{refused}");
        }
    }
}
