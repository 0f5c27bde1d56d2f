//! Whether money may be collected from an account (docs/states-membership.md §3).

use jiff::ToSpan as _;
use jiff::civil::Date;

kernel::codes! {
    /// How somebody gave a mandate.
    pub enum Method {
        /// Said on the telephone.
        Voice = "voice",
        Web = "web",
        Paper = "paper",
        /// Digitaal Incassomachtigen, given at the member's own bank.
        Emandate = "emandate",
    }
}

impl Method {
    /// Whether the bank of the member accepts it as proof, up to 13 months later. Source: domain facts §6.1,
    /// `sdd.mandate.channel_safety`.
    #[must_use]
    pub fn is_moi_safe(self) -> bool {
        matches!(self, Self::Paper | Self::Emandate)
    }
}

kernel::codes! {
    pub enum State {
        /// Given, not signed.
        Provisional = "provisional",
        Signed = "signed",
        Ended = "ended",
    }
}

kernel::codes! {
    pub enum Ended {
        ByMember = "by_member",
        Replaced = "replaced",
        Expired = "expired",
        RefusedByBank = "refused_by_bank",
    }
}

kernel::codes! {
    /// By what a member told us something, or confirmed it.
    pub enum Channel {
        Phone = "phone",
        Email = "email",
        Sms = "sms",
        Letter = "letter",
        /// A signed link, or the pages of the member's own.
        Link = "link",
        /// Face to face, with a proof of who it is.
        InPerson = "in_person",
    }
}

/// A reference of at most 35 characters that the bank's character set has.
///
/// Source: EPC217-08: letters, digits and `/-?:().,'+` and space; no `/` at an end, no `//`.
#[must_use]
pub fn is_reference(text: &str) -> bool {
    (1..=35).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "/-?:().,'+ ".contains(c))
        && !text.starts_with(['/', ' '])
        && !text.ends_with(['/', ' '])
        && !text.contains("//")
}

/// The last day on which may be collected: so many months after the last collection, or after the mandate was given
/// if nothing was collected yet. The day itself is included.
#[must_use]
pub fn usable_until(last_used_on: Date, expiry_months: i64) -> Date {
    last_used_on.checked_add(expiry_months.months()).unwrap_or(Date::MAX)
}

/// A change of the account that waits for a second word.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Amendment {
    pub asked_by: Channel,
}

/// Why an account is not changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unconfirmed {
    #[error(
        "it was asked by {0}: confirm it by another way, so that nobody changes an account with one call"
    )]
    SameChannel(Channel),
}

/// Whether `confirmed_by` is another way than the one by which it was asked: nobody changes an account by one call
/// or one mail alone (M2).
pub fn confirm(amendment: Amendment, confirmed_by: Channel) -> Result<(), Unconfirmed> {
    if confirmed_by == amendment.asked_by {
        Err(Unconfirmed::SameChannel(confirmed_by))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mandate_lasts_36_months_to_the_day() {
        for (last, until) in [
            ("2023-11-24", "2026-11-24"),
            ("2023-11-30", "2026-11-30"),
            // A day that the month does not have is its last.
            ("2024-02-29", "2027-02-28"),
        ] {
            assert_eq!(usable_until(last.parse().unwrap(), 36).to_string(), until);
        }
    }

    #[test]
    fn references_are_those_of_banks() {
        for (text, fine) in [
            ("WL-12345", true),
            ("2019/00017", true),
            (&"A".repeat(35), true),
            (&"A".repeat(36), false),
            ("", false),
            ("/A", false),
            ("A//B", false),
            ("A/", false),
            ("Ä1", false),
            ("A_1", false),
        ] {
            assert_eq!(is_reference(text), fine, "{text}");
        }
    }

    #[test]
    fn one_way_alone_never_changes_an_account() {
        for asked_by in Channel::ALL.iter().copied() {
            for by in Channel::ALL.iter().copied() {
                assert_eq!(confirm(Amendment { asked_by }, by).is_ok(), asked_by != by);
            }
        }
    }

    #[test]
    fn only_paper_and_the_bank_s_own_are_proof() {
        let safe: Vec<&str> = Method::ALL
            .iter()
            .filter(|method| method.is_moi_safe())
            .map(|method| method.code())
            .collect();
        assert_eq!(safe, ["paper", "emandate"]);
    }
}
