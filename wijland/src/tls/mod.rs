//! Pages over TLS by the program itself, with files that are renewed while it runs.

mod certificate;
mod health;
mod listener;
mod redirect;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use db::Clock;
use rustls::ServerConfig;
use serde::Deserialize;
use tokio::sync::watch;

pub use certificate::WrongCertificate;
use certificate::{Certificate, Files};
pub(crate) use health::look;
pub(crate) use listener::TlsListener;
pub(crate) use redirect::lead_to;

/// How often the files are looked at: whoever renewed them by hand waits for it.
const LOOKS_EVERY: Duration = Duration::from_secs(5);
/// Where a browser knocks for `https://` without being told.
const HTTPS_PORT: u16 = 443;

/// `[tls]` of the settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsSettings {
    /// The certificate and those between it and an authority (PEM): `fullchain.pem` of an ACME client.
    pub certificate: PathBuf,
    /// Its private key (PEM), without a password.
    pub key: PathBuf,
    /// From here whoever comes without TLS is led to where it is: `0.0.0.0:80`.
    pub redirect_from: Option<SocketAddr>,
}

/// The certificate in use, and where it came from.
pub(crate) struct Tls {
    settings: TlsSettings,
    files: Files,
    certificate: Certificate,
}

impl Tls {
    pub(crate) async fn read(
        settings: TlsSettings,
        clock: &Clock,
    ) -> Result<Self, WrongCertificate> {
        let files = Files::read(&settings).await?;
        let certificate = Certificate::new(&files, &settings, clock.now())?;
        Ok(Self { settings, files, certificate })
    }

    /// How a browser reaches pages that this certificate is for. Whoever is called otherwise sets `public_url`.
    pub(crate) fn origin(&self, port: u16) -> String {
        let name = self.certificate.names.iter().find(|name| !name.starts_with('*'));
        let name = name.map_or("localhost", String::as_str);
        let name = if name.contains(':') { format!("[{name}]") } else { name.to_owned() };
        format!("https://{name}{}", behind(port))
    }

    /// What connections begin with, and the work that keeps it the newest.
    pub(crate) fn followed(
        self,
        clock: Clock,
    ) -> (watch::Receiver<Arc<ServerConfig>>, impl Future<Output = ()> + Send + use<>) {
        let Self { settings, files, certificate } = self;
        let (newest, config) = watch::channel(certificate.config);
        (config, follow(settings, files, newest, clock))
    }
}

/// The port as it stands behind the name in an address.
fn behind(port: u16) -> String {
    if port == HTTPS_PORT { String::new() } else { format!(":{port}") }
}

/// Reads the files again whenever they change. Each change is told once, also one that cannot be used.
async fn follow(
    settings: TlsSettings,
    files: Files,
    newest: watch::Sender<Arc<ServerConfig>>,
    clock: Clock,
) {
    let mut seen = Ok(files);
    loop {
        tokio::time::sleep(LOOKS_EVERY).await;
        let found = Files::read(&settings).await.map_err(|wrong| wrong.to_string());
        if found == seen {
            continue;
        }
        let certificate = found.as_ref().map_err(Clone::clone).and_then(|files| {
            Certificate::new(files, &settings, clock.now()).map_err(|wrong| wrong.to_string())
        });
        match certificate {
            Ok(certificate) => {
                tracing::info!("the certificate is a new one, until {}", certificate.last_day());
                newest.send_replace(certificate.config);
            }
            // A certificate and its key are not written at the same time; the next look may find both.
            Err(wrong) => tracing::warn!("the certificate in use stays: {wrong}"),
        }
        seen = found;
    }
}
