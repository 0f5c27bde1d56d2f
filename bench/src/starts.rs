//! Many calls through the engine: fifteen begun every second, and ten thousand one after another. The outside world is a second
//! engine in the same process, so that every call is made and taken, and memory is that of both.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use telephony_engine::{
    Command, Dial, Engine as Telephone, Event, Events, LegId, Line, Settings, Sound, Through,
};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use crate::samples::Samples;
use crate::sound::MANY;
use crate::world::Failed;

const A_SECOND: u32 = 15;
const SECONDS: u32 = 60;
const HELD: Duration = Duration::from_secs(20);
const IN_A_ROW: u32 = 10_000;
/// As many calls before each: what they need at most is the same, so that more than before is what is kept of every one.
const LOOKS_AT: [u32; 4] = [2_500, 5_000, 7_500, IN_A_ROW];
/// What SIP remembers of a call is forgotten by then (RFC 3261 §17: 32 s).
const FORGOTTEN_AFTER: Duration = Duration::from_secs(45);
/// Whatever takes longer is broken.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) async fn measure() -> Result<(), Failed> {
    a_second().await?;
    in_a_row().await
}

struct Ends {
    telephone: Telephone,
    events: Events,
    outside: Telephone,
    outside_events: Events,
}

impl Ends {
    async fn start() -> Result<Self, Failed> {
        let listen: SocketAddr = "127.0.0.1:0".parse()?;
        let ours =
            Settings { listen, limits: MANY, rtp_ports: 20_000..=24_999, ..Settings::default() };
        let theirs =
            Settings { otherwise: Some(Line::Echo), rtp_ports: 25_000..=29_999, ..ours.clone() };
        let (telephone, events) = Telephone::start(ours).await?;
        let (outside, outside_events) = Telephone::start(theirs).await?;
        Ok(Self { telephone, events, outside, outside_events })
    }

    fn dial(&self, sound: Sound) -> LegId {
        self.telephone.dial(Dial {
            to: "+31201234567".into(),
            from: "+31851234567".into(),
            through: Through::Udp(self.outside.address()),
            login: None,
            ring_max: Duration::from_secs(10),
            sound,
        })
    }

    /// What the outside world tells is nobody's business here, and would be kept otherwise.
    fn outside_is_read(&mut self) {
        while self.outside_events.try_recv().is_ok() {}
    }

    async fn stop(self) {
        self.telephone.stop().await;
        self.outside.stop().await;
    }
}

/// With music one way and its echo the other, as long as it is held.
async fn a_second() -> Result<(), Failed> {
    let mut ends = Ends::start().await?;
    let before = memory()?;
    let mut took = Samples::default();
    let (mut dialled, mut held) = (HashMap::new(), VecDeque::new());
    let (mut made, mut failed, mut ended, mut most, mut most_at_once) = (0, 0, 0, before, 0);
    let mut tick = interval(Duration::from_secs(1) / A_SECOND);
    tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
    while ended + failed < A_SECOND * SECONDS {
        tokio::select! {
            _ = tick.tick() => {
                if made < A_SECOND * SECONDS {
                    dialled.insert(ends.dial(Sound::Music), Instant::now());
                    made += 1;
                }
                while let Some(leg) = held.pop_front_if(|(since, _): &mut (Instant, LegId)| since.elapsed() > HELD) {
                    ends.telephone.send(leg.1, Command::HangUp);
                }
                most = most.max(memory()?);
                ends.outside_is_read();
            }
            event = ends.events.recv() => match event.ok_or("the telephone stopped")? {
                Event::Answered(leg) => {
                    took.push(dialled.remove(&leg).ok_or("a call that nobody made")?.elapsed());
                    held.push_back((Instant::now(), leg));
                    most_at_once = most_at_once.max(held.len());
                }
                Event::Failed { .. } => failed += 1,
                Event::Ended { .. } => ended += 1,
                _ => {}
            }
        }
    }
    took.print(&format!("{A_SECOND} calls a second, dialled to answered"), "–");
    println!("{made} calls, {most_at_once} at once, {failed} failed");
    sleep(FORGOTTEN_AFTER).await;
    println!(
        "memory of both ends: {} before, {} at most, {} when all are over and forgotten",
        mebibytes(before),
        mebibytes(most),
        mebibytes(memory()?)
    );
    ends.stop().await;
    Ok(())
}

async fn in_a_row() -> Result<(), Failed> {
    let mut ends = Ends::start().await?;
    let mut took = Samples::default();
    for nr in 1..=IN_A_ROW {
        let begin = Instant::now();
        let leg = ends.dial(Sound::Silence);
        until(&mut ends.events, &Event::Answered(leg)).await?;
        took.push(begin.elapsed());
        ends.telephone.send(leg, Command::HangUp);
        while !matches!(next(&mut ends.events).await?, Event::Ended { leg: of, .. } if of == leg) {}
        ends.outside_is_read();
        if LOOKS_AT.contains(&nr) {
            let now = memory()?;
            sleep(FORGOTTEN_AFTER).await;
            println!(
                "after {nr} calls in a row: memory of both ends {}, {} when they are forgotten",
                mebibytes(now),
                mebibytes(memory()?)
            );
        }
    }
    took.print("calls in a row, dialled to answered", "–");
    ends.stop().await;
    Ok(())
}

async fn next(events: &mut Events) -> Result<Event, Failed> {
    let next = timeout(PATIENCE, events.recv()).await.map_err(|_| "nothing happens")?;
    next.ok_or_else(|| "the telephone stopped".into())
}

async fn until(events: &mut Events, what: &Event) -> Result<(), Failed> {
    loop {
        match next(events).await? {
            failed @ Event::Failed { .. } => return Err(format!("{failed:?}").into()),
            event if event == *what => return Ok(()),
            _ => {}
        }
    }
}

/// What this process has in memory, in KiB.
fn memory() -> Result<u64, Failed> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no memory")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

fn mebibytes(kibibytes: u64) -> String {
    format!("{} MiB", kibibytes / 1_024)
}
