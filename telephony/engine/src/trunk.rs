//! The trunk as data: where it is, who we are there, and how it is now.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use telephony_proto::sdp::{KEY_BYTES, Key};

use crate::message::Login;

/// The way to the public telephone network, or to the union's own PBX.
#[derive(Clone, Deserialize, Serialize)]
pub struct Trunk {
    /// One or two, the most wanted first. A call goes to the first that is up.
    pub hosts: Vec<Host>,
    pub transport: Transport,
    /// What stands behind the `@` of our addresses there, if that is not the name of the host.
    pub domain: Option<String>,
    /// Our account: the number or name that registers, and that calls to us are sent to.
    pub user: String,
    /// For a trunk that asks who we are, on REGISTER and INVITE. Without one it knows us by our address.
    pub login: Option<Login>,
    /// Without it the hosts are only asked whether they are there.
    pub registers: bool,
    /// SRTP and nothing else, in both directions, with keys that travel in the signalling (RFC 4568): as secret as that is,
    /// so of worth with [`Transport::Tls`].
    pub secure_sound: bool,
    /// A file of certificates (PEM) that are trusted beside those of the system.
    pub authority: Option<PathBuf>,
    pub timing: Timing,
}

impl Trunk {
    /// For one leg: what we encrypt its sound with, if we do.
    pub(crate) fn key(&self) -> Option<Key> {
        self.secure_sound.then(|| {
            let mut bytes = [0; KEY_BYTES];
            getrandom::fill(&mut bytes).expect("the system gives random bytes");
            Key::new(bytes)
        })
    }
}

impl fmt::Debug for Trunk {
    /// The account is often a number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trunk")
            .field("hosts", &self.hosts)
            .field("transport", &self.transport)
            .field("registers", &self.registers)
            .field("secure_sound", &self.secure_sound)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Transport {
    Udp,
    Tcp,
    Tls,
}

/// How long, and how often. [`Timing::default`] is for a real trunk; tests take less.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Timing {
    /// How long a registration is to hold. The trunk may grant less; it is renewed after three quarters.
    pub expires: Duration,
    /// How often a host that we do not register at is asked whether it is there, and how often a way through a
    /// translation of addresses is kept open.
    pub look_every: Duration,
    /// A host that says nothing for this long is unreachable; a call then goes to the next one.
    pub answer_max: Duration,
    /// After the first failure; twice as long after each further one.
    pub retry_min: Duration,
    pub retry_max: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            expires: Duration::from_mins(5),
            look_every: Duration::from_secs(30),
            answer_max: Duration::from_secs(5),
            retry_min: Duration::from_secs(2),
            retry_max: Duration::from_mins(1),
        }
    }
}

/// A name or an address, written `sip.example`, `192.0.2.7:5070` or `[2001:db8::1]:5061`.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub struct Host {
    name: String,
    port: Option<u16>,
}

#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0:?} is no name or address of a host")]
pub struct NotAHost(String);

impl Host {
    /// Without the brackets of an IPv6 address.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn port(&self) -> Option<u16> {
        self.port
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.contains(':') {
            write!(f, "[{}]", self.name)?;
        } else {
            f.write_str(&self.name)?;
        }
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl FromStr for Host {
    type Err = NotAHost;

    fn from_str(text: &str) -> Result<Self, NotAHost> {
        let wrong = || NotAHost(text.to_owned());
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self { name: address.to_string(), port: None });
        }
        let (name, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((name, rest)) => {
                name.parse::<Ipv6Addr>().map_err(|_| wrong())?;
                let port = rest.strip_prefix(':');
                if port.is_none() && !rest.is_empty() {
                    return Err(wrong());
                }
                (name, port)
            }
            None => match text.split_once(':') {
                Some((name, port)) => (name, Some(port)),
                None => (text, None),
            },
        };
        let port = port.map(str::parse).transpose().map_err(|_| wrong())?;
        let is_name = |label: &str| {
            !label.is_empty()
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        if port == Some(0) || !(name.contains(':') || name.split('.').all(is_name)) {
            return Err(wrong());
        }
        Ok(Self { name: name.to_owned(), port })
    }
}

/// How a host of the trunk is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum TrunkState {
    /// It registered us, or answers.
    Up,
    Down {
        why: Down,
    },
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
pub enum Down {
    #[error("it does not take our login")]
    WrongPassword,
    #[error("it does not answer")]
    Unreachable,
    #[error("its name has no address")]
    NameNotFound,
    /// Not signed by anybody whom we trust, run out, or made for another name.
    #[error("its certificate is not to be trusted")]
    NotTrusted,
    #[error("it answers {code}")]
    Refused { code: u16 },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_is_read_and_written() {
        for (text, name, port) in [
            ("sip.example", "sip.example", None),
            ("pbx:5070", "pbx", Some(5070)),
            ("192.0.2.7", "192.0.2.7", None),
            ("192.0.2.7:5061", "192.0.2.7", Some(5061)),
            ("[2001:db8::1]", "2001:db8::1", None),
            ("[2001:db8::1]:5061", "2001:db8::1", Some(5061)),
        ] {
            let host: Host = text.parse().unwrap();
            assert_eq!((host.name(), host.port()), (name, port), "{text}");
            assert_eq!(host.to_string(), text);
        }
        assert_eq!("2001:db8::1".parse::<Host>().unwrap().to_string(), "[2001:db8::1]");
    }

    #[test]
    fn what_is_no_host_is_named() {
        for text in [
            "",
            "a b",
            "sip..example",
            "x:",
            "x:0",
            "x:66000",
            "[sip]",
            "[::1]5",
            "sip:a@x",
            "x;y",
            "x:1:2",
        ] {
            assert_eq!(text.parse::<Host>(), Err(NotAHost(text.to_owned())));
        }
    }

    #[test]
    fn account_stays_out_of_logs() {
        let trunk = Trunk {
            hosts: vec!["sip.example".parse().unwrap()],
            transport: Transport::Udp,
            domain: None,
            user: "0851234567".to_owned(),
            login: Some(Login { user: "union".to_owned(), password: "geheim".to_owned() }),
            registers: true,
            secure_sound: false,
            authority: None,
            timing: Timing::default(),
        };
        let printed = format!("{trunk:?}");
        for secret in ["0851234567", "union", "geheim"] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }
}
