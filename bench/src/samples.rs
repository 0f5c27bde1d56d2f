use std::time::Duration;

/// How long something took, many times.
#[derive(Default)]
pub(crate) struct Samples(Vec<Duration>);

impl Samples {
    pub(crate) fn push(&mut self, took: Duration) {
        self.0.push(took);
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    fn at(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss
        )]
        let index = ((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1));
        sorted.get(index).map_or(0.0, |took| took.as_secs_f64() * 1_000.0)
    }

    /// One line: how many, the middle, and the slowest of a hundred.
    pub(crate) fn print(&self, what: &str, target: &str) {
        println!(
            "{what:<44} {:>6} times   p50 {:>8.2} ms   p99 {:>8.2} ms   target {target}",
            self.0.len(),
            self.at(0.5),
            self.at(0.99)
        );
    }
}
