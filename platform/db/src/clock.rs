use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// The one clock: everything that asks what time it is, leases included, asks this.
///
/// The demo starts it at the story's Tuesday and lets it run; tests hold it still.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Kind>);

#[derive(Debug)]
enum Kind {
    /// The machine's clock, moved by so many milliseconds.
    Running { ahead_ms: AtomicI64 },
    /// Stands still until it is moved.
    Still { at_ms: AtomicI64 },
}

impl Clock {
    #[must_use]
    pub fn real() -> Self {
        Self(Arc::new(Kind::Running { ahead_ms: AtomicI64::new(0) }))
    }

    /// Runs on from `at`.
    #[must_use]
    pub fn running_from(at: Timestamp) -> Self {
        let clock = Self::real();
        clock.set(at);
        clock
    }

    /// Stands still at `at`.
    #[must_use]
    pub fn still(at: Timestamp) -> Self {
        Self(Arc::new(Kind::Still { at_ms: AtomicI64::new(at.as_millisecond()) }))
    }

    #[must_use]
    pub fn now(&self) -> Timestamp {
        let ms = match &*self.0 {
            Kind::Running { ahead_ms } => machine_ms() + ahead_ms.load(Ordering::Relaxed),
            Kind::Still { at_ms } => at_ms.load(Ordering::Relaxed),
        };
        Timestamp::from_millisecond(ms).expect("set from an instant, and time is not that long")
    }

    pub fn set(&self, at: Timestamp) {
        match &*self.0 {
            Kind::Running { ahead_ms } => {
                ahead_ms.store(at.as_millisecond() - machine_ms(), Ordering::Relaxed);
            }
            Kind::Still { at_ms } => at_ms.store(at.as_millisecond(), Ordering::Relaxed),
        }
    }

    /// How far it is ahead of the machine, in milliseconds: what a restart must know.
    #[must_use]
    pub fn ahead_ms(&self) -> i64 {
        self.now().as_millisecond() - machine_ms()
    }
}

fn machine_ms() -> i64 {
    Timestamp::now().as_millisecond()
}
