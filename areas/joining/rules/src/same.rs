//! Whether somebody who signs up is somebody that we know.

/// What two people have in common.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about two people")]
pub struct Alike {
    /// Surname and the first letter of the given name.
    pub name: bool,
    pub birth: bool,
    pub email: bool,
    pub phone: bool,
    pub account: bool,
}

impl Alike {
    /// Worth a look: families share a telephone and an account, and many have one birthday.
    #[must_use]
    pub fn is_shown(self) -> bool {
        self.email || self.phone || self.account || (self.name && self.birth)
    }

    /// Most likely the same person: who signs up as a member of the same name does so once.
    #[must_use]
    pub fn is_likely(self) -> bool {
        self.name && (self.birth || self.email || self.phone || self.account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_shown_and_a_namesake_on_the_same_number_is_likely() {
        let none = Alike::default();
        for (alike, shown, likely) in [
            (none, false, false),
            (Alike { name: true, ..none }, false, false),
            (Alike { birth: true, ..none }, false, false),
            (Alike { phone: true, ..none }, true, false),
            (Alike { email: true, ..none }, true, false),
            (Alike { account: true, birth: true, ..none }, true, false),
            (Alike { name: true, birth: true, ..none }, true, true),
            (Alike { name: true, email: true, ..none }, true, true),
            (Alike { name: true, account: true, ..none }, true, true),
        ] {
            assert_eq!((alike.is_shown(), alike.is_likely()), (shown, likely), "{alike:?}");
        }
    }
}
