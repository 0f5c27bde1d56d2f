//! The line of a program that runs, over HTTP as browsers come: how long from the press until the trunk's host has the call, and
//! from somebody who rings until the card of that member is on an agent's screen.

use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jiff::civil::Date;
use kernel::{Actor, Pii};
use telephone::queue::{self, NewQueue};
use telephony_browser::Client;
use telephony_engine::{
    Account, Command, Dial, Engine as Outside, Event, Events, Incoming, LegId, Limits, Line,
    Settings, Sound, Through,
};
use tokio::sync::mpsc;
use tokio::task::block_in_place;
use tokio::time::timeout;
use web::TelephoneSettings;

use crate::samples::Samples;
use crate::world::{Failed, PASSWORD, World, settings};

const ACCOUNT: &str = "31307123456";
const NUMBER: &str = "+31307123456";
/// Fewer each than somebody may call in an hour.
const CALLERS: usize = 5;
const PRESSES: usize = 50;
const RINGS: usize = 250;
/// Whatever takes longer is broken.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) async fn measure(data: &Path, database: Option<&str>) -> Result<(), Failed> {
    let mut provider = Provider::start().await?;
    let here = UdpSocket::bind("127.0.0.1:0")?.local_addr()?;
    let mut settings = settings(data, database);
    settings.telephone = TelephoneSettings {
        hosts: vec![provider.engine.address().to_string()],
        user: Some(Pii::new(ACCOUNT.into())),
        password: Some(Pii::new("alleen om te meten".into())),
        number: Some(Pii::new(NUMBER.into())),
        listen: Some(here.to_string()),
        ..TelephoneSettings::default()
    };
    let world = World::over(settings).await?;
    has_a_queue(&world).await?;
    let members = members(&world).await?;
    let areas = wijland::areas(data.join("uploads"));
    let server = wijland::start(&world.app, areas, "127.0.0.1:0".parse::<SocketAddr>()?).await?;
    let url = format!("http://{}", server.address);
    while !matches!(provider.next().await?, Event::Registered { reachable: true, .. }) {}

    let mut colleagues = Vec::new();
    for nr in 1..=CALLERS {
        colleagues.push(Colleague::at_work(&url, &format!("agent{nr:03}"))?);
    }
    let (to_call, who_ring) = members.split_at(members.len() / 2);
    presses(&mut provider, &colleagues, to_call).await?;
    rings(&mut provider, &colleagues[0], here, who_ring).await?;
    drop(colleagues);
    server.stop().await?;
    provider.engine.stop().await;
    world.close().await;
    Ok(())
}

db::row! {
    struct Member {
        id: i64,
        surname: String,
        number: String,
    }
}

/// Members whose number nobody else has.
async fn members(world: &World) -> Result<Vec<Member>, Failed> {
    let today = kernel::local(world.installation.db.clock().now()).date();
    let read = async |tx: &mut db::Tx| {
        let lowest: i64 = tx.value("select min(id) as value from people", vec![]).await?;
        let highest: i64 = tx.value("select max(id) as value from people", vec![]).await?;
        let mut rng = fastrand::Rng::with_seed(17);
        let mut members: Vec<Member> = Vec::new();
        while members.len() < CALLERS * PRESSES * 2 + RINGS {
            members.extend(one_from(tx, rng.i64(lowest..=highest), today).await?);
        }
        Ok::<_, db::Error>(members)
    };
    Ok(world.installation.db.read(Actor::SYSTEM, read).await?)
}

async fn one_from(tx: &mut db::Tx, id: i64, today: Date) -> Result<Option<Member>, db::Error> {
    tx.one(
        "select p.id, p.surname, t.number from people p
           join memberships m on m.person_id = p.id and m.starts_on <= $1
                and (m.ends_on is null or m.ends_on >= $2)
           join phones t on t.person_id = p.id and t.unusable_at is null and t.number like '+316%'
          where p.id >= $3 and (select count(*) from phones o where o.number = t.number) = 1
          order by p.id limit 1",
        db::args![today, today, id],
    )
    .await
}

async fn has_a_queue(world: &World) -> Result<(), Failed> {
    let db = &world.installation.db;
    let (_, team) = world.agents().await?;
    let queues: i64 = db
        .read(Actor::SYSTEM, async |tx| {
            tx.value("select count(*) as value from queues", vec![]).await
        })
        .await?;
    if queues == 0 {
        let today = kernel::local(db.clock().now()).date();
        let lines = world.app.rulebook().window("lines.hours", today)?;
        let new = NewQueue { id: None, name: "Ledenlijn".into(), queue: queue::usual(team, lines) };
        db.write(Actor::SYSTEM, async |tx| queue::keep(tx, new.clone()).await).await?;
    }
    Ok(())
}

/// Whom the association has its line from.
struct Provider {
    engine: Outside,
    events: Events,
}

