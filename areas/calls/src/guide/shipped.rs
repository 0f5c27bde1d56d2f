//! The guide that the program comes with: for whoever has not written one, and to begin from.

use calls_rules::guide::{Guide, Step};
use texts::Texts;

pub(crate) fn shipped(t: &Texts, is_member: bool) -> Guide {
    let step = |nr, title: &str, say: &str, hints: &[&str]| Step {
        nr,
        title: t.get(title),
        say: t.get(say),
        hints: hints.iter().map(|hint| t.get(hint)).collect(),
        question: None,
        only_after: None,
    };
    let close = if is_member { "calls-guide-say-stay" } else { "calls-guide-say-close" };
    Guide {
        steps: vec![
            step(
                1,
                "calls-guide-open",
                "calls-guide-say-open",
                &["calls-guide-open-ask", "calls-guide-open-know"],
            ),
            step(
                2,
                "calls-guide-care",
                "calls-guide-say-care",
                &["calls-guide-care-listen", "calls-guide-care-ask"],
            ),
            step(
                3,
                "calls-guide-value",
                "calls-guide-say-value",
                &["calls-guide-value-self", "calls-guide-value-together"],
            ),
            step(4, "calls-guide-close", close, &[]),
        ],
    }
}
