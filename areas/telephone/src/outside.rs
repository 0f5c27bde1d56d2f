//! The outside world of the demo, on this machine: an engine of its own, to which the desk's calls go as they would to a trunk, and
//! from which members ring. Nothing of it runs in real use.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use telephony_engine::{
    Command, Dial, Engine as Trunk, Event, Events, LegId, Line, Settings, Sound, Through,
};
use web::App;

use crate::settings::{self, DESK};
use crate::telephone::Telephone;

#[derive(Clone, Default)]
pub(crate) struct Outside(Arc<OnceLock<World>>);

struct World {
    engine: Trunk,
    desk: SocketAddr,
    /// The numbers of those who ring when asked to.
    callers: Vec<String>,
}

impl World {
    /// What whoever has this number says.
    fn voice(&self, number: &str) -> Sound {
        let nr = self.callers.iter().position(|caller| caller == number);
        let nr = nr.and_then(|nr| u16::try_from(nr).ok()).unwrap_or(0);
        Sound::Tone(SPEAKS + nr % VOICES * APART)
    }
}

/// So long it rings at a member's before somebody answers.
const ANSWERS_AFTER: Duration = Duration::from_secs(3);
/// What a member says, in hertz: none of it is a note of the music on hold.
const SPEAKS: u16 = 440;
/// Those who ring when asked to are told apart: each says something of its own.
const APART: u16 = 160;
const VOICES: u16 = 3;
/// So long a member lets it ring.
const PATIENCE: Duration = Duration::from_mins(5);

impl Outside {
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.0.get().map(|world| world.engine.address())
    }

    /// Where a softphone on this machine calls.
    pub(crate) fn desk(&self) -> Option<SocketAddr> {
        self.0.get().map(|world| world.desk)
    }

    /// Somebody with this number rings the desk; `false` outside the demo.
    pub(crate) fn rings(&self, number: &str) -> bool {
        let Some(world) = self.0.get() else { return false };
        let World { engine, desk, .. } = world;
        engine.dial(Dial {
            to: DESK.to_owned(),
            from: number.to_owned(),
            through: Through::Udp(*desk),
            login: None,
            ring_max: PATIENCE,
            sound: world.voice(number),
        });
        true
    }
}

/// Starts it, and runs as long as the program; in real use it ends at once.
pub(crate) async fn run(app: &App, telephone: &Telephone) {
    // Who set a line up for the demo wants the real outside world.
    if app.settings().demo.is_none() || settings::outward(app).is_some() {
        return;
    }
    let desk = match telephone.engine(app).await {
        Ok(engine) => engine.address(),
        Err(error) => return tracing::warn!(%error, "the demo has no telephone"),
    };
    let settings = Settings {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        otherwise: Some(Line::Desk),
        lines: [].into(),
        ..Settings::default()
    };
    match Trunk::start(settings).await {
        Ok((engine, events)) => {
            let outside = app.state::<Outside>();
            tracing::info!(at = %desk, "softphones on this machine can call");
            let demo = app.settings().demo.iter();
            let callers = demo.flat_map(|demo| &demo.callers);
            let callers = callers.map(|caller| caller.number.clone()).collect();
            if outside.0.set(World { engine, desk, callers }).is_ok() {
                lives(&outside, events).await;
            }
        }
        Err(error) => tracing::warn!(%error, "the demo has no outside world"),
    }
}

/// Whoever is called answers after a while, and says something.
async fn lives(outside: &Outside, mut events: Events) {
    while let Some(event) = events.recv().await {
        if let Event::Incoming(call) = event {
            tokio::spawn(answers(outside.clone(), call.leg, call.to));
        }
    }
}

async fn answers(outside: Outside, leg: LegId, number: String) {
    let Some(world) = outside.0.get() else { return };
    let World { engine, .. } = world;
    engine.send(leg, Command::Ring);
    tokio::time::sleep(ANSWERS_AFTER).await;
    engine.send(leg, Command::Answer(world.voice(&number)));
}
