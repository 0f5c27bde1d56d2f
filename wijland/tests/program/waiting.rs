//! Whoever rings the desk and is not answered at once: a place that is kept, and a conversation that broke off. With callers who
//! have real sound, and press keys.

use std::net::SocketAddr;
use std::sync::mpsc;

use axum::http::StatusCode;
use telephony_browser::Client;
use telephony_engine::{
    Browsers, Command, Dial, Engine, Event, Events, LegId, Line, Settings, Sound, Through,
};
use telephony_proto::dtmf::Key;
use web::TelephoneSettings;

use crate::harness::on_each_engine_set;
use crate::line::On;
use crate::telephone::{PATIENCE, on, shows, until};

const NUMBER: &str = "+31307123456";
const ARSLAN: &str = "+31612345678";
const VAN_VLIET: &str = "+31575123456";

/// Whom the association has its line from, with members on it.
struct Outside {
    engine: Engine,
    events: Events,
    desk: SocketAddr,
}

/// A member with a telephone in the hand, until it is dropped.
struct Member {
    call: LegId,
    keys: mpsc::Sender<char>,
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

    async fn rings(&self, number: &str) -> Member {
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

    async fn hears_of(&mut self, is_it: impl Fn(&Event) -> bool) -> Event {
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

    async fn is_over(&mut self, call: LegId) {
        self.hears_of(|event| matches!(event, Event::Ended { leg, .. } if *leg == call)).await;
    }

    async fn is_answered(&mut self, call: LegId) {
        self.hears_of(|event| *event == Event::Answered(call)).await;
    }
}

/// One world outside for each world of a test.
struct Outsides(std::cell::RefCell<Vec<Outside>>);

impl Outsides {
    async fn start() -> Self {
        Self(vec![Outside::start().await, Outside::start().await].into())
    }

    fn line(&self) -> TelephoneSettings {
        self.0.borrow().last().expect("two engines").settings()
    }

    fn next(&self) -> Outside {
        self.0.borrow_mut().pop().expect("two engines")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_hangs_up_keeps_the_place_and_is_called_back_in_turn() {
    let outsides = Outsides::start().await;
    let set = |settings: &mut web::Settings| settings.telephone = outsides.line();
    on_each_engine_set(set, async |world| {
        let mut outside = outsides.next();
        world.clock("09:00");
        let _on = On::turn(&world);
        let arslan = outside.rings(ARSLAN).await;
        outside.is_answered(arslan.call).await;
        let kept = "select count(*) as value from queued_calls where how = 'calls_back' and ended_at is null";
        world.clock("09:05");
        arslan.keys.send('1').unwrap();
        until(&world, "she keeps her place", kept).await;
        outside.is_over(arslan.call).await;
        let asked = "select count(*) as value from call_requests where source = 'queue' and used_at is null";
        assert_eq!(world.count(asked).await, 1);

        // Somebody comes to work, and her turn is there.
        let (mut noor, _sound) = on(&world, "noor").await;
        shows(&mut noor, "Mevrouw S. Arslan wil teruggebeld worden").await;
        noor.get("/deel/telefoon").await.shows("Bel terug");
        // Not now: she keeps her place.
        assert_eq!(noor.post("/telefoon/hang-op", &[]).await.status, StatusCode::NO_CONTENT);
        until(&world, "let go", "select count(*) as value from call_offers where ended_as = 'missed'").await;
        assert_eq!(world.count(kept).await, 1);
        noor.post("/telefoon/ik-ben-er", &[]).await;
        world.clock("09:10");
        shows(&mut noor, "Mevrouw S. Arslan wil teruggebeld worden").await;
        assert_eq!(noor.post("/telefoon/neem-op", &[]).await.status, StatusCode::NO_CONTENT);
        let incoming = outside.hears_of(|event| matches!(event, Event::Incoming(_))).await;
        let Event::Incoming(call) = incoming else { unreachable!("it was looked for") };
        assert_eq!(call.to, ARSLAN);
        outside.engine.send(call.leg, Command::Answer(Sound::Silence));
        shows(&mut noor, "In gesprek").await;
        let attempt = "select count(*) as value from attempts where direction = 'out' and channel = 'browser'
                        and ground = 'requested_call' and ended_at is null";
        assert_eq!(world.count(attempt).await, 1);
        noor.get("/werkplek").await.shows("Arslan");
        let connected = "select count(*) as value from queued_calls where state = 'connected' and how = 'calls_back'";
        assert_eq!(world.count(connected).await, 1);

        // Somebody who keeps a place until the lines close is promised a call.
        let vliet = outside.rings(VAN_VLIET).await;
        outside.is_answered(vliet.call).await;
        world.clock("09:16");
        vliet.keys.send('1').unwrap();
        until(&world, "he keeps his place", kept).await;
        world.clock("16:30");
        let promised = "select count(*) as value from queued_calls c join callbacks b on b.id = c.callback_id
                         where c.state = 'to_callback' and b.ended_at is null";
        until(&world, "he is promised a call", promised).await;
        world.recount_is_zero().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_was_spoken_to_is_not_lost_with_the_browser_of_the_agent() {
    let outsides = Outsides::start().await;
    let set = |settings: &mut web::Settings| settings.telephone = outsides.line();
    on_each_engine_set(set, async |world| {
        let mut outside = outsides.next();
        world.clock("09:00");
        let _on = On::turn(&world);
        let (mut noor, leg) = crate::telephone::on_leg(&world, "noor").await;
        let vliet = outside.rings(VAN_VLIET).await;
        shows(&mut noor, "De heer W. van Vliet belt je").await;
        assert_eq!(noor.post("/telefoon/neem-op", &[]).await.status, StatusCode::NO_CONTENT);
        outside.is_answered(vliet.call).await;
        let (mut marit, _his) = on(&world, "marit").await;

        // Her browser is gone, and does not come back: a colleague goes on with it.
        noor.post(&format!("/geluid/verbinding/{leg}/sluit"), &[]).await;
        shows(&mut marit, "De heer W. van Vliet belt je").await;
        marit.get("/deel/telefoon").await.shows("brak af bij een collega");
        assert_eq!(marit.post("/telefoon/neem-op", &[]).await.status, StatusCode::NO_CONTENT);
        shows(&mut marit, "In gesprek").await;
        marit.get("/werkplek").await.shows("Van Vliet");
        let one = "select count(*) as value from attempts where channel = 'browser'";
        assert_eq!(world.count(one).await, 1, "one conversation");
        let marits = "select count(*) as value from attempts a join users u on u.id = a.agent_id
                       where u.login = 'marit' and a.ended_at is null";
        assert_eq!(world.count(marits).await, 1);
        drop(vliet);
        marit.post("/telefoon/hang-op", &[]).await;
        until(
            &world,
            "it is over",
            "select count(*) as value from attempts where result = 'spoken'",
        )
        .await;
        world.recount_is_zero().await;
    })
    .await;
}
