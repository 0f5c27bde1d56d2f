//! What is in the files, and whether a browser would take it.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use rustls::ServerConfig;
use rustls::client::verify_server_name;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use x509_cert::der::Decode as _;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use super::TlsSettings;

/// Files with which no page can be served. Never holds what is in them.
#[derive(Debug, thiserror::Error)]
pub enum WrongCertificate {
    #[error("{setting}: there is no {}: name the file, or take [tls] out of the settings", file.display())]
    Missing { setting: &'static str, file: PathBuf },
    #[error("{setting}: {} cannot be read; the user that the program runs as must be allowed to", file.display())]
    Unreadable { setting: &'static str, file: PathBuf, source: std::io::Error },
    #[error(
        "tls.certificate: in {} is no certificate; it is PEM, with BEGIN CERTIFICATE, the own one first (fullchain.pem of an ACME client)",
        file.display()
    )]
    NoCertificate { file: PathBuf },
    #[error("tls.key: in {} is no private key; it is PEM, with BEGIN PRIVATE KEY, and has no password", file.display())]
    NoKey { file: PathBuf },
    #[error(
        "tls.key: the key in {} does not belong to the first certificate in {}: name the two that were made together",
        key.display(), certificate.display()
    )]
    OtherKey { key: PathBuf, certificate: PathBuf },
    #[error("tls.certificate: the certificate in {} ended on {on}: renew it, and look why that was not done", file.display())]
    Ended { file: PathBuf, on: Date },
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
}

/// What stands in the two files.
#[derive(Eq, PartialEq)]
pub(super) struct Files {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Files {
    pub(super) async fn read(settings: &TlsSettings) -> Result<Self, WrongCertificate> {
        Ok(Self {
            certificate: bytes("tls.certificate", &settings.certificate).await?,
            key: bytes("tls.key", &settings.key).await?,
        })
    }
}

async fn bytes(setting: &'static str, file: &Path) -> Result<Vec<u8>, WrongCertificate> {
    tokio::fs::read(file).await.map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => {
            WrongCertificate::Missing { setting, file: file.to_owned() }
        }
        _ => WrongCertificate::Unreadable { setting, file: file.to_owned(), source },
    })
}

/// A certificate with its key, ready for browsers.
pub(super) struct Certificate {
    pub(super) config: Arc<ServerConfig>,
    /// Host names and addresses, as they stand in it.
    pub(super) names: Vec<String>,
    pub(super) ends: Timestamp,
    own: CertificateDer<'static>,
}

impl Certificate {
    pub(super) fn new(
        files: &Files,
        settings: &TlsSettings,
        now: Timestamp,
    ) -> Result<Self, WrongCertificate> {
        let TlsSettings { certificate: file, key: key_file, .. } = settings;
        let none = || WrongCertificate::NoCertificate { file: file.clone() };
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&files.certificate)
            .collect::<Result<_, _>>()
            .map_err(|_| none())?;
        let own = chain.first().ok_or_else(none)?.clone();
        let read = x509_cert::Certificate::from_der(&own).map_err(|_| none())?;
        let no_key = || WrongCertificate::NoKey { file: key_file.clone() };
        let key = PrivateKeyDer::from_pem_slice(&files.key).map_err(|_| no_key())?;
        let provider = default_provider();
        let pair = CertifiedKey::from_der(chain, key, &provider).map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => {
                WrongCertificate::OtherKey { key: key_file.clone(), certificate: file.clone() }
            }
            rustls::Error::InvalidCertificate(_) => none(),
            _ => no_key(),
        })?;
        let ends = read.tbs_certificate().validity().not_after.to_unix_duration();
        // Later than there are times for is never.
        let ends = ends.try_into().ok().and_then(|ends| Timestamp::from_duration(ends).ok());
        let ends = ends.unwrap_or(Timestamp::MAX);
        if ends < now {
            return Err(WrongCertificate::Ended { file: file.clone(), on: day(ends) });
        }
        let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(pair)));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { config: Arc::new(config), names: names(&read), ends, own })
    }

    /// A browser that goes to this host takes the certificate, if it trusts who signed it.
    pub(super) fn is_for(&self, host: &str) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        ParsedCertificate::try_from(&self.own).is_ok_and(|own| {
            ServerName::try_from(host).is_ok_and(|host| verify_server_name(&own, &host).is_ok())
        })
    }

    pub(super) fn last_day(&self) -> Date {
        day(self.ends)
    }
}

