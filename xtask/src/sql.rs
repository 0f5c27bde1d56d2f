//! Whoever owns a table writes it; reading is for everybody. And what is never changed is never changed.

use std::collections::BTreeMap;

use crate::Source;

/// What happened is followed by a correction, never overwritten (INV15).
const NEVER_CHANGED: &[&str] = &["events", "outcomes", "reads", "wordings"];

pub(crate) fn check(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    let owners = owners(sources, &mut wrong);
    let of_program = |source: &&Source| {
        source.is("rs") && !source.path.contains("/tests/") && !source.path.starts_with("bench/")
    };
    for source in sources.iter().filter(of_program) {
        let home = home(&source.path);
        for (verb, table) in writes(source.without_tests()) {
            let Some(owner) = owners.get(table) else { continue };
            if *owner != home {
                wrong.push(format!("{}: {verb} {table} is for {owner}", source.path));
            }
            if verb != "insert into" && NEVER_CHANGED.contains(&table) {
                wrong.push(format!("{}: {verb} {table}; a correction is a new row", source.path));
            }
        }
        if source.path.starts_with("areas/") || source.path.starts_with("api/") {
            for word in ["is_postgres", "is_pg(", "sqlx", "Engine::"] {
                if source.text.contains(word) {
                    wrong.push(format!(
                        "{}: {word}; only `db` knows which engine runs",
                        source.path
                    ));
                }
            }
        }
    }
    wrong
}

/// Table → area, from the line above each table of a migration.
fn owners<'a>(sources: &'a [Source], wrong: &mut Vec<String>) -> BTreeMap<&'a str, &'a str> {
    let mut owners = BTreeMap::new();
    for source in sources.iter().filter(|source| source.is("sql")) {
        let mut owner = None;
        for line in source.text.lines() {
            if let Some(name) = line.strip_prefix("-- owner: ") {
                owner = Some(name.trim());
            } else if let Some(rest) = line.strip_prefix("create table ") {
                let table = rest.split([' ', '(']).next().unwrap_or_default();
                match owner.take() {
                    Some(owner) => {
                        owners.insert(table, owner);
                    }
                    None => {
                        wrong.push(format!("{}: {table} has no `-- owner:` above it", source.path));
                    }
                }
            }
        }
    }
    owners
}

/// `areas/calls/src/…` → `calls`, `platform/web/src/…` → `web`, `wijland/src/…` → `wijland`.
fn home(path: &str) -> &str {
    let mut parts = path.split('/');
    match (parts.next(), parts.next()) {
        (Some("areas" | "platform"), Some(name)) => name,
        (first, _) => first.unwrap_or_default(),
    }
}

/// Every verb that writes, with its table.
fn writes(text: &str) -> impl Iterator<Item = (&'static str, &str)> {
    ["insert into", "update", "delete from"].into_iter().flat_map(move |verb| {
        text.match_indices(verb).filter_map(move |(at, _)| {
            // Only inside a string, and as a word of its own: a quote or an end of line stands before it.
            let before = text[..at].chars().next_back()?;
            if !matches!(before, '"' | ' ' | '\n' | '(') {
                return None;
            }
            let rest = text[at + verb.len()..].strip_prefix(' ')?;
            let table = rest.split(|c: char| !c.is_ascii_lowercase() && c != '_').next()?;
            (!table.is_empty()).then_some((verb, table))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_into_a_table_of_another_is_found() {
        let source = |path: &str, text: &str| Source { path: path.into(), text: text.into() };
        let sources = [
            source(
                "areas/people/migrations/1.sql",
                "-- owner: people\ncreate table people (\n);\ncreate table lost (\n);",
            ),
            source("areas/people/src/a.rs", "tx.execute(\"update people set a = 1\")"),
            source("areas/calls/src/a.rs", "tx.execute(\"delete from people where id = $1\")"),
            source(
                "areas/calls/src/b.rs",
                "// we never update people here\ntx.all(\"select 1 from people\")",
            ),
        ];
        let wrong = check(&sources);
        assert_eq!(wrong.len(), 3, "{wrong:?}");
        assert!(wrong[0].contains("lost") && wrong[1].contains("calls/src/a.rs"));
        // A comment that reads like one is asked to be said differently.
        assert!(wrong[2].contains("calls/src/b.rs"));
    }
}
