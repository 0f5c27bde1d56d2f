//! The world outside the desk: whom the association has its line from, and members on it with real sound, who press keys.

use std::net::SocketAddr;
use std::sync::mpsc;

use telephony_browser::Client;
use telephony_engine::{
    Browsers, Command, Dial, Engine, Event, Events, Incoming, LegId, Line, Settings, Sound, Through,
};
use telephony_proto::dtmf::Key;
use web::TelephoneSettings;

use crate::telephone::PATIENCE;

const NUMBER: &str = "+31307123456";
pub(crate) const ARSLAN: &str = "+31612345678";
pub(crate) const VAN_VLIET: &str = "+31575123456";

/// Whom the association has its line from, with members on it.
pub(crate) struct Outside {
    pub(crate) engine: Engine,
    events: Events,
    desk: SocketAddr,
}

/// A member with a telephone in the hand, until it is dropped.
pub(crate) struct Member {
    pub(crate) call: LegId,
    pub(crate) keys: mpsc::Sender<char>,
}

impl Outside {
    async fn start() -> Self {
        let here: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let settings = Settings {
            listen: here,
            otherwise: Some(Line::Desk),
            lines: [].into(),
            browsers: Some(Browsers { bind: here, public: Vec::new() }),
            ..Settings::default()
        };
        let (engine, events) = Engine::start(settings).await.unwrap();
        let desk = std::net::UdpSocket::bind(here).unwrap().local_addr().unwrap();
        Self { engine, events, desk }
    }

    fn settings(&self) -> TelephoneSettings {
        TelephoneSettings {
            hosts: vec![self.engine.address().to_string()],
            user: Some(kernel::Pii::new("31307123456".into())),
            number: Some(kernel::Pii::new(NUMBER.into())),
            listen: Some(self.desk.to_string()),
            ..TelephoneSettings::default()
        }
    }

    pub(crate) async fn rings(&self, number: &str) -> Member {
        let (mut client, offer) = Client::offers();
        let (leg, answer) = self.engine.connect(offer).await.unwrap();
        client.takes(&answer);
        let (keys, pressed) = mpsc::channel::<char>();
        std::thread::spawn(move || {
            client.is_connected_soon();
            loop {
                client.speaks(2, |_| 0xd5);
                match pressed.try_recv() {
                    Ok(key) => client.presses(Key::of_char(key).unwrap()),
                    Err(mpsc::TryRecvError::Empty) => {}
                    Err(mpsc::TryRecvError::Disconnected) => return,
                }
            }
        });
        let call = self.engine.dial(Dial {
            to: NUMBER.into(),
            from: number.into(),
            through: Through::Udp(self.desk),
            login: None,
            ring_max: PATIENCE,
            sound: Sound::Silence,
        });
        self.engine.send(call, Command::Hear { section: 0, from: vec![leg] });
        self.engine.send(leg, Command::Hear { section: 0, from: vec![call] });
        Member { call, keys }
    }

    pub(crate) async fn hears_of(&mut self, is_it: impl Fn(&Event) -> bool) -> Event {
        let found = async {
            loop {
                let event = self.events.recv().await.expect("the engine lives");
                if is_it(&event) {
                    return event;
                }
            }
        };
        tokio::time::timeout(PATIENCE, found).await.expect("in time")
    }

    pub(crate) async fn is_over(&mut self, call: LegId) {
        self.hears_of(|event| matches!(event, Event::Ended { leg, .. } if *leg == call)).await;
    }

    pub(crate) async fn is_answered(&mut self, call: LegId) {
        self.hears_of(|event| *event == Event::Answered(call)).await;
    }

    /// The desk calls a number.
    pub(crate) async fn is_called(&mut self) -> Incoming {
        match self.hears_of(|event| matches!(event, Event::Incoming(_))).await {
            Event::Incoming(call) => call,
            other => unreachable!("{other:?} was not looked for"),
        }
    }
}

/// One world outside for each world of a test.
pub(crate) struct Outsides(std::cell::RefCell<Vec<Outside>>);

impl Outsides {
    pub(crate) async fn start() -> Self {
        Self(vec![Outside::start().await, Outside::start().await].into())
    }

    pub(crate) fn line(&self) -> TelephoneSettings {
        self.0.borrow().last().expect("two engines").settings()
    }

    pub(crate) fn next(&self) -> Outside {
        self.0.borrow_mut().pop().expect("two engines")
    }
}