fn day(at: Timestamp) -> Date {
    kernel::local(at).date()
}

fn names(certificate: &x509_cert::Certificate) -> Vec<String> {
    let found = certificate.tbs_certificate().get_extension::<SubjectAltName>();
    let Ok(Some((_, SubjectAltName(names)))) = found else { return Vec::new() };
    let name = |name: &GeneralName| match name {
        GeneralName::DnsName(name) => Some(name.to_string()),
        GeneralName::IpAddress(bytes) => address(bytes.as_bytes()).map(|ip| ip.to_string()),
        _ => None,
    };
    names.iter().filter_map(name).collect()
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    four.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

#[cfg(test)]
pub(super) mod tests {
    use rcgen::{CertificateParams, KeyPair};

    use super::*;

    /// Two files in a folder, for these names and until that day.
    pub(in crate::tls) fn written(
        folder: &Path,
        names: &[&str],
        until: (i32, u8, u8),
    ) -> TlsSettings {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.not_after = rcgen::date_time_ymd(until.0, until.1, until.2);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let settings = TlsSettings {
            certificate: folder.join("certificate.pem"),
            key: folder.join("key.pem"),
            redirect_from: None,
        };
        std::fs::write(&settings.certificate, certificate.pem()).unwrap();
        std::fs::write(&settings.key, key.serialize_pem()).unwrap();
        settings
    }

    async fn read(settings: &TlsSettings, now: &str) -> Result<Certificate, WrongCertificate> {
        Certificate::new(&Files::read(settings).await?, settings, now.parse().unwrap())
    }

    /// Which file is another, and what is said of it.
    type Wrong = (fn(&mut TlsSettings, PathBuf), PathBuf, &'static str);

    const NOW: &str = "2026-11-24T08:20:00Z";

    #[tokio::test]
    async fn a_certificate_says_for_whom_it_is_and_until_when() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["leden.bond.example", "*.kring.example", "192.0.2.10", "2001:db8::1"];
        let settings = written(folder.path(), &names, (2027, 3, 1));
        let certificate = read(&settings, NOW).await.unwrap();
        assert_eq!(certificate.names, names);
        assert_eq!(certificate.last_day().to_string(), "2027-03-01");
        for host in ["leden.bond.example", "a.kring.example", "192.0.2.10", "[2001:db8::1]"] {
            assert!(certificate.is_for(host), "{host}");
        }
        for host in ["bond.example", "a.b.kring.example", "192.0.2.11", "localhost", ""] {
            assert!(!certificate.is_for(host), "{host}");
        }
    }

    #[tokio::test]
    async fn files_that_do_not_serve_say_which_and_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let good = written(folder.path(), &["localhost"], (2027, 3, 1));
        assert!(read(&good, "2027-02-28T23:59:59Z").await.is_ok());
        let ended = read(&good, "2027-03-02T00:00:00Z").await.err().unwrap();
        assert!(matches!(ended, WrongCertificate::Ended { .. }), "{ended}");
        assert!(ended.to_string().contains("2027-03-01"), "{ended}");

        let file = |name: &str, text: &str| {
            let file = folder.path().join(name);
            std::fs::write(&file, text).unwrap();
            file
        };
        let other = tempfile::tempdir().unwrap();
        let other = written(other.path(), &["localhost"], (2027, 3, 1));
        let own = std::fs::read_to_string(&good.certificate).unwrap();
        let cases: [Wrong; 7] = [
            (|tls, file| tls.certificate = file, folder.path().join("nowhere.pem"), "there is no"),
            (|tls, file| tls.key = file, folder.path().join("nowhere.pem"), "there is no"),
            (|tls, file| tls.key = file, folder.path().to_owned(), "cannot be read"),
            (|tls, file| tls.certificate = file, file("empty.pem", ""), "is no certificate"),
            (
                |tls, file| tls.certificate = file,
                file("half.pem", &own[..own.len() / 2]),
                "is no certificate",
            ),
            (|tls, file| tls.key = file, good.certificate.clone(), "is no private key"),
            (|tls, file| tls.key = file, other.key, "does not belong"),
        ];
        for (change, file, says) in cases {
            let mut tls = good.clone();
            change(&mut tls, file.clone());
            let wrong = read(&tls, NOW).await.err().unwrap().to_string();
            assert!(wrong.contains(says), "{wrong}");
            assert!(wrong.contains(&file.display().to_string()), "{wrong}");
        }
    }
}
