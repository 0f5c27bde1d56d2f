//! What kept members of the demo union in the year before its story: invented, as many of it as there are invented members.

/// Of so many cases in which an argument was brought forward against a reason, so many members stayed.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    pub reason: i64,
    pub argument: i64,
    pub cases: usize,
    pub stayed: usize,
}

const fn kept(reason: i64, argument: i64, cases: usize, stayed: usize) -> Kept {
    Kept { reason, argument, cases, stayed }
}

/// By the numbers of the reasons and arguments that the program comes with.
pub const YEAR: &[Kept] =
    &[kept(1, 1, 106, 68), kept(1, 2, 94, 48), kept(1, 3, 70, 33), kept(1, 4, 48, 18)];
