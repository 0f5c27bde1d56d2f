//! Pages over TLS, as a browser meets them.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rcgen::{CertificateParams, KeyPair};
use ureq::Agent;
use ureq::http::Response;
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};

use crate::installed;
use crate::program::{run, wijland, works};

/// A renewal is seen within seconds; on a busy machine within this.
const SOON: Duration = Duration::from_mins(1);

/// The two files that the settings name, and what is in them now.
struct Files {
    folder: PathBuf,
}

impl Files {
    /// A certificate of its own authority, valid until a year; what browsers have to trust.
    fn renew(&self, until: i32) -> Vec<u8> {
        let (certificate, key) = self.made(until);
        std::fs::write(self.certificate(), certificate.pem()).unwrap();
        std::fs::write(self.key(), key.serialize_pem()).unwrap();
        certificate.der().to_vec()
    }

    fn made(&self, until: i32) -> (rcgen::Certificate, KeyPair) {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(until, 1, 1);
        let key = KeyPair::generate().unwrap();
        (params.self_signed(&key).unwrap(), key)
    }

    fn certificate(&self) -> PathBuf {
        self.folder.join("fullchain.pem")
    }

    fn key(&self) -> PathBuf {
        self.folder.join("privkey.pem")
    }

    fn set(&self, config: &str) {
        let mut text = std::fs::read_to_string(config).unwrap();
        text.push_str(&format!(
            "\n[tls]\ncertificate = \"{}\"\nkey = \"{}\"\nredirect_from = \"127.0.0.1:0\"\n",
            self.certificate().display(),
            self.key().display()
        ));
        std::fs::write(config, text).unwrap();
    }
}

/// A program that serves over TLS, until it is dropped.
struct Serving {
    child: Child,
    at: SocketAddr,
    leads_from: SocketAddr,
    log: Receiver<String>,
}

impl Serving {
    fn begin(config: &str) -> Self {
        let mut command = wijland(&["serve", "--listen", "127.0.0.1:0", "--config", config]);
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let mut out = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut said = |words: &str| {
            let line = out.find_map(|line| line.split(words).nth(1).map(str::to_owned));
            line.and_then(|address| address.parse().ok()).expect("it says where")
        };
        let (at, leads_from) = (said("answers on https://"), said("and leads there from http://"));
        let (told, log) = channel();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        std::thread::spawn(move || lines.for_each(|line| told.send(line).unwrap_or_default()));
        Self { child, at, leads_from, log }
    }

    /// What a browser gets that trusts this certificate and no other.
    fn get(&self, trusted: &[u8], path: &str) -> Result<Response<ureq::Body>, ureq::Error> {
        let url = format!("https://localhost:{}{path}", self.at.port());
        trusting(trusted).get(url).call()
    }

    fn serves_soon(&self, trusted: &[u8]) {
        let begin = Instant::now();
        while let Err(error) = self.get(trusted, "/health") {
            assert!(begin.elapsed() < SOON, "{error}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn logs_soon(&self, words: &str) {
        let mut all = String::new();
        while !all.contains(words) {
            let line = self.log.recv_timeout(SOON);
            assert!(line.is_ok(), "no {words:?} in {all}");
            all.push_str(&line.unwrap_or_default());
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may be gone already, and that is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A browser without connections from before.
fn trusting(certificate: &[u8]) -> Agent {
    let root = Certificate::from_der(certificate).to_owned();
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(RootCerts::new_with_certs(&[root]))
        .build();
    let config = Agent::config_builder().tls_config(tls).http_status_as_error(false);
    config.max_redirects(0).build().into()
}

fn header<'a>(response: &'a Response<ureq::Body>, name: &str) -> &'a str {
    response.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

fn begun(folder: &Path) -> (Files, String) {
    let config = installed(folder);
    let files = Files { folder: folder.to_owned() };
    files.set(&config);
    (files, config)
}

#[test]
fn pages_come_over_tls_and_a_renewed_certificate_is_taken_up() {
    let folder = tempfile::tempdir().unwrap();
    let (files, config) = begun(folder.path());
    let first = files.renew(2090);
    let out = works(&["doctor", "--config", &config]);
    assert!(out.contains("ok the certificate is for localhost, until 2090-01-01"), "{out}");

    let serving = Serving::begin(&config);
    let page = serving.get(&first, "/inloggen?lang=en").unwrap();
    assert_eq!(page.status(), 200);
    assert!(header(&page, "set-cookie").contains("; Secure"), "{page:?}");
    assert!(header(&page, "strict-transport-security").starts_with("max-age="), "{page:?}");
    // Without TLS there is no page, but the way to it.
    let plain = format!("http://{}/inloggen?lang=en", serving.leads_from);
    let led = trusting(&first).get(&plain).call().unwrap();
    assert_eq!(led.status(), 308);
    let to = format!("https://127.0.0.1:{}/inloggen?lang=en", serving.at.port());
    assert_eq!(header(&led, "location"), to);
    assert_eq!(trusting(&first).post(&plain).send_empty().unwrap().status(), 405);
    assert!(trusting(&first).get(format!("http://{}/", serving.at)).call().is_err());
    // Whoever knocks and says nothing keeps nobody waiting.
    let _silent = std::net::TcpStream::connect(serving.at).unwrap();

    let second = files.renew(2091);
    serving.serves_soon(&second);
    assert!(serving.get(&first, "/health").is_err(), "the one before is gone");

    // Half of a renewal: what is used stays, and is said.
    let (third, key) = files.made(2092);
    std::fs::write(files.certificate(), third.pem()).unwrap();
    serving.logs_soon("the certificate in use stays: tls.key");
    assert!(serving.get(&second, "/health").is_ok());
    std::fs::write(files.key(), key.serialize_pem()).unwrap();
    serving.serves_soon(third.der());
}

#[test]
fn a_program_with_a_certificate_that_does_not_serve_says_what_to_do_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let (files, config) = begun(folder.path());
    let is_refused = |says: &str| {
        let (code, _, err) = run(&["serve", "--listen", "127.0.0.1:0", "--config", &config]);
        assert_eq!(code, 1);
        assert!(err.contains(says), "{err}");
        let (code, out, _) = run(&["doctor", "--config", &config]);
        assert_eq!(code, 1);
        assert!(out.contains(&format!("!! {says}")), "{out}");
    };
    is_refused("tls.certificate: there is no");
    files.renew(2025);
    is_refused("tls.certificate: the certificate in");
    files.renew(2090);
    std::fs::write(files.key(), files.made(2090).1.serialize_pem()).unwrap();
    is_refused("tls.key: the key in");
}
