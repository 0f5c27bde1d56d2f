//! Browsers that are connected and hear themselves: what a call costs on the browser's side, with real ICE, DTLS and SRTP.

use std::time::{Duration, Instant};

use telephony_browser::{Client, Host, LegId, Settings};
use tokio::sync::mpsc;

use crate::samples::Samples;
use crate::world::Failed;

const SECONDS: u32 = 10;

pub(crate) async fn measure() -> Result<(), Failed> {
    for browsers in [20_u64, 100, 200] {
        let (tell, _told) = mpsc::unbounded_channel();
        let bind = "127.0.0.1:0".parse()?;
        let host = Host::start(&Settings { bind, public: Vec::new() }, tell)?;
        let mut clients = Vec::new();
        let mut connecting = Samples::default();
        for nr in 0..browsers {
            let begin = Instant::now();
            let mut client = Client::connect(&host, LegId(nr)).await;
            client.is_connected_soon();
            connecting.push(begin.elapsed());
            host.echo(LegId(nr), true);
            clients.push(client);
        }
        connecting.print(&format!("{browsers} browsers, offer to connected"), "–");
        let before = sound_thread()?;
        let begin = Instant::now();
        let threads: Vec<_> = clients
            .into_iter()
            .map(|mut client| {
                std::thread::spawn(move || {
                    client.speaks(SECONDS * 50, |at| at.to_le_bytes()[0]);
                    client.heard.len() / 160
                })
            })
            .collect();
        let mut heard = 0;
        for thread in threads {
            heard += thread.join().map_err(|_| "a client failed")?;
        }
        let (passed, used) = (begin.elapsed(), sound_thread()?.saturating_sub(before));
        // The last second has not come back yet.
        let sent = browsers * u64::from((SECONDS - 1) * 50);
        #[expect(clippy::cast_precision_loss, reason = "a number of frames")]
        let share = heard as f64 / sent as f64 * 100.0;
        #[expect(clippy::cast_precision_loss, reason = "a number of browsers")]
        let each = used.as_secs_f64() / passed.as_secs_f64() * 100.0 / browsers as f64;
        println!(
            "{browsers} on the echo line: {each:.2} % of a core each (target 0.4 %), {share:.1} % of the frames came back"
        );
    }
    Ok(())
}

/// The processor time that the thread for sound has used.
fn sound_thread() -> Result<Duration, Failed> {
    let mut used = Duration::ZERO;
    for task in std::fs::read_dir("/proc/self/task")? {
        let path = task?.path();
        let Ok(stat) = std::fs::read_to_string(path.join("stat")) else { continue };
        let Some((name, rest)) = stat.rsplit_once(')') else { continue };
        if name.ends_with("(sound") {
            // utime and stime, the 14th and 15th field (proc(5)), in hundredths of a second.
            let ticks: u64 = rest
                .split_whitespace()
                .skip(11)
                .take(2)
                .map(|field| field.parse().unwrap_or(0))
                .sum();
            used += Duration::from_millis(ticks * 10);
        }
    }
    Ok(used)
}
