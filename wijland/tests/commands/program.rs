//! Programs as a shell starts them.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Output, Stdio};

pub(crate) fn wijland(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wijland"));
    command.args(arguments).env_remove("WIJLAND_DATABASE").stdin(Stdio::null());
    command
}

pub(crate) fn run(arguments: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = wijland(arguments).output().expect("the program runs");
    (
        status.code().expect("not killed"),
        String::from_utf8(stdout).expect("text"),
        String::from_utf8(stderr).expect("text"),
    )
}

#[track_caller]
pub(crate) fn works(arguments: &[&str]) -> String {
    let (code, out, err) = run(arguments);
    assert_eq!(code, 0, "{arguments:?}\n{out}\n{err}");
    out
}

/// A demo that runs in the background until it is dropped.
pub(crate) struct Demo {
    child: Child,
    pub(crate) url: String,
}

impl Demo {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::begin(wijland(&[&["demo", "--port", "0"], arguments].concat()))
    }

    pub(crate) fn begin(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the demo starts");
        let out = BufReader::new(child.stdout.take().expect("piped"));
        let url = out
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.split("ready: ").nth(1).map(str::to_owned))
            .expect("the demo says where it is");
        Self { child, url }
    }

    /// As a power cut does it.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may be gone already, and that is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().new_agent()
}
