use std::collections::BTreeSet;

use db::{Error, Tx};
use kernel::EventId;

use crate::timeline::{Line, after, latest};

/// A place in the log. Ids of two processes can become visible out of order, so the last seconds are
/// read again and what was seen is passed over.
#[derive(Clone, Debug)]
pub struct Followed {
    last: EventId,
    seen: BTreeSet<EventId>,
}

/// Two seconds, in the unit of an id (milliseconds, 22 bits up).
const OVERLAP: i64 = 2_000 << 22;

/// More lines than this in one look are given by the next.
const AT_ONCE: i64 = 5_000;

impl Followed {
    /// The end of the log as it is now.
    pub async fn at_the_end(tx: &mut Tx) -> Result<Self, Error> {
        let last = latest(tx).await?;
        Ok(Self { last, seen: BTreeSet::from([last]) })
    }

    /// What was written since the last look, oldest first. Soon after the beginning, lines of just before it may be among
    /// them.
    pub async fn news(&mut self, tx: &mut Tx) -> Result<Vec<Line>, Error> {
        let from = EventId(self.last.0.saturating_sub(OVERLAP));
        let mut lines = after(tx, from, AT_ONCE).await?;
        lines.retain(|line| self.seen.insert(line.id));
        self.last = lines.iter().map(|line| line.id).fold(self.last, EventId::max);
        self.seen = self.seen.split_off(&EventId(self.last.0.saturating_sub(OVERLAP)));
        Ok(lines)
    }
}
