//! A rule's JSON as the parts that a form has, and back.

use admin_rules::value::Part;
use serde_json::{Map, Value};

/// A part and its name; a rule of one value has one part without a name.
pub(super) type Parts = Vec<(String, Part)>;

/// `None` if the rule has a shape that no form can show.
pub(super) fn of(value: &Value) -> Option<Parts> {
    match value {
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| Some((name.clone(), part(value)?))).collect()
        }
        value => Some(vec![(String::new(), part(value)?)]),
    }
}

fn part(value: &Value) -> Option<Part> {
    match value {
        Value::Number(number) => number.as_i64().map(Part::Number),
        Value::String(text) => text.parse().ok().map(Part::Time),
        Value::Array(words) => words
            .iter()
            .map(|word| word.as_str().map(str::to_owned))
            .collect::<Option<_>>()
            .map(Part::Words),
        _ => None,
    }
}

pub(super) fn json(parts: &Parts) -> Value {
    let value = |part: &Part| match part {
        Part::Number(number) => Value::from(*number),
        Part::Time(_) => Value::from(part.typed()),
        Part::Words(words) => Value::from(words.clone()),
    };
    match parts.as_slice() {
        [(name, part)] if name.is_empty() => value(part),
        parts => {
            let fields: Map<String, Value> =
                parts.iter().map(|(name, part)| (name.clone(), value(part))).collect();
            Value::Object(fields)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_survives_its_form() {
        for text in [
            "5",
            r#"{"minutes":240,"tries_max":4}"#,
            r#"{"from":"09:00","until":"17:00"}"#,
            r#"["bv","nv"]"#,
        ] {
            let value: Value = serde_json::from_str(text).unwrap();
            assert_eq!(json(&of(&value).unwrap()), value, "{text}");
        }
        assert_eq!(of(&Value::Bool(true)), None, "no rule is shipped that has a yes or no");
    }
}
