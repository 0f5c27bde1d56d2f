//! A line that is lost is seen, and a closed laptop signs off.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use kernel::{Actor, UserId};
use web::App;

use super::connection::lose;
use super::store::{Seen, sign_off, watched};

/// So often is looked who is still there.
const LOOKS_EVERY: Duration = Duration::from_secs(30);

/// Who was last seen when, and since when we know that.
///
/// Absence lasts by the machine's own steady time: a clock that was moved, as in the demo, sends nobody home.
#[derive(Default)]
struct Known(HashMap<UserId, (Timestamp, Instant)>);

impl Known {
    /// Takes what is seen now and gives for how long nothing new was seen of each.
    fn silent(&mut self, seen: Vec<Seen>, now: Instant) -> Vec<(Seen, Duration)> {
        let mut known = HashMap::with_capacity(seen.len());
        let mut silent = Vec::with_capacity(seen.len());
        for found in seen {
            let since = match self.0.get(&found.user_id) {
                Some((seen_at, since)) if *seen_at == found.seen_at => *since,
                _ => now,
            };
            silent.push((found, now.duration_since(since)));
            known.insert(found.user_id, (found.seen_at, since));
        }
        self.0 = known;
        silent
    }
}

/// Longer than a page is silent that is open: it says so every half minute.
const LOST_AFTER: Duration = Duration::from_secs(75);

/// Marks whose line is lost, and signs off whoever has no page open any more; runs as long as the program.
pub async fn sign_off_absent(app: App) {
    let mut known = Known::default();
    loop {
        tokio::time::sleep(LOOKS_EVERY).await;
        if let Err(error) = look(&app, &mut known).await {
            tracing::warn!(%error, "nobody is signed off for now");
        }
    }
}

async fn look(app: &App, known: &mut Known) -> Result<(), db::Error> {
    let (book, today) = (app.rulebook(), app.now().date());
    let Ok(rule) = book.on("presence.away_minutes", today) else { return Ok(()) };
    let minutes = book.number("presence.away_minutes", today).unwrap_or_default();
    let after = Duration::from_secs(60 * u64::try_from(minutes).unwrap_or_default());
    let seen = app.db().read(Actor::SYSTEM, async |tx| watched(tx).await).await?;
    for (gone, silent) in known.silent(seen, Instant::now()) {
        if silent >= after {
            let rule = rule.version();
            app.db().write(Actor::SYSTEM, async |tx| sign_off(tx, gone, &rule).await).await?;
        } else if silent >= LOST_AFTER {
            app.db().write(Actor::SYSTEM, async |tx| lose(tx, gone).await).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(user: i64, at: &str) -> Seen {
        Seen { user_id: UserId(user), seen_at: format!("2026-11-24T{at}:00Z").parse().unwrap() }
    }

    #[test]
    fn who_is_not_seen_for_a_while_is_absent_whatever_the_clock_says() {
        let (begin, minute) = (Instant::now(), Duration::from_mins(1));
        let ten = 10 * minute;
        let mut known = Known::default();
        let absent = |known: &mut Known, seen: Vec<Seen>, after: Duration| -> Vec<UserId> {
            let silent = known.silent(seen, begin + after).into_iter();
            silent.filter(|(_, silent)| *silent >= ten).map(|(gone, _)| gone.user_id).collect()
        };
        // Seen for the first time, with a time of last week: that says nothing yet.
        assert_eq!(
            absent(&mut known, vec![seen(1, "08:00"), seen(2, "08:00")], Duration::ZERO),
            []
        );
        // One has a page open, of the other nothing is heard.
        assert_eq!(absent(&mut known, vec![seen(1, "08:09"), seen(2, "08:00")], 9 * minute), []);
        assert_eq!(
            absent(&mut known, vec![seen(1, "15:30"), seen(2, "08:00")], 10 * minute),
            [UserId(2)]
        );
        // Who came back begins anew.
        assert_eq!(absent(&mut known, vec![seen(1, "15:30"), seen(2, "15:31")], 12 * minute), []);
    }
}
