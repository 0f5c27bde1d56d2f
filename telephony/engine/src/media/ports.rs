//! Which port the next leg takes.

use std::ops::RangeInclusive;

/// Even ports, one after the other: a port that was just given back is the last to be taken again, so that late packets
/// of the call before are not heard in the next.
pub(super) struct Ports {
    first: u16,
    last: u16,
    next: u16,
}

impl Ports {
    pub(super) fn new(range: &RangeInclusive<u16>) -> Self {
        let first = range.start().saturating_add(range.start() % 2);
        Self { first, last: *range.end(), next: first }
    }

    /// Every port once, beginning after the last one that was taken.
    pub(super) fn round(&mut self) -> impl Iterator<Item = u16> {
        let count = (usize::from(self.last.saturating_sub(self.first)) / 2) + 1;
        (0..count).map(|_| {
            let port = self.next;
            self.next = match port.checked_add(2) {
                Some(next) if next <= self.last => next,
                _ => self.first,
            };
            port
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_even_and_come_round() {
        let mut ports = Ports::new(&(31_001..=31_007));
        assert_eq!(ports.round().next(), Some(31_002));
        assert_eq!(ports.round().collect::<Vec<_>>(), [31_004, 31_006, 31_002]);
        let mut top = Ports::new(&(65_532..=65_535));
        assert_eq!(top.round().collect::<Vec<_>>(), [65_532, 65_534]);
    }
}
