//! A trunk over TLS: sipp behind a door of our own, for it knows no TLS itself.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use telephony_engine::{
    Command, Dial, Down, Engine, Event, NoTrust, Settings, StartError, Through, Transport, Trunk,
    TrunkState, Why,
};
use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::support::{
    dial, free_port, host_at, local, next_of_calls, next_of_trunk, settings, start_with, trunk,
};

/// Who signs the certificates of a test, and where that is written for those who trust him.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    folder: TempDir,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let authority =
            Self { issuer: Issuer::new(params, key), folder: tempfile::tempdir().unwrap() };
        std::fs::write(authority.file(), certificate.pem()).unwrap();
        authority
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// A door with a certificate for this name; behind it is `inside`.
    pub(crate) async fn door(&self, name: &str, inside: SocketAddr) -> SocketAddr {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = rustls::ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind(local(0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // Whoever does not trust us leaves.
                    let Ok(mut outside) = acceptor.accept(stream).await else { return };
                    let Ok(mut inside) = TcpStream::connect(inside).await else { return };
                    // Either side may end it in its own way.
                    let _ = copy_bidirectional(&mut outside, &mut inside).await;
                });
            }
        });
        address
    }
}

pub(crate) fn over_tls(doors: &[SocketAddr], authority: Option<&Authority>) -> Trunk {
    let named = |door: &SocketAddr| format!("localhost:{}", door.port()).parse().unwrap();
    Trunk {
        hosts: doors.iter().map(named).collect(),
        transport: Transport::Tls,
        domain: Some("127.0.0.1".to_owned()),
        authority: authority.map(Authority::file),
        ..trunk(&[])
    }
}

#[tokio::test]
async fn registered_connection_over_tls_brings_calls() {
    let (authority, port) = (Authority::new(), free_port());
    let sipp = host_at(port, "trunk-registrar-tls", "t1", 1).await;
    let door = authority.door("localhost", local(port)).await;
    let trunk = Trunk { registers: true, ..over_tls(&[door], Some(&authority)) };
    let (engine, mut events) =
        Engine::start(Settings { allowed: Vec::new(), trunk: Some(trunk), ..settings() })
            .await
            .unwrap();
    assert_eq!(next_of_trunk(&mut events).await, (door.port(), TrunkState::Up));
    assert!(matches!(next_of_calls(&mut events).await, Event::Answered(_)));
    sipp.succeeds().await;
    let down = TrunkState::Down { why: Down::Unreachable };
    assert_eq!(next_of_trunk(&mut events).await, (door.port(), down));
    drop(engine);
}

#[tokio::test]
async fn call_goes_out_over_tls_to_the_second_host() {
    let (authority, port) = (Authority::new(), free_port());
    let sipp = host_at(port, "trunk-answers", "t1", 2).await;
    // Nobody is behind the first door.
    let first = authority.door("localhost", local(1)).await;
    let second = authority.door("localhost", local(port)).await;
    let (engine, mut events) = start_with(over_tls(&[first, second], Some(&authority))).await;
    while next_of_trunk(&mut events).await != (second.port(), TrunkState::Up) {}
    let leg = engine.dial(Dial { through: Through::Trunk, ..dial(first) });
    assert_eq!(next_of_calls(&mut events).await, Event::Ringing(leg));
    assert_eq!(next_of_calls(&mut events).await, Event::Answered(leg));
    engine.send(leg, Command::HangUp);
    assert_eq!(next_of_calls(&mut events).await, Event::Ended { leg, why: Why::HungUpByUs });
    sipp.succeeds().await;
    drop(engine);
}

async fn is_not_trusted(authority: &Authority, name: &str, trusted: &Authority) {
    let door = authority.door(name, local(1)).await;
    let (engine, mut events) = start_with(over_tls(&[door], Some(trusted))).await;
    let down = TrunkState::Down { why: Down::NotTrusted };
    assert_eq!(next_of_trunk(&mut events).await, (door.port(), down));
    engine.stop().await;
}

#[tokio::test]
async fn certificate_of_a_stranger_is_not_trusted() {
    let (authority, other) = (Authority::new(), Authority::new());
    is_not_trusted(&authority, "localhost", &other).await;
}

#[tokio::test]
async fn certificate_for_another_name_is_not_trusted() {
    let authority = Authority::new();
    is_not_trusted(&authority, "trunk.example", &authority).await;
}

#[tokio::test]
async fn file_without_certificates_is_told_at_the_start() {
    let authority = Authority::new();
    std::fs::write(authority.file(), "no certificate\n").unwrap();
    let trunk = over_tls(&[local(1)], Some(&authority));
    let started = Engine::start(Settings { trunk: Some(trunk), ..settings() }).await;
    assert!(matches!(started, Err(StartError::NoTrust(NoTrust::Empty { .. }))));

    std::fs::remove_file(authority.file()).unwrap();
    let trunk = over_tls(&[local(1)], Some(&authority));
    let started = Engine::start(Settings { trunk: Some(trunk), ..settings() }).await;
    assert!(matches!(started, Err(StartError::NoTrust(NoTrust::Authority { .. }))));
}
