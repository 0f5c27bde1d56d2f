use jiff::SignedDuration;
use jiff::civil::Date;
use people_rules::check::Rules;
use rulebook::{Missing, Rulebook};

/// How callers are checked, as valid on one day.
#[derive(Clone, Debug)]
pub struct CheckRules {
    pub rules: Rules,
    /// How long a check that passed is good for.
    pub valid: SignedDuration,
    /// Which rule said how many facts it takes, for the log.
    pub version: String,
}

pub fn rules(book: &Rulebook, day: Date) -> Result<CheckRules, Missing> {
    const FACTS: &str = "check.facts";
    let count = |key| Ok(usize::try_from(book.number(key, day)?).unwrap_or(0));
    let which = book.words("check.which", day)?;
    Ok(CheckRules {
        rules: Rules {
            // Nobody passes without having said anything, whatever was typed into the rule.
            facts: count(FACTS)?.max(1),
            wrong_max: count("check.tries_max")?,
            which: which.iter().filter_map(|word| word.parse().ok()).collect(),
        },
        valid: SignedDuration::from_mins(book.number("check.valid_minutes", day)?.max(1)),
        version: book.on(FACTS, day)?.version(),
    })
}
