//! The program itself: how soon it answers, and what it takes when nobody asks anything.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::world::Failed;

const ADDRESS: &str = "127.0.0.1:18080";
/// What is read at the start is read by then.
const AT_REST: Duration = Duration::from_secs(15);

pub(crate) fn measure(data: &Path, database: Option<&str>) -> Result<(), Failed> {
    let program = std::env::current_exe()?.with_file_name("wijland");
    if !program.exists() {
        return Err("build the program first: cargo build --release -p wijland".into());
    }
    let mut command = Command::new(program);
    command.arg("serve").env("WIJLAND_DATA", data).env("WIJLAND_LISTEN", ADDRESS);
    if let Some(database) = database {
        command.env("WIJLAND_DATABASE", database);
    }
    let begin = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let measured = watch(begin, child.id());
    child.kill()?;
    child.wait()?;
    measured
}

fn watch(begin: Instant, id: u32) -> Result<(), Failed> {
    let url = format!("http://{ADDRESS}/health");
    while ureq::get(&url).call().is_err() {
        if begin.elapsed() > Duration::from_mins(1) {
            return Err("the program does not answer".into());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    println!(
        "start to first answer: {:.0} ms (target 1,000 ms)",
        begin.elapsed().as_secs_f64() * 1_000.0
    );
    std::thread::sleep(AT_REST);
    let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS")).ok_or("no such process")?;
    println!("memory at rest: {} (target 150 MB)", line.trim_start_matches("VmRSS:").trim());
    Ok(())
}
