//! Values that are kept sealed, such as account numbers: whoever has the database, a backup or a disk, reads nothing.
//!
//! A ring holds one key or more. The newest seals; each opens what it sealed, and says which it was by its number.
//! What is sealed can be looked for by a keyed hash, without opening anything. The ring is text that lies in a file
//! outside the database (`wijland keys`), so that neither is of use without the other.

use std::fmt::Write as _;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key as CipherKey, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

const NONCE: usize = 24;
/// The first line of the file; a later form will say another number.
const HEAD: &str = "wijland keys 1";

/// The keys of one installation. Prints nothing of them.
#[derive(Clone, Default)]
pub struct KeyRing(Vec<Key>);

#[derive(Clone)]
struct Key {
    nr: i64,
    secret: [u8; 32],
}

/// A sealed value, and the number of the key that opens it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sealed {
    pub key: i64,
    pub bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Error {
    #[error("there is no key to seal with: make one with `wijland keys rotate`")]
    NoKey,
    #[error("key {0} is not on the ring: put the file of keys back that belongs to this database")]
    Unknown(i64),
    #[error("what is sealed was changed, or belongs to another row")]
    Broken,
    #[error("the file of keys cannot be read: line {0}")]
    File(usize),
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyRing({} keys)", self.0.len())
    }
}

impl KeyRing {
    /// A ring with one new key.
    #[must_use]
    pub fn new() -> Self {
        let mut ring = Self::default();
        ring.add();
        ring
    }

    /// Reads the text of a file of keys.
    ///
    /// # Errors
    ///
    /// [`Error::File`] names the line, never what stands on it.
    pub fn read(text: &str) -> Result<Self, Error> {
        let mut lines = text.lines().enumerate().filter(|(_, line)| !line.starts_with('#'));
        match lines.next() {
            Some((_, HEAD)) => {}
            other => return Err(Error::File(other.map_or(1, |(nr, _)| nr + 1))),
        }
        let key = |(nr, line): (usize, &str)| {
            let (number, secret) = line.split_once(' ')?;
            let key = Key { nr: number.parse().ok()?, secret: from_hex(secret.trim())? };
            Some((nr, key))
        };
        let mut keys: Vec<Key> = Vec::new();
        for (nr, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
            let (_, key) = key((nr, line)).ok_or(Error::File(nr + 1))?;
            if keys.last().is_some_and(|last| last.nr >= key.nr) {
                return Err(Error::File(nr + 1));
            }
            keys.push(key);
        }
        Ok(Self(keys))
    }

    /// The text for a file that only the program may read.
    #[must_use]
    pub fn written(&self) -> String {
        let mut text = format!(
            "{HEAD}\n# Opens the account numbers and recordings of this installation. Keep a copy, and not beside the backups.\n"
        );
        for Key { nr, secret } in &self.0 {
            let _ = writeln!(text, "{nr} {}", hex(secret));
        }
        text
    }

    /// Adds a key, with which is sealed from now on; gives its number.
    pub fn add(&mut self) -> i64 {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).expect("the system gives random numbers");
        let nr = self.newest().map_or(1, |key| key.nr + 1);
        self.0.push(Key { nr, secret });
        nr
    }

    /// Takes a key off the ring: nothing that it sealed opens any more. Whether it was there.
    pub fn forget(&mut self, nr: i64) -> bool {
        let before = self.0.len();
        self.0.retain(|key| key.nr != nr);
        self.0.len() < before
    }

    /// The numbers of the keys, oldest first.
    pub fn numbers(&self) -> impl Iterator<Item = i64> {
        self.0.iter().map(|key| key.nr)
    }

    fn newest(&self) -> Option<&Key> {
        self.0.last()
    }

    /// Seals a value for one place (a table and a row): put into another place it does not open.
    pub fn seal(&self, place: &str, value: &[u8]) -> Result<Sealed, Error> {
        let key = self.newest().ok_or(Error::NoKey)?;
        Ok(Sealed { key: key.nr, bytes: seal(&key.cipher(), place, value)? })
    }

    /// Opens what was sealed for this place.
    pub fn open(&self, place: &str, sealed: &Sealed) -> Result<Vec<u8>, Error> {
        let key = self.0.iter().find(|key| key.nr == sealed.key);
        let key = key.ok_or(Error::Unknown(sealed.key))?;
        open(&key.cipher(), place, &sealed.bytes)
    }

    /// What a value is found by, kept beside it: of the newest key.
    pub fn look_up(&self, value: &[u8]) -> Result<String, Error> {
        self.newest().map(|key| key.hash(value)).ok_or(Error::NoKey)
    }

    /// The same of every key: while a ring is rotated, rows of each are there.
    #[must_use]
    pub fn look_ups(&self, value: &[u8]) -> Vec<String> {
        self.0.iter().map(|key| key.hash(value)).collect()
    }
}

impl Key {
    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&CipherKey::from(self.derived(b"seal")))
    }

    fn hash(&self, value: &[u8]) -> String {
        hex(&mac(&self.derived(b"look up"), value))
    }

    /// One secret for each use.
    fn derived(&self, what_for: &[u8]) -> [u8; 32] {
        mac(&self.secret, what_for)
    }
}

/// The key of one thing alone, such as a recording that is kept in pieces elsewhere. It lies beside what is known of the thing, sealed
/// by the ring; once it is destroyed, nothing of the thing opens any more, wherever a copy of it may be.
#[derive(Clone)]
pub struct OwnKey([u8; 32]);

