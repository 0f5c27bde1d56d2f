//! TLS to the trunk: whom we trust, and the connections that stand.
//!
//! We dial ourselves and hand the connection over: the library would trust nobody, and look for the address in the
//! certificate instead of the name.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rsipstack::transport::tls::TlsConnection;
use rsipstack::transport::{SipAddr, SipConnection};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio_rustls::TlsConnector;

use super::{Shared, hosts};
use crate::trunk::Down;

/// Nobody can be trusted with the trunk.
#[derive(Debug, thiserror::Error)]
pub enum NoTrust {
    #[error("the certificates in {file} cannot be read: {source}")]
    Authority { file: PathBuf, source: rustls::pki_types::pem::Error },
    #[error("in {file} is no certificate")]
    Empty { file: PathBuf },
    #[error("this machine has no certificates, and no other file of them is set")]
    Nobody,
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}

pub(super) struct Tls {
    connector: TlsConnector,
    /// One for each host. The lock is held while connecting: a call waits for the connection that a look has begun.
    standing: Vec<Mutex<Option<SipConnection>>>,
}

impl Tls {
    pub(super) fn new(authority: Option<&Path>, hosts: usize) -> Result<Self, NoTrust> {
        let mut roots = RootCertStore::empty();
        // One that cannot be used is one that nobody who uses it is trusted by.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(file) = authority {
            let wrong = |source| NoTrust::Authority { file: file.to_owned(), source };
            let before = roots.len();
            for certificate in CertificateDer::pem_file_iter(file).map_err(wrong)? {
                roots.add(certificate.map_err(wrong)?)?;
            }
            if roots.len() == before {
                return Err(NoTrust::Empty { file: file.to_owned() });
            }
        }
        if roots.is_empty() {
            return Err(NoTrust::Nobody);
        }
        // Where the library connects once more by itself, within a call whose connection broke, it must find one and only
        // one. Another that was there before serves as well.
        let _ = default_provider().install_default();
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            connector: TlsConnector::from(Arc::new(config)),
            standing: (0..hosts).map(|_| Mutex::new(None)).collect(),
        })
    }

    pub(super) async fn connect(
        &self,
        shared: &Shared,
        host: usize,
        name: &str,
        way: &SipAddr,
    ) -> Result<SipConnection, Down> {
        let mut standing = self.standing[host].lock().await;
        let usable = standing.as_ref().filter(|connection| {
            !hosts::is_lost(connection) && connection.get_remote_addr() == Some(way)
        });
        if let Some(connection) = usable {
            return Ok(connection.clone());
        }
        let name = ServerName::try_from(name.to_owned()).map_err(|_| Down::NameNotFound)?;
        let at = way.get_socketaddr().map_err(|_| Down::Unreachable)?;
        let connection = self.dial(name, at, way, shared).await.map_err(|error| {
            tracing::warn!(%error, "no TLS with a host of the trunk");
            why(&error)
        })?;
        shared.layer.endpoint.transport_layer.add_connection(connection.clone());
        *standing = Some(connection.clone());
        Ok(connection)
    }

    async fn dial(
        &self,
        name: ServerName<'static>,
        at: SocketAddr,
        way: &SipAddr,
        shared: &Shared,
    ) -> std::io::Result<SipConnection> {
        let stream = self.connector.connect(name, TcpStream::connect(at).await?).await?;
        let token = shared.stop.child_token();
        TlsConnection::from_client_stream(stream, way.clone(), Some(token))
            .await
            .map(SipConnection::Tls)
            .map_err(std::io::Error::other)
    }
}

fn why(error: &std::io::Error) -> Down {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidCertificate(_)) => Down::NotTrusted,
        _ => Down::Unreachable,
    }
}