impl Provider {
    async fn start() -> Result<Self, Failed> {
        let settings = Settings {
            listen: "127.0.0.1:0".parse()?,
            otherwise: Some(Line::Desk),
            lines: [].into(),
            accounts: vec![Account { name: ACCOUNT.into(), password: "alleen om te meten".into() }],
            limits: Limits { calls_per_second: 1_000, ..Limits::default() },
            ..Settings::default()
        };
        let (engine, events) = Outside::start(settings).await?;
        Ok(Self { engine, events })
    }

    async fn next(&mut self) -> Result<Event, Failed> {
        let next = timeout(PATIENCE, self.events.recv()).await;
        next.map_err(|_| "the provider heard nothing")?.ok_or_else(|| "the provider ended".into())
    }

    async fn is_called(&mut self) -> Result<Incoming, Failed> {
        loop {
            if let Event::Incoming(call) = self.next().await? {
                return Ok(call);
            }
        }
    }
}

/// An agent with the telephone on, in a browser that is signed in.
struct Colleague {
    browser: Browser,
    is_over: Arc<AtomicBool>,
    speaks: Option<JoinHandle<()>>,
}

#[derive(Clone)]
struct Browser {
    agent: ureq::Agent,
    url: String,
    cookie: String,
}

impl Browser {
    fn signed_in(url: &str, login: &str) -> Result<Self, Failed> {
        let config = ureq::Agent::config_builder().max_redirects(0).http_status_as_error(false);
        let agent: ureq::Agent = config.build().into();
        let form = [("user", login), ("password", PASSWORD)];
        let answer = agent.post(format!("{url}/inloggen")).send_form(form)?;
        let cookies = answer.headers().get_all("set-cookie").iter();
        let pairs: Vec<&str> =
            cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next()).collect();
        if pairs.is_empty() {
            return Err("nobody could sign in".into());
        }
        Ok(Self { cookie: pairs.join("; "), agent, url: url.to_owned() })
    }

    fn get(&self, path: &str) -> Result<String, Failed> {
        let request = self.agent.get(format!("{}{path}", self.url)).header("cookie", &self.cookie);
        Ok(request.call()?.body_mut().read_to_string()?)
    }

    /// Where it leads.
    fn post(&self, path: &str, form: &[(&str, &str)]) -> Result<String, Failed> {
        let request = self.agent.post(format!("{}{path}", self.url)).header("cookie", &self.cookie);
        let mut answer = request.send_form(form.iter().copied())?;
        let location = answer.headers().get("location").and_then(|value| value.to_str().ok());
        let location = location.unwrap_or_default().to_owned();
        // Read to its end, so that the connection serves the next.
        answer.body_mut().read_to_string()?;
        Ok(location)
    }
}

impl Colleague {
    fn at_work(url: &str, login: &str) -> Result<Self, Failed> {
        block_in_place(|| {
            let browser = Browser::signed_in(url, login)?;
            let (mut client, offer) = Client::offers();
            let request = browser
                .agent
                .post(format!("{url}/geluid/verbinding"))
                .header("cookie", &browser.cookie);
            let answer: serde_json::Value = request.send(&offer)?.body_mut().read_json()?;
            client.takes(answer["answer"].as_str().ok_or("the telephone cannot be turned on")?);
            let is_over = Arc::new(AtomicBool::new(false));
            let told = Arc::clone(&is_over);
            let speaks = std::thread::spawn(move || {
                client.is_connected_soon();
                while !told.load(Ordering::Relaxed) {
                    client.speaks(10, |_| 0xd5);
                }
            });
            let begin = Instant::now();
            while !browser.get("/deel/telefoon")?.contains("data-connected") {
                if begin.elapsed() > PATIENCE {
                    return Err("no sound".into());
                }
                std::thread::sleep(Duration::from_millis(10));
            }
            Ok(Self { browser, is_over, speaks: Some(speaks) })
        })
    }

    /// Says what became of the call that is over, so that the next can be made.
    fn logs(&self, person: &str) -> Result<(), Failed> {
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            let desk = self.browser.get("/werkplek")?;
            let fence = between(&desk, "name=\"fence\" value=\"", "\"").unwrap_or_default();
            let form = [("person", person), ("fence", &fence), ("outcome", "no_answer")];
            let form = [&form[..], &[("note", "")]].concat();
            if self.browser.post("/werkplek/uitkomst", &form)?.contains("gedaan=") {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Err("an outcome was not taken".into())
    }
}

impl Drop for Colleague {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        if let Some(Err(_)) = self.speaks.take().map(JoinHandle::join) {
            println!("a browser failed");
        }
    }
}

fn between(text: &str, before: &str, after: &str) -> Option<String> {
    text.split_once(before)?.1.split_once(after).map(|(found, _)| found.to_owned())
}

