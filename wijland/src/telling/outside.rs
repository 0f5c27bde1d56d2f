//! The world outside the desk: whom the association has its line from, and the members on it.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use kernel::{PhoneNumber, Pii};
use telephony_engine::{
    Browsers, Command, Dial, Engine as Trunk, Event, Events, LegId, Line, Settings, Sound, Through,
};
use tokio::runtime::Handle;
use web::TelephoneSettings;

use super::voice::Voice;
use crate::Failure;

/// What the association is called at, and shows to whom it calls.
const NUMBER: &str = "+31307123456";
/// So long one waits for what is to come.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Outside {
    trunk: Trunk,
    events: Events,
    /// Where the desk is called.
    desk: SocketAddr,
    runtime: Handle,
}

impl Outside {
    /// # Errors
    ///
    /// If no port of this machine is free.
    pub async fn start() -> Result<Self, Failure> {
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let settings = Settings {
            listen: here,
            otherwise: Some(Line::Desk),
            lines: [].into(),
            browsers: Some(Browsers { bind: here, public: Vec::new() }),
            ..Settings::default()
        };
        let (trunk, events) = Trunk::start(settings)
            .await
            .map_err(|error| Failure::told(format!("there is no line for the story: {error}")))?;
        // Nobody listens there yet.
        let desk = UdpSocket::bind(here)
            .and_then(|free| free.local_addr())
            .map_err(Failure::file("no port is free"))?;
        Ok(Self { trunk, events, desk, runtime: Handle::current() })
    }

    /// As the association sets its line up.
    #[must_use]
    pub fn settings(&self) -> TelephoneSettings {
        TelephoneSettings {
            hosts: vec![self.trunk.address().to_string()],
            user: Some(Pii::new(NUMBER.trim_start_matches('+').to_owned())),
            number: Some(Pii::new(NUMBER.to_owned())),
            listen: Some(self.desk.to_string()),
            ..TelephoneSettings::default()
        }
    }

    /// A member with this voice calls the association; heard once that answers.
    pub(super) fn rings(&self, number: &PhoneNumber, voice: u16) -> Result<Voice, Failure> {
        let (leg, member) = self.member(voice)?;
        let call = self.trunk.dial(Dial {
            to: NUMBER.to_owned(),
            from: number.e164().to_owned(),
            through: Through::Udp(self.desk),
            login: None,
            ring_max: PATIENCE,
            sound: Sound::Silence,
        });
        self.speaks(call, leg);
        Ok(member)
    }

    /// A member with this voice is called, and answers; with the number that was called.
    pub(super) fn answers(&mut self, voice: u16) -> Result<(String, Voice), Failure> {
        let (leg, member) = self.member(voice)?;
        let call = loop {
            if let Event::Incoming(call) = self.next()? {
                break call;
            }
        };
        self.trunk.send(call.leg, Command::Ring);
        self.trunk.send(call.leg, Command::Answer(Sound::Silence));
        self.speaks(call.leg, leg);
        Ok((call.to, member))
    }

    fn member(&self, voice: u16) -> Result<(LegId, Voice), Failure> {
        let mut leg = None;
        let member = Voice::connect(voice, |offer| {
            let connected = self.runtime.block_on(self.trunk.connect(offer));
            let (of, answer) = connected
                .map_err(|error| Failure::told(format!("a member has no telephone: {error}")))?;
            leg = Some(of);
            Ok(answer)
        })?;
        Ok((leg.expect("it answered"), member))
    }

    fn speaks(&self, call: LegId, member: LegId) {
        self.trunk.send(call, Command::Hear { section: 0, from: vec![member] });
        self.trunk.send(member, Command::Hear { section: 0, from: vec![call] });
    }

    fn next(&mut self) -> Result<Event, Failure> {
        let next = self.runtime.block_on(tokio::time::timeout(PATIENCE, self.events.recv()));
        let nothing = || Failure::told("nobody called a member");
        next.map_err(|_| nothing())?.ok_or_else(nothing)
    }
}
