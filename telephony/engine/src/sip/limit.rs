//! How often one source may do something.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Instant;

/// More sources than this at once are a flood; the table then starts anew.
const SOURCES_MAX: usize = 10_000;

/// A token bucket per source address: `per_second` on average, twice as many in one burst.
pub(super) struct Limiter {
    per_second: f64,
    buckets: HashMap<IpAddr, Bucket>,
}

struct Bucket {
    left: f64,
    at: Instant,
}

impl Limiter {
    pub(super) fn new(per_second: u32) -> Self {
        Self { per_second: f64::from(per_second), buckets: HashMap::new() }
    }

    pub(super) fn allows(&mut self, source: IpAddr, now: Instant) -> bool {
        if self.buckets.len() >= SOURCES_MAX {
            self.buckets.clear();
        }
        let full = self.per_second * 2.0;
        let bucket = self.buckets.entry(source).or_insert(Bucket { left: full, at: now });
        let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
        bucket.left = (bucket.left + passed * self.per_second).min(full);
        bucket.at = now;
        if bucket.left < 1.0 {
            return false;
        }
        bucket.left -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::time::Duration;

    use super::*;

    #[test]
    fn burst_is_twice_the_rate_and_comes_back_with_time() {
        let (loud, quiet) =
            (Ipv4Addr::new(192, 0, 2, 1).into(), Ipv4Addr::new(192, 0, 2, 2).into());
        let start = Instant::now();
        let mut limiter = Limiter::new(5);
        let passed = (0..100).filter(|_| limiter.allows(loud, start)).count();
        assert_eq!(passed, 10);
        assert!(limiter.allows(quiet, start));

        let later = start + Duration::from_secs(1);
        let passed = (0..100).filter(|_| limiter.allows(loud, later)).count();
        assert_eq!(passed, 5);
    }
}
