//! What a report holds, field by field. A value that somebody else wrote is never silently overwritten (V4).

use jiff::civil::Date;

kernel::codes! {
    /// One field of a report; each has a history of its own.
    pub enum Field {
        /// Ids of persons, with a comma between.
        Spoke = "spoke",
        /// Ids of themes, with a comma between.
        Topics = "topics",
        /// What lives there, in words.
        Lives = "lives",
        /// How content the member is with us: 1 to 5.
        Mood = "mood",
        /// When to come again: a day.
        Again = "again",
    }
}

kernel::codes! {
    pub enum State {
        Planned = "planned",
        Reported = "reported",
        NotMet = "not_met",
        Dropped = "dropped",
    }
}

kernel::codes! {
    /// Why nobody was met.
    pub enum NotMetWhy {
        Closed = "closed",
        NobodyThere = "nobody_there",
        NoTime = "no_time",
        WrongAddress = "wrong_address",
    }
}

kernel::codes! {
    /// Why a plan was dropped.
    pub enum DropWhy {
        NoNeed = "no_need",
        MemberLeft = "member_left",
        Other = "other",
    }
}

/// A value that somebody writes, and what stood there when it was written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Write {
    pub field: Field,
    pub value: String,
    /// The number of the value that was seen; 0 if there was none.
    pub seen_nr: i64,
}

/// What stands there now.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Stands {
    /// Counts the values of this field; 0 if there is none yet.
    pub nr: i64,
    pub value: String,
}

/// What becomes of a write.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Merged {
    /// It is written as value number `nr`.
    Written { nr: i64 },
    /// It says what stands there already.
    Same,
    /// Somebody wrote something else meanwhile: both are kept, and somebody chooses.
    Conflict,
}

/// Merges one write with what stands there.
#[must_use]
pub fn merge(write: &Write, stands: &Stands) -> Merged {
    if write.value == stands.value {
        Merged::Same
    } else if write.seen_nr == stands.nr {
        Merged::Written { nr: stands.nr + 1 }
    } else {
        Merged::Conflict
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    #[error("a visit is reported on its day or later")]
    DayToCome,
    #[error("say whom you spoke to")]
    Nobody,
    #[error("somebody new needs a surname, and a number that can be dialled")]
    Name,
    #[error("choose 1 to 5")]
    Mood,
    #[error("this is no day, or one that is past")]
    Again,
    #[error("not understood")]
    Ids,
    #[error("it is over already")]
    Over,
    #[error("this day is past")]
    DayPast,
}

/// Whether a value makes sense in its field.
///
/// # Errors
///
/// [`Refused`]
pub fn check(field: Field, value: &str, visited_on: Date) -> Result<(), Refused> {
    let ids = |value: &str| value.split(',').all(|id| id.parse::<i64>().is_ok());
    match field {
        Field::Spoke if value.is_empty() => Err(Refused::Nobody),
        Field::Spoke if !ids(value) => Err(Refused::Ids),
        Field::Topics if !value.is_empty() && !ids(value) => Err(Refused::Ids),
        Field::Mood if !value.is_empty() && !matches!(value, "1" | "2" | "3" | "4" | "5") => {
            Err(Refused::Mood)
        }
        Field::Again if !value.is_empty() => match value.parse::<Date>() {
            Ok(day) if day >= visited_on => Ok(()),
            _ => Err(Refused::Again),
        },
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_who_write_the_same_field_both_keep_their_words() {
        let write =
            |value: &str, seen_nr| Write { field: Field::Lives, value: value.into(), seen_nr };
        let stands = Stands { nr: 2, value: "Van 80 naar 95 procent".into() };
        assert_eq!(merge(&write("Artikel 7", 2), &stands), Merged::Written { nr: 3 });
        assert_eq!(merge(&write("Artikel 7", 1), &stands), Merged::Conflict);
        // The same words twice, as after a lost answer, are no conflict.
        assert_eq!(merge(&write("Van 80 naar 95 procent", 1), &stands), Merged::Same);
    }

    #[test]
    fn every_field_says_what_it_takes() {
        let on: Date = "2026-12-03".parse().unwrap();
        let table = [
            (Field::Spoke, "", Err(Refused::Nobody)),
            (Field::Spoke, "12,13", Ok(())),
            (Field::Spoke, "12,Tom", Err(Refused::Ids)),
            (Field::Topics, "", Ok(())),
            (Field::Topics, "Franchise", Err(Refused::Ids)),
            (Field::Lives, "", Ok(())),
            (Field::Mood, "", Ok(())),
            (Field::Mood, "5", Ok(())),
            (Field::Mood, "6", Err(Refused::Mood)),
            (Field::Again, "2027-06-03", Ok(())),
            (Field::Again, "2026-12-02", Err(Refused::Again)),
            (Field::Again, "morgen", Err(Refused::Again)),
        ];
        for (field, value, expected) in table {
            assert_eq!(check(field, value, on), expected, "{field} {value}");
        }
    }
}
