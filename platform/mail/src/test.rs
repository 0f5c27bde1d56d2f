//! A mail server for tests that is no work of ours: `aiosmtpd`, and Python's own parser.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use kernel::Pii;
use serde_json::Value;

/// So long a mail may take on a machine that is busy.
const COMES_WITHIN: Duration = Duration::from_secs(30);

pub struct MailServer {
    child: Child,
    lines: Receiver<String>,
    port: u16,
}

impl MailServer {
    /// `None` where `WIJLAND_TEST_SMTP` names no Python with aiosmtpd (`./wijland-test` does).
    ///
    /// # Panics
    ///
    /// If that Python does not start it.
    #[must_use]
    pub fn start() -> Option<Self> {
        let python = std::env::var("WIJLAND_TEST_SMTP").ok().filter(|name| !name.is_empty())?;
        let mut child = Command::new(python)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/src/mail_server.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the mail server starts");
        let says = BufReader::new(child.stdout.take().expect("piped"));
        let (tell, lines) = channel();
        // Ends with the server, or when nobody listens any more.
        std::thread::spawn(move || {
            says.lines().map_while(Result::ok).try_for_each(|line| tell.send(line))
        });
        let mut server = Self { child, lines, port: 0 };
        server.port = server.line().parse().expect("a port");
        Some(server)
    }

    fn line(&mut self) -> String {
        self.lines.recv_timeout(COMES_WITHIN).expect("the mail server says something")
    }

    /// The next mail that comes in, waiting for it: `rcpt`, `hello`, `kind`, `headers`, `text`, `html`, `defects`.
    ///
    /// # Panics
    ///
    /// If none comes.
    pub fn mail(&mut self) -> Value {
        serde_json::from_str(&self.line()).expect("JSON")
    }

    /// What an association would write to send its mail there.
    #[must_use]
    pub fn settings(&self) -> web::MailSettings {
        web::MailSettings {
            smtp: Some(Pii::new(format!("smtp://127.0.0.1:{}", self.port))),
            from: Some("Werkbond Ledenservice <ledenservice@werkbond.example>".into()),
        }
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        // Its input ends, and so does it; waiting leaves nothing behind.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
