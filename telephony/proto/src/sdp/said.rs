//! What we said last in one dialog.

use super::write::{common_address, on_the_internet};
use super::{Description, Media};

/// Keeps the version of `o=`: it rises when, and only when, something else is said (RFC 3264 §8).
#[derive(Clone, Debug)]
pub struct Said {
    id: u64,
    version: u64,
    media: Vec<Media>,
}

impl Said {
    /// For a dialog in which nothing was said. The id is to be random and below 2^62 (RFC 3264 §5).
    pub fn new(id: u64) -> Self {
        Self { id, version: 0, media: Vec::new() }
    }

    /// What was said last; empty if nothing was.
    pub fn media(&self) -> &[Media] {
        &self.media
    }

    /// The text that says `media`.
    #[must_use]
    pub fn say(&mut self, media: Vec<Media>) -> String {
        if self.version == 0 || self.media != media {
            self.version += 1;
            self.media = media;
        }
        self.again()
    }

    /// The same text again, as a refresh of the session asks for (RFC 4028 §7.4).
    pub fn again(&self) -> String {
        let address = on_the_internet(common_address(&self.media));
        let origin = format!("- {} {} {address}", self.id, self.version);
        Description { origin, media: self.media.clone() }.write()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::g711::Law;
    use crate::sdp::{Direction, Ours, offer};

    #[test]
    fn the_version_rises_only_when_something_else_is_said() {
        let mut said = Said::new(9);
        let mut say = |direction| {
            let at = "192.0.2.1:4000".parse().unwrap();
            let ours = Ours { at, laws: vec![Law::A], direction, key: None };
            let text = said.say(offer(&ours, said.media()));
            assert_eq!(text, said.again());
            text.lines().nth(1).unwrap().to_owned()
        };
        assert_eq!(say(Direction::SendRecv), "o=- 9 1 IN IP4 192.0.2.1");
        assert_eq!(say(Direction::SendRecv), "o=- 9 1 IN IP4 192.0.2.1");
        assert_eq!(say(Direction::SendOnly), "o=- 9 2 IN IP4 192.0.2.1");
        assert_eq!(say(Direction::SendRecv), "o=- 9 3 IN IP4 192.0.2.1");
    }
}