impl std::fmt::Debug for OwnKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OwnKey(…)")
    }
}

impl OwnKey {
    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).expect("the system gives random numbers");
        Self(secret)
    }

    /// As it is kept.
    pub fn sealed(&self, ring: &KeyRing, place: &str) -> Result<Sealed, Error> {
        ring.seal(place, &self.0)
    }

    /// As it was kept.
    pub fn opened(ring: &KeyRing, place: &str, sealed: &Sealed) -> Result<Self, Error> {
        ring.open(place, sealed)?.try_into().map(Self).map_err(|_| Error::Broken)
    }

    /// Seals a piece for its place: put into another place it does not open.
    pub fn seal(&self, place: &str, piece: &[u8]) -> Result<Vec<u8>, Error> {
        seal(&self.cipher(), place, piece)
    }

    /// Opens what [`Self::seal`] sealed for this place.
    pub fn open(&self, place: &str, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        open(&self.cipher(), place, bytes)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&CipherKey::from(self.0))
    }
}

fn seal(cipher: &XChaCha20Poly1305, place: &str, value: &[u8]) -> Result<Vec<u8>, Error> {
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce).expect("the system gives random numbers");
    let payload = Payload { msg: value, aad: place.as_bytes() };
    // Fails for a value of 256 GiB only.
    let sealed = cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| Error::Broken)?;
    let mut bytes = nonce.to_vec();
    bytes.extend(sealed);
    Ok(bytes)
}

fn open(cipher: &XChaCha20Poly1305, place: &str, bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let (nonce, rest) = bytes.split_first_chunk::<NONCE>().ok_or(Error::Broken)?;
    let payload = Payload { msg: rest, aad: place.as_bytes() };
    cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| Error::Broken)
}

fn mac(secret: &[u8; 32], text: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a secret of any length will do");
    mac.update(text);
    mac.finalize().into_bytes().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (nr, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[nr * 2..nr * 2 + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_in_its_own_place_only() {
        let ring = KeyRing::new();
        let sealed = ring.seal("accounts 1", b"secret").unwrap();
        assert!(!sealed.bytes.windows(6).any(|part| part == b"secret"));
        assert_eq!(ring.open("accounts 1", &sealed), Ok(b"secret".to_vec()));
        assert_eq!(ring.open("accounts 2", &sealed), Err(Error::Broken));
        let mut changed = sealed.clone();
        *changed.bytes.last_mut().unwrap() ^= 1;
        assert_eq!(ring.open("accounts 1", &changed), Err(Error::Broken));
        assert_ne!(sealed, ring.seal("accounts 1", b"secret").unwrap(), "never the same twice");
    }

    #[test]
    fn a_rotated_ring_opens_old_and_new_and_finds_both() {
        let mut ring = KeyRing::new();
        let (old, old_hash) = (ring.seal("a", b"x").unwrap(), ring.look_up(b"x").unwrap());
        assert_eq!(ring.add(), 2);
        let new = ring.seal("a", b"x").unwrap();
        assert_eq!((old.key, new.key), (1, 2));
        for sealed in [&old, &new] {
            assert_eq!(ring.open("a", sealed).unwrap(), b"x");
        }
        assert_ne!(old_hash, ring.look_up(b"x").unwrap());
        assert!(ring.look_ups(b"x").contains(&old_hash));
        assert!(ring.forget(1) && !ring.forget(1));
        assert_eq!(ring.open("a", &old), Err(Error::Unknown(1)));
        assert_eq!(ring.add(), 3, "a number is not used again");
    }

    #[test]
    fn what_one_key_sealed_another_does_not_open_and_the_key_itself_is_kept_sealed() {
        let ring = KeyRing::new();
        let own = OwnKey::random();
        let piece = own.seal("recordings 1 0", b"what was said").unwrap();
        assert!(!piece.windows(8).any(|part| part == b"what was"));
        let kept = own.sealed(&ring, "recordings 1").unwrap();
        let again = OwnKey::opened(&ring, "recordings 1", &kept).unwrap();
        assert_eq!(again.open("recordings 1 0", &piece).unwrap(), b"what was said");
        assert_eq!(own.open("recordings 1 1", &piece), Err(Error::Broken), "another piece");
        assert_eq!(OwnKey::random().open("recordings 1 0", &piece), Err(Error::Broken));
        assert_eq!(OwnKey::opened(&ring, "recordings 2", &kept).err(), Some(Error::Broken));
        assert_eq!(format!("{own:?}"), "OwnKey(…)");
    }

    #[test]
    fn a_ring_survives_its_file_and_shows_nothing() {
        let mut ring = KeyRing::new();
        ring.add();
        let sealed = ring.seal("a", b"x").unwrap();
        let again = KeyRing::read(&ring.written()).unwrap();
        assert_eq!(again.open("a", &sealed).unwrap(), b"x");
        assert_eq!(format!("{again:?}"), "KeyRing(2 keys)");
        for (text, line) in [
            ("", 1),
            ("something else", 1),
            ("wijland keys 1\n1 abc", 2),
            ("wijland keys 1\n\n2 x", 3),
        ] {
            assert_eq!(KeyRing::read(text).err(), Some(Error::File(line)), "{text}");
        }
        assert_eq!(KeyRing::default().seal("a", b"x"), Err(Error::NoKey));
    }
}
