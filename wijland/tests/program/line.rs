//! The line to the public telephone network: an engine on this machine is the provider.

use std::cell::{Cell, RefCell};
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use kernel::{Actor, CampaignId, PersonId, Pii, QueueId, UserId};
use telephone::dialling::may_dial;
use telephone::queue::{NewNumber, keep_number};
use telephony_browser::Client;
use telephony_engine::{
    Account, Command, Dial, Engine, Event, Events, Incoming, LegId, Line, Settings, Sound, Through,
};
use telephony_proto::number::Number;
use texts::Language;
use web::TelephoneSettings;

use crate::harness::{Browser, World, on_each_engine, on_each_engine_set};
use crate::telephone::takes_next;

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

    /// The call that the association makes.
    async fn is_called(&mut self) -> Incoming {
        loop {
            if let Event::Incoming(call) = self.next().await {
                return call;
            }
        }
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

db::row! {
    struct Claim { campaign_id: Option<CampaignId> }
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
        // The lines are open.
        world.clock("09:00");
        let _on = On::turn(&world);
        let mut provider = providers.now();
        provider.is_registered().await;
        let here = providers.here();

        let is_ringing = |told: &Event| matches!(told, Event::Ringing(LegId(_)));
        let account = provider.rings(here, ACCOUNT).await;
        assert!(is_ringing(&account), "the account: {account:?}");
        let shown = provider.rings(here, "+31307123456").await;
        assert!(is_ringing(&shown), "what we show: {shown:?}");
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

async fn asked(world: &World, login: &'static str, typed: &str) -> String {
    let (user, number) = (user(world, login).await, Number::typed(typed).expect("a number"));
    let may = async |tx: &mut db::Tx| may_dial(&world.app, tx, user, &number, None).await;
    match world.db.write(Actor::SYSTEM, may).await.expect("a query") {
        Ok(()) => "yes".into(),
        Err(why) => why.words(&world.app.texts(Language::English)),
    }
}

async fn user(world: &World, login: &'static str) -> UserId {
    world.user(login).await.parse().expect("an id")
}

/// A call of the desk over the line, as the log has it.
async fn dialled(world: &World, login: &'static str, result: &str) {
    let (user, person) = (user(world, login).await, world.person("W-1001").await);
    let insert = async |tx: &mut db::Tx| {
        let now = tx.now();
        let args = db::args![db::new_id(), person, user, now, now, result];
        tx.change_one(
            "insert into attempts (id, person_id, agent_id, direction, channel, ground, rule, inputs, started_at,
                    ended_at, result)
             values ($1, $2, $3, 'out', 'browser', 'service', 'test', '{}', $4, $5, $6)",
            args,
        )
        .await
    };
    world.db.write(Actor::SYSTEM, insert).await.expect("an attempt");
}

pub(crate) async fn rule(world: &World, key: &str, parts: &[(&str, &str)]) {
    let rest = [("valid_from", "2026-11-24"), ("source", "Besluit"), ("grade", "D")];
    let form = [parts, &rest].concat();
    let path = format!("/beheer/regels/{key}");
    let kept = world.browser("anna").await.post(&path, &form).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
}

#[tokio::test]
async fn what_may_be_dialled_is_a_rule_that_an_administrator_changes() {
    on_each_engine(async |world| {
        for typed in ["0612345678", "030 712 34 56", "0800-1234", "113"] {
            assert_eq!(asked(&world, "noor", typed).await, "yes", "{typed}");
        }
        for (typed, words) in [
            ("112", "with your own telephone"),
            ("0900-1234", "begin with +31900"),
            ("+31 906 1234", "begin with +31906"),
            ("0909 1234", "begin with +31909"),
            ("084 1234567", "begin with +3184"),
            ("+49 30 1234567", "This country is not called"),
            ("1888", "This short number is not called"),
        ] {
            let said = asked(&world, "noor", typed).await;
            assert!(said.contains(words), "{typed}: {said}");
        }
        rule(&world, "dial.allowed", &[("deel_", "31, +49")]).await;
        rule(&world, "dial.refused", &[("deel_", "0900")]).await;
        rule(&world, "dial.passes_emergency", &[("keuze_yes", "ja")]).await;
        for typed in ["+49 30 1234567", "084 1234567", "112"] {
            assert_eq!(asked(&world, "noor", typed).await, "yes", "{typed}");
        }
        assert_ne!(asked(&world, "noor", "0900-1234").await, "yes");
    })
    .await;
}

#[tokio::test]
async fn how_often_is_counted_from_the_log() {
    on_each_engine(async |world| {
        rule(&world, "dial.agent_max", &[("deel_per_hour", "2"), ("deel_per_day", "3")]).await;
        rule(&world, "dial.all_max", &[("deel_per_hour", "4"), ("deel_per_day", "100")]).await;
        world.clock("09:00");
        dialled(&world, "noor", "spoken").await;
        dialled(&world, "noor", "refused").await;
        assert_eq!(
            asked(&world, "noor", "0612345678").await,
            "yes",
            "what was refused was no call"
        );
        world.clock("09:10");
        dialled(&world, "noor", "no_answer").await;
        let said = asked(&world, "noor", "0612345678").await;
        assert_eq!(said, "You called as often as you may. You can call again in 50 minutes.");
        assert_eq!(asked(&world, "marit", "0612345678").await, "yes");
        dialled(&world, "marit", "busy").await;
        dialled(&world, "marit", "busy").await;
        let said = asked(&world, "bernd", "0612345678").await;
        assert!(said.starts_with("The association called as often as it may."), "{said}");
        world.clock("10:00");
        assert_eq!(asked(&world, "noor", "0612345678").await, "yes");
        dialled(&world, "noor", "spoken").await;
        world.clock("11:30");
        let said = asked(&world, "noor", "0612345678").await;
        assert!(said.contains("again in 1290 minutes"), "{said}");
        world.clock_on("2026-11-25", "09:00");
        assert_eq!(asked(&world, "noor", "0612345678").await, "yes");
    })
    .await;
}

/// Her browser is her telephone, as long as the client is not dropped.
async fn connected(browser: &mut Browser<'_>) -> Box<Client> {
    let (mut client, offer) = Client::offers();
    let answer = browser.post_text("/geluid/verbinding", &offer).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    client.takes(answer.json()["answer"].as_str().expect("an answer"));
    let connecting = tokio::task::spawn_blocking(|| {
        client.is_connected_soon();
        client
    });
    let mut client = connecting.await.expect("connected");
    // What it was told is known a moment later: the engine tells it in its own time.
    for _ in 0..100 {
        if browser.get("/deel/telefoon").await.text.contains(" data-connected") {
            break;
        }
        client.runs_until(Instant::now() + Duration::from_millis(20));
    }
    client
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_call_of_the_desk_goes_over_the_line_unless_a_rule_says_no() {
    let providers = Providers::start().await;
    let set = |settings: &mut web::Settings| settings.telephone = providers.next();
    on_each_engine_set(set, async |world| {
        let _on = On::turn(&world);
        let mut provider = providers.now();
        provider.is_registered().await;
        world.clock("09:03");
        let (vliet, arslan) = (world.person("1840227").await, world.person("W-1001").await);

        rule(&world, "dial.allowed", &[("deel_", "49")]).await;
        let mut marit = world.browser("marit").await;
        let _marits = connected(&mut marit).await;
        let begun = marit.post(&format!("/leden/{arslan}/gesprek"), &[("direction", "out")]).await;
        assert_eq!(begun.location(), "/werkplek", "{}", begun.text);
        let refused = "select count(*) as value from attempts where channel = 'browser' and result = 'refused'";
        assert_eq!(world.count(refused).await, 1);
        marit.get("/deel/telefoon").await.shows("mag van de regels niet worden gebeld");

        world.clock("09:04");
        rule(&world, "dial.allowed", &[("deel_", "31")]).await;
        let mut noor = world.browser("noor").await;
        let _noors = connected(&mut noor).await;
        let begun = noor.post(&format!("/leden/{vliet}/gesprek"), &[("direction", "out")]).await;
        assert_eq!(begun.location(), "/werkplek", "{}", begun.text);
        let call = provider.is_called().await;
        assert_eq!(call.from, "+31307123456", "what the association shows");
        let number = "select number as value from attempts where channel = 'browser' and ended_at is null";
        let read = async |tx: &mut db::Tx| tx.value::<String>(number, vec![]).await;
        let number = world.db.read(Actor::SYSTEM, read).await.expect("a call goes on");
        assert_eq!(call.to, number);
        let hung_up = noor.post("/telefoon/hang-op", &[]).await;
        assert_eq!(hung_up.status, StatusCode::NO_CONTENT);

        // A campaign with a number of its own shows that, and it is known when it was shown.
        let mut bernd = world.browser("bernd").await;
        let _bernds = connected(&mut bernd).await;
        let (person, fence) = takes_next(&mut bernd).await;
        let of: PersonId = person.parse().expect("an id");
        let sql = "select r.campaign_id from claims c left join call_records r on r.id = c.call_record_id
                    where c.released_at is null and c.person_id = $1";
        let read = async |tx: &mut db::Tx| tx.one::<Claim>(sql, db::args![of]).await;
        let claim = world.db.read(Actor::SYSTEM, read).await.expect("a query");
        let campaign = claim.expect("on the desk").campaign_id;
        assert!(campaign.is_some(), "a list gave this person");
        let queue = QueueId(world.count("select min(id) as value from queues").await);
        let dialled = "+31307129999".to_owned();
        let number = NewNumber { dialled, queue, campaign, label: String::new() };
        let kept = world.db.write(Actor::SYSTEM, async |tx| keep_number(tx, &number).await).await;
        kept.expect("a number");
        bernd.post("/werkplek/bel", &[("person", &person), ("fence", &fence)]).await;
        assert_eq!(provider.is_called().await.from, "+31307129999");
        let shown = "select count(*) as value from dialled_numbers where dialled = '+31307129999' and shown_at is not null";
        assert_eq!(world.count(shown).await, 1);
    })
    .await;
}

/// Until the page says so; the telephone tells it in its own time.
async fn shows_soon(browser: &mut Browser<'_>, words: &str) {
    for _ in 0..200 {
        if browser.get("/beheer/telefonie/stand").await.text.contains(words) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    browser.get("/beheer/telefonie/stand").await.shows(words);
}

#[tokio::test]
async fn without_a_line_the_page_says_so_and_what_browsers_need() {
    on_each_engine_set(
        |settings| settings.demo = None,
        async |world| {
            let mut anna = world.browser("anna").await;
            anna.get("/beheer").await.shows("/beheer/telefonie");
            let page = anna.get("/beheer/telefonie").await;
            page.shows("Er is geen lijn ingesteld.");
            page.shows("Alleen een browser op deze machine bereikt dit adres.");
            page.shows("Deze pagina komt niet via https");
            page.shows("ledenlijn");
            page.hides("Proefgesprek");
            anna.get("/beheer/telefonie?lang=en").await.shows("No line is set up.");
            let refused = anna.post("/beheer/telefonie/proef", &[("nummer", "0612345678")]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
            assert_eq!(
                anna.post("/beheer/telefonie/proef/stop", &[]).await.status,
                StatusCode::NOT_FOUND
            );
            let mut noor = world.browser("noor").await;
            assert_eq!(noor.get("/beheer/telefonie").await.status, StatusCode::FORBIDDEN);
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_says_how_it_stands_with_the_line_and_makes_a_test_call() {
    let providers = Providers::start().await;
    let set = |settings: &mut web::Settings| {
        settings.telephone = providers.next();
        settings.telephone.echo_number = Some(Pii::new("*43".into()));
        settings.secure = true;
    };
    on_each_engine_set(set, async |world| {
        let _on = On::turn(&world);
        let mut provider = providers.now();
        provider.is_registered().await;
        let mut anna = world.browser("anna").await;
        shows_soon(&mut anna, "Deze server van de aanbieder kent ons.").await;
        let page = anna.get("/beheer/telefonie").await;
        page.shows("030 712 34 56");
        page.shows("Dit nummer leidt naar geen wachtrij.");
        page.shows("Deze pagina komt via https");
        page.hides(PASSWORD);
        leads(&world, "+31307123456").await;
        anna.get("/beheer/telefonie").await.hides("Dit nummer leidt naar geen wachtrij.");

        // What the rules refuse is not dialled here either.
        let refused = anna.post("/beheer/telefonie/proef", &[("nummer", "0900-1234")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.shows("Nummers die met +31900 beginnen worden niet gebeld");
        refused.shows("value=\"0900-1234\"");
        anna.post("/beheer/telefonie/proef", &[("nummer", "x")]).await.shows("nummer-fout");

        let begun = anna.post("/beheer/telefonie/proef", &[("nummer", "06 12345678")]).await;
        assert_eq!(begun.location(), "/beheer/telefonie#proef", "{}", begun.text);
        let call = provider.is_called().await;
        assert_eq!((&*call.to, &*call.from), ("+31612345678", "+31307123456"));
        provider.engine.send(call.leg, Command::Ring);
        shows_soon(&mut anna, "de telefoon gaat over.").await;
        let again = anna.post("/beheer/telefonie/proef", &[("nummer", "06 12345678")]).await;
        again.shows("Er loopt al een proefgesprek.");
        provider.engine.send(call.leg, Command::Answer(Sound::Tone(440)));
        shows_soon(&mut anna, "de muziek speelt.").await;
        shows_soon(&mut anna, "Er kwam geluid terug.").await;
        anna.post("/beheer/telefonie/proef/stop", &[]).await;
        shows_soon(&mut anna, "het gesprek is voorbij.").await;
        assert_eq!(world.count("select count(*) as value from dialled_beside").await, 2);

        let begun = anna.post("/beheer/telefonie/proef", &[("echo", "ja")]).await;
        assert_eq!(begun.location(), "/beheer/telefonie#proef", "{}", begun.text);
        let call = provider.is_called().await;
        assert_eq!(call.to, "*43");
        provider.engine.send(call.leg, Command::Reject(486));
        shows_soon(&mut anna, "in gesprek (code 486).").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_does_not_work_says_what_to_do() {
    let providers = Providers::start().await;
    let set = |settings: &mut web::Settings| {
        settings.telephone = providers.next();
        settings.telephone.password = Some(Pii::new("verkeerd".into()));
        settings.telephone.hosts.push("no-such-host.invalid".into());
    };
    on_each_engine_set(set, async |world| {
        let _on = On::turn(&world);
        let _provider = providers.now();
        let mut anna = world.browser("anna").await;
        shows_soon(&mut anna, "De aanbieder neemt de aanmelding niet aan.").await;
        shows_soon(&mut anna, "Deze naam heeft geen adres.").await;
    })
    .await;
}
