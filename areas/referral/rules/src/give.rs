//! Handing out invitations to a member, who passes them on.

kernel::codes! {
    /// How a member gets the code. Always to the member: of whoever it is passed on to, nothing is known.
    pub enum Channel {
        Email = "email",
        Sms = "sms",
        /// Printed, to be handed over or put into a letter.
        Card = "card",
    }
}

/// More at once is no longer handing out to people one knows.
pub const NUMBER_MAX: i64 = 20;

/// What is known of the member who would get invitations.
#[expect(clippy::struct_excessive_bools, reason = "facts, each true or not by itself")]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Member {
    pub is_member: bool,
    pub died: bool,
    /// On the staff or the board, where the rules exclude them.
    pub is_excluded: bool,
    /// Can be reached in the way that was chosen.
    pub has_address: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    #[error("from 1 to 20 invitations at once")]
    Number,
    #[error("only a member has a code")]
    NotAMember,
    #[error("this member died")]
    Died,
    #[error("for staff and board there is no premium")]
    Excluded,
    #[error("this member has no address for {0}; choose another way")]
    NoAddress(Channel),
}

/// # Errors
///
/// [`Refused`].
pub fn give(member: Member, number: i64, channel: Channel) -> Result<(), Refused> {
    if !(1..=NUMBER_MAX).contains(&number) {
        return Err(Refused::Number);
    }
    if member.died {
        return Err(Refused::Died);
    }
    if !member.is_member {
        return Err(Refused::NotAMember);
    }
    if member.is_excluded {
        return Err(Refused::Excluded);
    }
    if !member.has_address && channel != Channel::Card {
        return Err(Refused::NoAddress(channel));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMBER: Member =
        Member { is_member: true, died: false, is_excluded: false, has_address: true };

    #[test]
    fn from_one_to_twenty_at_once() {
        for (number, answer) in
            [(0, Err(Refused::Number)), (1, Ok(())), (20, Ok(())), (21, Err(Refused::Number))]
        {
            assert_eq!(give(MEMBER, number, Channel::Email), answer, "{number}");
        }
    }

    #[test]
    fn to_a_member_who_lives_takes_part_and_can_be_reached() {
        let unreached = Member { has_address: false, ..MEMBER };
        for (member, answer) in [
            (Member { died: true, ..MEMBER }, Err(Refused::Died)),
            (Member { is_member: false, ..MEMBER }, Err(Refused::NotAMember)),
            (Member { is_excluded: true, ..MEMBER }, Err(Refused::Excluded)),
            (unreached, Err(Refused::NoAddress(Channel::Sms))),
        ] {
            assert_eq!(give(member, 1, Channel::Sms), answer);
        }
        assert_eq!(give(unreached, 1, Channel::Card), Ok(()), "a card needs no address");
    }
}
