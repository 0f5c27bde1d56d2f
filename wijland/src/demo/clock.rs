use std::path::{Path, PathBuf};

use db::Clock;
use jiff::{SignedDuration, Timestamp};

use crate::Failure;

/// The clock of the demo, written down in its folder: a demo that was stopped goes on where it was.
pub(super) struct KeptClock(PathBuf);

/// What may have happened after it was written down the last time.
const WRITTEN_EVERY: SignedDuration = SignedDuration::from_secs(5);

/// Stands in the file when the demo keeps real time.
const REAL: &str = "now";

impl KeptClock {
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self(folder.join("clock"))
    }

    /// The clock to begin with: as asked, else as it was, else as the story begins.
    pub(super) fn begin(&self, asked: Option<&str>) -> Result<Clock, Failure> {
        let kept = std::fs::read_to_string(&self.0).unwrap_or_default();
        let kept = kept.trim();
        let last: Option<Timestamp> =
            if kept == REAL { Some(Timestamp::now()) } else { kept.parse().ok() };
        let begin = match asked {
            Some(REAL) => Timestamp::now(),
            None if kept == REAL => Timestamp::now(),
            Some(typed) => super::wall(typed).ok_or_else(|| {
                Failure::told(format!("{typed} is no time: 2026-11-24T08:20, or now"))
            })?,
            None => match last {
                Some(last) => last + WRITTEN_EVERY,
                None => story::BEGINS
                    .in_tz(kernel::AMSTERDAM)
                    .expect("the time zone is compiled in")
                    .timestamp(),
            },
        };
        if last.is_some_and(|last| begin < last) {
            return Err(Failure::told(
                "the clock of this demo is past that; begin again with --fresh",
            ));
        }
        Ok(Clock::running_from(begin))
    }

    pub(super) fn keep(&self, clock: &Clock) -> Result<(), Failure> {
        // Within a second of the world's clock it is the world's clock.
        let text =
            if clock.ahead_ms().abs() < 1000 { REAL.to_owned() } else { clock.now().to_string() };
        std::fs::write(&self.0, text)
            .map_err(Failure::file("the clock of the demo cannot be written down"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_goes_on_where_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let kept = KeptClock::in_folder(folder.path());
        let first = kept.begin(None).unwrap();
        assert_eq!(kernel::local(first.now()).strftime("%F %H:%M").to_string(), "2026-11-24 08:20");
        first.set("2026-11-24T10:00:00Z".parse().unwrap());
        kept.keep(&first).unwrap();
        let again = kept.begin(None).unwrap();
        assert_eq!(kernel::local(again.now()).strftime("%F %H:%M").to_string(), "2026-11-24 11:00");
        assert!(kept.begin(Some("2026-11-24T08:20")).is_err());
        assert!(kept.begin(Some("2026-11-25T08:20")).is_ok());
        assert!(kept.begin(Some("morgen")).is_err());
    }

    #[test]
    fn real_time_stays_real() {
        let folder = tempfile::tempdir().unwrap();
        let kept = KeptClock::in_folder(folder.path());
        let clock = kept.begin(Some("now")).unwrap();
        kept.keep(&clock).unwrap();
        assert!(kept.begin(None).unwrap().ahead_ms().abs() < 1000);
    }
}
