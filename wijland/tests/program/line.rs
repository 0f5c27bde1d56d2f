//! The line to the public telephone network: an engine on this machine is the provider.

use std::cell::{Cell, RefCell};
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use kernel::{Actor, Pii, QueueId};
use telephone::queue::{NewNumber, keep_number};
use telephony_engine::{
    Account, Command, Dial, Engine, Event, Events, LegId, Line, Settings, Sound, Through,
};
use web::TelephoneSettings;

use crate::harness::{World, on_each_engine_set};

const ACCOUNT: &str = "31307123456";
const PASSWORD: &str = "lijn-geheim";

/// Whom the association has its line from.
pub(crate) struct Provider {
    engine: Engine,
    events: Events,
}

impl Provider {
    pub(crate) async fn start() -> Self {
        let settings = Settings {
            listen: "127.0.0.1:0".parse().unwrap(),
            otherwise: Some(Line::Desk),
            lines: [].into(),
            accounts: vec![Account { name: ACCOUNT.into(), password: PASSWORD.into() }],
            ..Settings::default()
        };
        let (engine, events) = Engine::start(settings).await.unwrap();
        Self { engine, events }
    }

    /// As the association sets its line up.
    pub(crate) fn settings(&self) -> TelephoneSettings {
        TelephoneSettings {
            hosts: vec![self.engine.address().to_string()],
            user: Some(Pii::new(ACCOUNT.into())),
            password: Some(Pii::new(PASSWORD.into())),
            number: Some(Pii::new("+31307123456".into())),
            listen: Some(free().to_string()),
            ..TelephoneSettings::default()
        }
    }

    async fn next(&mut self) -> Event {
        let next = tokio::time::timeout(Duration::from_secs(20), self.events.recv());
        next.await.expect("in time").expect("the engine lives")
    }

    /// Waits until the association is there.
    pub(crate) async fn is_registered(&mut self) {
        let there = Event::Registered { account: ACCOUNT.into(), reachable: true };
        while self.next().await != there {}
    }

    /// Somebody rings this number of the association; what becomes of it.
    async fn rings(&mut self, at: SocketAddr, number: &str) -> Event {
        let leg = self.engine.dial(Dial {
            to: number.into(),
            from: "+31612345678".into(),
            through: Through::Udp(at),
            login: None,
            ring_max: Duration::from_secs(20),
            sound: Sound::Silence,
        });
        loop {
            match self.next().await {
                told @ (Event::Ringing(of) | Event::Failed { leg: of, .. }) if of == leg => {
                    self.engine.send(leg, Command::HangUp);
                    return told;
                }
                _ => {}
            }
        }
    }
}

/// A port that nobody listens at.
fn free() -> SocketAddr {
    UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port")
}

/// The telephone of this world, until it is dropped.
pub(crate) struct On(tokio::task::JoinHandle<()>);

impl On {
    pub(crate) fn turn(world: &World) -> Self {
        Self(tokio::spawn(telephone::run(world.app.clone())))
    }
}

impl Drop for On {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn leads(world: &World, dialled: &'static str) {
    let queue = QueueId(world.count("select min(id) as value from queues").await);
    let number = NewNumber { dialled: dialled.into(), queue, campaign: None, label: String::new() };
    let kept = world.db.write(Actor::SYSTEM, async |tx| keep_number(tx, &number).await).await;
    kept.expect("a number");
}

/// A provider for each world of a test: one that knows a world's account keeps calling that.
pub(crate) struct Providers {
    waiting: RefCell<Vec<Provider>>,
    now: RefCell<Option<Provider>>,
    here: Cell<Option<SocketAddr>>,
}

impl Providers {
    pub(crate) async fn start() -> Self {
        let waiting = vec![Provider::start().await, Provider::start().await];
        Self { waiting: RefCell::new(waiting), now: RefCell::default(), here: Cell::default() }
    }

    /// The line of the next world.
    pub(crate) fn next(&self) -> TelephoneSettings {
        let provider = self.waiting.borrow_mut().pop().expect("a world is one of two engines");
        let settings = provider.settings();
        self.here.set(settings.listen.as_ref().and_then(|listen| listen.parse().ok()));
        self.now.replace(Some(provider));
        settings
    }

    pub(crate) fn now(&self) -> Provider {
        self.now.borrow_mut().take().expect("the line of this world is set")
    }

    /// Where the program of this world is called.
    fn here(&self) -> SocketAddr {
        self.here.get().expect("the line of this world is set")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_line_is_up_with_the_program_and_only_our_numbers_are_answered() {
    let providers = Providers::start().await;
    let set = |settings: &mut web::Settings| settings.telephone = providers.next();
    on_each_engine_set(set, async |world| {
        let _on = On::turn(&world);
        let mut provider = providers.now();
        provider.is_registered().await;
        let here = providers.here();

        let is_ringing = |told: &Event| matches!(told, Event::Ringing(LegId(_)));
        assert!(is_ringing(&provider.rings(here, ACCOUNT).await), "the account");
        assert!(is_ringing(&provider.rings(here, "+31307123456").await), "what we show");
        let nobodys = provider.rings(here, "+31307654321").await;
        assert!(matches!(nobodys, Event::Failed { code: 404, .. }), "{nobodys:?}");
        let nobodys = provider.rings(here, "echo").await;
        assert!(matches!(nobodys, Event::Failed { code: 404, .. }), "{nobodys:?}");
        // A number is ours from the moment that it leads somewhere.
        leads(&world, "+31307654321").await;
        assert!(is_ringing(&provider.rings(here, "+31307654321").await), "of a queue");
    })
    .await;
}
