//! What sound costs, with real ICE, DTLS and SRTP on the browser's side: browsers that hear themselves, and calls between a browser
//! and the trunk.

use std::time::{Duration, Instant};

use telephony_browser::Client;
use telephony_engine::{
    Browsers, Command, Dial, Engine as Telephone, Event, Events, LegId, Limits, Line, Settings,
    Sound, Through,
};

use crate::relay;
use crate::samples::Samples;
use crate::world::Failed;

pub(crate) const SECONDS: u32 = 10;
/// On Linux a thread's name has fifteen letters.
const ENGINE: &str = "telephone-soun";

pub(crate) async fn measure() -> Result<(), Failed> {
    for browsers in [20, 100, 200] {
        on_the_echo_line(browsers).await?;
    }
    for calls in [20, 100, 200] {
        bridged(calls).await?;
        tokio::task::block_in_place(|| relay::measure(calls))?;
    }
    Ok(())
}

/// More than the measurement makes.
pub(crate) const MANY: Limits = Limits {
    legs_max: 5_000,
    half_open_max: 1_000,
    calls_per_second: 1_000,
    datagrams_per_second: 100_000,
};

async fn telephone() -> Result<(Telephone, Events), Failed> {
    let browsers = Some(Browsers { bind: "127.0.0.1:0".parse()?, public: Vec::new() });
    let listen = "127.0.0.1:0".parse()?;
    Ok(Telephone::start(Settings { listen, browsers, limits: MANY, ..Settings::default() }).await?)
}

/// Connected browsers, and how long each took.
async fn connected(
    telephone: &Telephone,
    browsers: usize,
) -> Result<(Vec<(LegId, Box<Client>)>, Samples), Failed> {
    let (mut clients, mut took) = (Vec::new(), Samples::default());
    for _ in 0..browsers {
        let begin = Instant::now();
        let (mut client, offer) = Client::offers();
        let (leg, answer) = telephone.connect(offer).await?;
        client.takes(&answer);
        client.is_connected_soon();
        took.push(begin.elapsed());
        clients.push((leg, client));
    }
    Ok((clients, took))
}

/// All of them speak at once; the frames that they heard, and the share of a core that the first thread for sound used.
fn speak(clients: Vec<Box<Client>>) -> Result<(usize, f64), Failed> {
    let before = thread_time(ENGINE)?;
    let begin = Instant::now();
    let threads: Vec<_> = clients
        .into_iter()
        .map(|mut client| {
            std::thread::spawn(move || {
                client.speaks(SECONDS * 50, |at| at.to_le_bytes()[0]);
                client.heard[0].len() / 160
            })
        })
        .collect();
    let mut heard = 0;
    for thread in threads {
        heard += thread.join().map_err(|_| "a client failed")?;
    }
    let used = thread_time(ENGINE)?.saturating_sub(before);
    Ok((heard, used.as_secs_f64() / begin.elapsed().as_secs_f64()))
}

async fn on_the_echo_line(browsers: usize) -> Result<(), Failed> {
    let (telephone, _events) = telephone().await?;
    let (clients, took) = connected(&telephone, browsers).await?;
    took.print(&format!("{browsers} browsers, offer to connected"), "–");
    for (leg, _) in &clients {
        telephone.send(*leg, Command::Play(Sound::Echo));
    }
    let (heard, used) = speak(clients.into_iter().map(|(_, client)| client).collect())?;
    // The last second has not come back yet.
    say("on the echo line", browsers, heard, (SECONDS - 1) * 50, used);
    telephone.stop().await;
    Ok(())
}

/// Each browser calls somebody beyond the trunk, who says back what is heard.
async fn bridged(calls: usize) -> Result<(), Failed> {
    let (telephone, mut events) = telephone().await?;
    let outside = Settings {
        listen: "127.0.0.1:0".parse()?,
        otherwise: Some(Line::Echo),
        echo_delay: Duration::ZERO,
        rtp_ports: 20_000..=29_999,
        limits: MANY,
        ..Settings::default()
    };
    let (outside, _others) = Telephone::start(outside).await?;
    let (clients, _) = connected(&telephone, calls).await?;
    let mut answering = Samples::default();
    for (browser, _) in &clients {
        let begin = Instant::now();
        let call = telephone.dial(Dial {
            to: "+31201234567".into(),
            from: "+31851234567".into(),
            through: Through::Udp(outside.address()),
            login: None,
            ring_max: Duration::from_secs(10),
            sound: Sound::Silence,
        });
        telephone.send(*browser, Command::Hear { section: 0, from: vec![call] });
        telephone.send(call, Command::Hear { section: 0, from: vec![*browser] });
        while events.recv().await.ok_or("the telephone stopped")? != Event::Answered(call) {}
        answering.push(begin.elapsed());
    }
    answering.print(&format!("{calls} calls, pressed to answered"), "–");
    let (heard, used) = speak(clients.into_iter().map(|(_, client)| client).collect())?;
    say("in a call with the trunk", calls, heard, SECONDS * 50, used);
    telephone.stop().await;
    outside.stop().await;
    Ok(())
}

pub(crate) fn say(what: &str, count: usize, heard: usize, frames: u32, used: f64) {
    #[expect(clippy::cast_precision_loss, reason = "a number of frames")]
    let (count_of, heard) = (count as f64, heard as f64);
    let share = heard / (count_of * f64::from(frames)) * 100.0;
    let each = used * 100.0 / count_of;
    println!(
        "{count} {what}: {each:.2} % of a core each (target 0.25 %), {share:.1} % of the frames came back"
    );
}

/// The processor time that the first thread of this name has used: a second one for sound is the outside world.
pub(crate) fn thread_time(called: &str) -> Result<Duration, Failed> {
    let mut threads = Vec::new();
    for task in std::fs::read_dir("/proc/self/task")? {
        let path = task?.path();
        let Ok(stat) = std::fs::read_to_string(path.join("stat")) else { continue };
        let Some((name, rest)) = stat.rsplit_once(')') else { continue };
        if name.ends_with(&format!("({called}")) {
            // utime and stime, the 14th and 15th field (proc(5)), in hundredths of a second.
            let ticks: u64 = rest
                .split_whitespace()
                .skip(11)
                .take(2)
                .map(|field| field.parse().unwrap_or(0))
                .sum();
            let nr: u64 = path.file_name().and_then(|nr| nr.to_str()?.parse().ok()).unwrap_or(0);
            threads.push((nr, Duration::from_millis(ticks * 10)));
        }
    }
    Ok(threads.into_iter().min().map_or(Duration::ZERO, |(_, used)| used))
}
