//! What is counted: measures, of whom, and along which line they are told apart.

use crate::Month;

kernel::codes! {
    /// Of whom or what a number is. Persons and organisations are universes of their own.
    pub enum Universe {
        Persons = "persons",
        Organisations = "organisations",
        /// What colleagues do.
        Work = "work",
    }
}

kernel::codes! {
    /// One number per month. Those of members follow from what is known of each of them; the rest is counted from the log.
    pub enum Measure {
        /// Active at the end of the last day, or of today.
        Members = "members",
        JoinedNew = "joined_new",
        /// Came back after more days than the rule bridges.
        JoinedAgain = "joined_again",
        /// From another union or association.
        JoinedTransfer = "joined_transfer",
        /// Came back within those days: left and came, and is no new member.
        Resumed = "resumed",
        LeftCancelled = "left_cancelled",
        LeftDeceased = "left_deceased",
        LeftArrears = "left_arrears",
        LeftExpelled = "left_expelled",
        LeftTransfer = "left_transfer",
        /// Active now and twelve months before, without a longer gap; where the member stood then.
        Kept12 = "kept_12",
        /// Active now, in a membership that began less than twelve months ago.
        New12 = "new_12",
        /// Active, with a contact of both sides in this month or the eleven before.
        Covered12 = "covered_12",
        Covered24 = "covered_24",
        /// Active, and visited in this month or the twenty-three before.
        Visited24 = "visited_24",
        WithEmail = "with_email",
        WithMobile = "with_mobile",
        WithAddress = "with_address",
        /// Joined in the month of the cohort.
        CohortJoined = "cohort_joined",
        /// Of that cohort, left in this month.
        CohortLeft = "cohort_left",
        /// The promised day lies in this month, and the agreement was not dropped.
        AgreementsDue = "agreements_due",
        /// Of those, done on that day or before.
        AgreementsInTime = "agreements_in_time",
        Conversations = "conversations",
        Attempts = "attempts",
        NewMembers = "new_members",
        RetainedMembers = "retained_members",
        Cancellations = "cancellations",
        CallbacksMade = "callbacks_made",
        CallbacksKept = "callbacks_kept",
        CallbacksKeptOnTime = "callbacks_kept_on_time",
        Visits = "visits",
        Wishes = "wishes",
        WishesTold = "wishes_told",
        WishesSolved = "wishes_solved",
    }
}

impl Measure {
    /// Known as it is now only: what it was last month nobody can count again.
    #[must_use]
    pub fn is_snapshot(self) -> bool {
        matches!(self, Self::WithEmail | Self::WithMobile | Self::WithAddress)
    }
}

/// Along which line a number is told apart. One at a time: several at once would be millions of rows.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Dim {
    All,
    Sector(String),
    /// The number of the contact norm.
    Class(i64),
    Team(i64),
    User(i64),
    /// Who joined in this month.
    Cohort(Month),
}

impl Dim {
    /// As it is stored: the line and the place on it.
    #[must_use]
    pub fn stored(&self) -> (&'static str, String) {
        match self {
            Self::All => ("all", String::new()),
            Self::Sector(sector) => ("sector", sector.clone()),
            Self::Class(nr) => ("class", nr.to_string()),
            Self::Team(id) => ("team", id.to_string()),
            Self::User(id) => ("user", id.to_string()),
            Self::Cohort(month) => ("cohort", month.to_string()),
        }
    }

    #[must_use]
    pub fn read(dim: &str, key: &str) -> Option<Self> {
        Some(match dim {
            "all" => Self::All,
            "sector" => Self::Sector(key.to_owned()),
            "class" => Self::Class(key.parse().ok()?),
            "team" => Self::Team(key.parse().ok()?),
            "user" => Self::User(key.parse().ok()?),
            "cohort" => Self::Cohort(key.parse().ok()?),
            _ => return None,
        })
    }
}

/// One number.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Cell {
    pub universe: Universe,
    pub measure: Measure,
    pub dim: Dim,
    pub month: Month,
}
