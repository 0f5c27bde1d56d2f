use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// 1 January 2026, UTC, in milliseconds: ids begin here and last until 2095.
const EPOCH_MS: i64 = 1_767_225_600_000;
const NODE_BITS: u32 = 9;
const NUMBER_BITS: u32 = 13;

/// A new id: 41 bits of time, 9 of process, 13 of number. Positive, growing within a process.
///
/// From the machine's clock and not from [`Clock`](crate::Clock): a demo that is set back must not
/// make an id twice. Two processes that drew the same number can only meet in the same millisecond,
/// and then the primary key refuses the second.
pub fn new_id() -> i64 {
    static LAST: AtomicI64 = AtomicI64::new(0);
    static NODE: OnceLock<i64> = OnceLock::new();

    let node = *NODE.get_or_init(|| {
        let mut drawn = [0_u8; 2];
        getrandom::fill(&mut drawn).expect("the system gives random numbers");
        i64::from(u16::from_le_bytes(drawn)) & ((1 << NODE_BITS) - 1)
    });
    let now = (Timestamp::now().as_millisecond() - EPOCH_MS) << NUMBER_BITS;
    let next = |last: i64| Some(now.max(last + 1));
    let last = LAST.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).expect("always some");
    let tick = now.max(last + 1);
    let (ms, number) = (tick >> NUMBER_BITS, tick & ((1 << NUMBER_BITS) - 1));
    (ms << (NODE_BITS + NUMBER_BITS)) | (node << NUMBER_BITS) | number
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::new_id;

    #[test]
    fn ids_grow_and_are_never_made_twice() {
        let threads: Vec<_> = (0..4)
            .map(|_| std::thread::spawn(|| (0..20_000).map(|_| new_id()).collect::<Vec<_>>()))
            .collect();
        let mut seen = HashSet::new();
        for thread in threads {
            let ids = thread.join().unwrap();
            assert!(ids.is_sorted() && ids[0] > 0);
            seen.extend(ids);
        }
        assert_eq!(seen.len(), 80_000);
    }
}