/// From the press on "call" in a member's file until the provider's host has the INVITE.
async fn presses(
    provider: &mut Provider,
    colleagues: &[Colleague],
    members: &[Member],
) -> Result<(), Failed> {
    let (mut pressed, mut answered) = (Samples::default(), Samples::default());
    let mut refused = 0;
    for (colleague, members) in colleagues.iter().zip(members.chunks(members.len() / CALLERS)) {
        let mut made = 0;
        for member in members {
            if made == PRESSES {
                break;
            }
            let (person, browser) = (member.id.to_string(), colleague.browser.clone());
            let path = format!("/leden/{person}/gesprek");
            let begin = Instant::now();
            let press = tokio::task::spawn_blocking(move || {
                let answer = browser.post(&path, &[("direction", "out")]);
                (answer.map_err(|error| error.to_string()), begin.elapsed())
            });
            let called = timeout(Duration::from_secs(1), provider.is_called()).await;
            let took = begin.elapsed();
            let (answer, until_answer) = press.await?;
            let Ok(called) = called else {
                // A rule says no: the desk does not get the person either.
                if answer? == "/werkplek" {
                    return Err(format!("{person} is on the desk, and was not called").into());
                }
                refused += 1;
                continue;
            };
            let called = called?;
            pressed.push(took);
            answered.push(until_answer);
            provider.engine.send(called.leg, Command::Ring);
            block_in_place(|| {
                colleague.browser.post("/telefoon/hang-op", &[])?;
                colleague.logs(&person)
            })?;
            made += 1;
        }
    }
    pressed.print("press to INVITE at the trunk's host", "–");
    answered.print("press to the answer of the page", "–");
    if refused > 0 {
        println!("{refused} members may not be called, and were not");
    }
    Ok(())
}

/// From the INVITE until the agent's page, told by its live channel, has asked for the telephone and got the card.
async fn rings(
    provider: &mut Provider,
    colleague: &Colleague,
    here: SocketAddr,
    members: &[Member],
) -> Result<(), Failed> {
    let mut told = live(&colleague.browser)?;
    let (mut samples, mut rang) = (Samples::default(), Samples::default());
    for member in members.iter().take(RINGS) {
        let begin = Instant::now();
        let leg = provider.engine.dial(Dial {
            to: NUMBER.into(),
            from: member.number.clone(),
            through: Through::Udp(here),
            login: None,
            ring_max: PATIENCE,
            sound: Sound::Silence,
        });
        let card = async {
            loop {
                told.recv().await.ok_or("the live channel ended")?;
                let part = block_in_place(|| colleague.browser.get("/deel/telefoon"))?;
                let name = part.split("data-who=\"").nth(1).and_then(|who| who.split('"').next());
                if let Some(name) = name {
                    let is_right = name.contains(&*escaped(&member.surname));
                    return if is_right {
                        Ok(begin.elapsed())
                    } else {
                        Err(Failed::from(format!("{name} is not {}", member.surname)))
                    };
                }
            }
        };
        samples.push(timeout(PATIENCE, card).await.map_err(|_| "no card in time")??);
        rang.push(ringing(provider, leg, begin).await?);
        provider.engine.send(leg, Command::HangUp);
        let gone = async {
            loop {
                told.recv().await.ok_or("the live channel ended")?;
                let part = block_in_place(|| colleague.browser.get("/deel/telefoon"))?;
                if !part.contains("data-rings") {
                    return Ok::<_, Failed>(());
                }
            }
        };
        timeout(PATIENCE, gone).await.map_err(|_| "it rings for ever")??;
    }
    rang.print("INVITE to 180 at the caller, with what lies between", "–");
    samples.print("INVITE to the member's card on the page", "–");
    Ok(())
}

/// How long after `begin` the caller was told that it rings; it was a while ago.
async fn ringing(provider: &mut Provider, leg: LegId, begin: Instant) -> Result<Duration, Failed> {
    while provider.next().await? != Event::Ringing(leg) {}
    Ok(begin.elapsed())
}

/// Names stand in a page as HTML.
fn escaped(name: &str) -> String {
    name.replace('&', "&#38;").replace('\'', "&#39;")
}

/// What the page of this browser is told, as long as somebody listens.
fn live(browser: &Browser) -> Result<mpsc::UnboundedReceiver<()>, Failed> {
    let request = browser.agent.get(format!("{}/live", browser.url));
    let answer = block_in_place(|| request.header("cookie", &browser.cookie).call())?;
    let (tell, told) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        let lines = BufReader::new(answer.into_body().into_reader()).lines();
        let concern = |line: &String| line.starts_with("data:") && line.contains("own");
        for _ in lines.map_while(Result::ok).filter(concern) {
            if tell.send(()).is_err() {
                return;
            }
        }
    });
    Ok(told)
}
