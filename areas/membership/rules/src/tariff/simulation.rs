use std::collections::BTreeMap;

use kernel::Cents;

use super::Priced;

/// What a new version would do, over everybody.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Simulation {
    pub members: i64,
    /// Of whom no amount can be told, before or after.
    pub without: i64,
    pub before: Cents,
    pub after: Cents,
    pub up: i64,
    pub down: i64,
    /// From which class to which.
    pub moves: BTreeMap<(String, String), Move>,
}

/// Those who go from one class to another, or stay in one; amounts are their sums.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Move {
    pub members: i64,
    pub before: Cents,
    pub after: Cents,
}

impl Simulation {
    pub fn add(&mut self, before: Option<&Priced>, after: Option<&Priced>) {
        self.members += 1;
        let (Some(before), Some(after)) = (before, after) else {
            self.without += 1;
            return;
        };
        // Amounts for a year, so that a month and a quarter compare.
        let yearly = |priced: &Priced| Cents(priced.cents.0 * 12 / priced.per.months());
        let (was, is) = (yearly(before), yearly(after));
        self.before = self.before + was;
        self.after = self.after + is;
        self.up += i64::from(is > was);
        self.down += i64::from(is < was);
        let moved = self.moves.entry((before.class.clone(), after.class.clone())).or_default();
        moved.members += 1;
        moved.before = moved.before + was;
        moved.after = moved.after + is;
    }
}
