//! Whether somebody who joins with a code counts as recruited by its member (docs/states-membership.md §5, join).

use jiff::ToSpan as _;
use jiff::civil::Date;

/// What is known of somebody who joins with a code, and of the member whose code it is.
#[expect(clippy::struct_excessive_bools, reason = "facts, each true or not by itself")]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Newcomer {
    pub is_referrer: bool,
    /// Pays from an account that is known as the referrer's.
    pub same_account: bool,
    /// Either is on the staff or the board, where the rules exclude them.
    pub is_excluded: bool,
    /// The last day of an earlier membership; of one that still runs, [`Date::MAX`].
    pub left: Option<Date>,
    /// Somebody's code was named for this new member before.
    pub is_referred: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotJoined {
    #[error("nobody recruits oneself")]
    Oneself,
    #[error("the new member pays from the referrer's account")]
    SameAccount,
    #[error("for staff and board there is no premium")]
    Excluded,
    #[error("whoever was a member within {months} months is not new")]
    WasMember { months: i64 },
    #[error("another code was named for this new member")]
    AlreadyReferred,
}

/// `lookback_months` is how long ago somebody must have left to be new again (rule `referral.lookback_months`): on the day so
/// many months after the last one not yet, the day after it is.
///
/// # Errors
///
/// [`NotJoined`]: the sign-up goes on, without a referrer.
pub fn join(newcomer: Newcomer, today: Date, lookback_months: i64) -> Result<(), NotJoined> {
    let Newcomer { is_referrer, same_account, is_excluded, left, is_referred } = newcomer;
    if is_referrer {
        return Err(NotJoined::Oneself);
    }
    if is_referred {
        return Err(NotJoined::AlreadyReferred);
    }
    if is_excluded {
        return Err(NotJoined::Excluded);
    }
    if same_account {
        return Err(NotJoined::SameAccount);
    }
    // So long after the last possible day that it cannot be written is later than today.
    let until = left.map(|left| left.checked_add(lookback_months.months()).unwrap_or(Date::MAX));
    if until.is_some_and(|until| today <= until) {
        return Err(NotJoined::WasMember { months: lookback_months });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn who_left_is_new_after_36_months() {
        for (left, is_new) in [
            (None, true),
            (Some(day("2023-11-23")), true),
            (Some(day("2023-11-24")), false),
            (Some(day("2026-11-23")), false),
            (Some(Date::MAX), false),
        ] {
            let newcomer = Newcomer { left, ..Newcomer::default() };
            let joined = join(newcomer, day("2026-11-24"), 36);
            assert_eq!(joined.is_ok(), is_new, "{left:?}");
        }
    }

    #[test]
    fn nobody_earns_from_oneself_or_twice() {
        let other = Newcomer::default();
        for (newcomer, why) in [
            (Newcomer { is_referrer: true, ..other }, NotJoined::Oneself),
            (Newcomer { same_account: true, ..other }, NotJoined::SameAccount),
            (Newcomer { is_excluded: true, ..other }, NotJoined::Excluded),
            (Newcomer { is_referred: true, ..other }, NotJoined::AlreadyReferred),
        ] {
            assert_eq!(join(newcomer, day("2026-11-24"), 36), Err(why));
        }
        assert_eq!(join(other, day("2026-11-24"), 36), Ok(()));
    }
}
