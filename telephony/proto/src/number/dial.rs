//! Which numbers may be dialled.

use super::Number;

/// What an association allows. Prefixes are digits of E.164 with the country code, without `+`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rule {
    /// Nothing else is dialled abroad or at home. `1` is not only the United States, but dear islands, too.
    pub allowed: Vec<String>,
    /// Refused although its country is allowed.
    pub refused: Vec<String>,
    pub emergency: Vec<String>,
    /// Emergency numbers go out. Only if the trunk tells the emergency centre where the caller is: ask its provider.
    pub passes_emergency: bool,
    /// Short numbers that may be dialled, such as 14020.
    pub short: Vec<String>,
}

/// Why a number is not dialled.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    #[error("an emergency number: call it from a telephone of your own")]
    Emergency,
    #[error("no calls to this country")]
    Country,
    #[error("no calls to numbers that begin with +{0}")]
    Prefix(String),
    #[error("no calls to this short number")]
    Short,
}

/// Whether a number may be dialled. What is refused stays refused, also where something longer is allowed.
pub fn may_dial(number: &Number, rule: &Rule) -> Result<(), Refused> {
    match number {
        Number::Short(digits) if rule.emergency.contains(digits) => {
            if rule.passes_emergency {
                Ok(())
            } else {
                Err(Refused::Emergency)
            }
        }
        Number::Short(digits) if rule.short.contains(digits) => Ok(()),
        Number::Short(_) => Err(Refused::Short),
        Number::International(digits) => {
            let begins = |prefix: &&String| digits.starts_with(prefix.as_str());
            if let Some(prefix) = rule.refused.iter().find(begins) {
                return Err(Refused::Prefix(prefix.clone()));
            }
            rule.allowed.iter().find(begins).map(|_| ()).ok_or(Refused::Country)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(typed: &str, rule: &Rule) -> Result<(), Refused> {
        may_dial(&Number::typed(typed).unwrap(), rule)
    }

    /// An example: what an association allows is data with a source, as everything that costs money.
    fn netherlands() -> Rule {
        let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Rule {
            allowed: list(&["31"]),
            refused: list(&["31900", "31906", "31909", "3184"]),
            emergency: list(&["112"]),
            passes_emergency: false,
            short: Vec::new(),
        }
    }

    #[test]
    fn the_netherlands_are_called_and_nothing_dear() {
        let rule = netherlands();
        let prefix = |prefix: &str| Err(Refused::Prefix(prefix.into()));
        for (typed, expected) in [
            ("0612345678", Ok(())),
            ("020 1234567", Ok(())),
            ("0800-1234", Ok(())),
            ("088 1234567", Ok(())),
            ("0900-1234", prefix("31900")),
            ("+31 900 1234567", prefix("31900")),
            ("0031 906 1234", prefix("31906")),
            ("0909-1234", prefix("31909")),
            ("084 1234567", prefix("3184")),
            ("+49 30 1234567", Err(Refused::Country)),
            ("00 599 1234567", Err(Refused::Country)),
            ("1888", Err(Refused::Short)),
            ("112", Err(Refused::Emergency)),
        ] {
            assert_eq!(ask(typed, &rule), expected, "{typed}");
        }
    }

    #[test]
    fn an_association_may_allow_more() {
        let rule = Rule {
            allowed: vec!["31".into(), "32".into()],
            passes_emergency: true,
            short: vec!["14020".into()],
            ..netherlands()
        };
        for typed in ["+32 2 1234567", "112", "14020"] {
            assert_eq!(ask(typed, &rule), Ok(()), "{typed}");
        }
        assert_eq!(ask("14030", &rule), Err(Refused::Short));
    }

    #[test]
    fn a_rule_that_says_nothing_allows_nothing() {
        let rule = Rule {
            allowed: Vec::new(),
            refused: Vec::new(),
            emergency: Vec::new(),
            passes_emergency: true,
            short: Vec::new(),
        };
        assert_eq!(ask("0612345678", &rule), Err(Refused::Country));
        assert_eq!(ask("112", &rule), Err(Refused::Short));
    }
}
