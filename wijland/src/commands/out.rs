use std::fmt::Display;
use std::io::Write as _;

/// A line of answer. Whoever closed the other end (`| head`) has read enough.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// A line that is no answer: progress, or what went wrong.
pub(crate) fn warn(line: impl Display) {
    let _ = writeln!(std::io::stderr(), "wijland: {line}");
}
