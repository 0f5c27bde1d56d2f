//! Words that must not stand in what we ship.

use crate::Source;

pub(crate) fn check(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|source| !source.path.starts_with("xtask/")) {
        let mut find = |word: &str, why: &str| {
            if let Some(at) = source.text.find(word) {
                let line = source.text[..at].matches('\n').count() + 1;
                wrong.push(format!("{}:{line}: {word:?}: {why}", source.path));
            }
        };
        for word in ["TODO", "FIXME", "XXX", "unimplemented!", "todo!("] {
            find(word, "finish it, or say in an issue what is missing");
        }
        if source.is("html") {
            find(" style=\"", "the content security policy forbids styles in the page");
            find("<script>", "the content security policy forbids scripts in the page");
            find("|safe", "what is put into a page is escaped");
        }
        if source.path.ends_with("nl.ftl") {
            for word in ["= Prospect", " prospect", " lead ", "churn", "ticket"] {
                find(word, "no word of this house; see docs/woordenboek.md");
            }
        }
        if source.is("rs") && source.path.starts_with("areas/") && !source.path.contains("/tests/")
        {
            find("Timestamp::now()", "there is one clock: ask `tx.now()` or `app.now()`");
            find("std::env::var", "settings come in at the edge of the program");
        }
    }
    wrong
}
