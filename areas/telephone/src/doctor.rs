//! What can be seen of the line and the sound without a browser, for `wijland doctor`.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener, UdpSocket};

use kernel::Feature;
use telephony_engine::{Host, Transport};

use crate::recording;
use crate::settings::{self, Outward, SIP_PORT};

/// What is well, and what is not, with what to do. While the program runs its ports are its own.
pub async fn look(settings: &web::Settings, is_running: bool) -> Vec<(bool, String)> {
    if !settings.uses(Feature::CallCentre) {
        return Vec::new();
    }
    let mut found = match settings::read(&settings.telephone) {
        Err(wrong) => vec![(false, wrong.to_string())],
        Ok(None) => vec![(
            true,
            "no line: calls are made on own telephones (no [telephone] in the settings)".to_owned(),
        )],
        Ok(Some(outward)) => line(&outward, is_running).await,
    };
    // A folder is made when it is needed; a store has to be there.
    if settings.recordings.endpoint.is_some() {
        found.push(match recording::try_out(&settings.recordings).await {
            Ok(()) => (true, "the store for recordings keeps, finds and deletes".to_owned()),
            Err(why) => (false, why.to_string()),
        });
    }
    if let Some(at) = &settings.sound.socket {
        let there = tokio::net::UnixStream::connect(at).await.is_ok();
        let at = at.display();
        found.push(if there {
            (true, format!("sound.socket: the telephone runs at {at}"))
        } else {
            (false, format!("sound.socket: no telephone at {at}; start `wijland telephone`"))
        });
    }
    if let Some(at) = settings.sound.listen {
        let bound = UdpSocket::bind(at).map(drop);
        found.push(port("sound.listen", at, bound, is_running));
    }
    found
}

async fn line(outward: &Outward, is_running: bool) -> Vec<(bool, String)> {
    let mut found = Vec::new();
    for host in &outward.trunk.hosts {
        found.push(resolves(host).await);
    }
    match settings::listens_at(outward).await {
        Err(wrong) => found.push((false, wrong.to_string())),
        Ok(at) => {
            let bound = match outward.trunk.transport {
                Transport::Udp => UdpSocket::bind(at).map(drop),
                Transport::Tcp | Transport::Tls => TcpListener::bind(at).map(drop),
            };
            found.push(port("telephone.listen", at, bound, is_running));
        }
    }
    found
}

async fn resolves(host: &Host) -> (bool, String) {
    let at = (host.name(), host.port().unwrap_or(SIP_PORT));
    let addresses: Vec<SocketAddr> =
        tokio::net::lookup_host(at).await.into_iter().flatten().collect();
    match addresses.first() {
        Some(first) => (true, format!("the line: {host} is {}", first.ip())),
        None => (
            false,
            format!(
                "the line: {host} has no address; look at telephone.hosts, and whether this machine can look names up"
            ),
        ),
    }
}

fn port(key: &str, at: SocketAddr, bound: std::io::Result<()>, is_running: bool) -> (bool, String) {
    match bound.map_err(|error| error.kind()) {
        Ok(()) => (true, format!("{key}: {at} is free")),
        Err(ErrorKind::AddrInUse) if is_running => {
            (true, format!("{key}: {at} is in use, as it is while the program runs"))
        }
        Err(ErrorKind::AddrInUse) => {
            (false, format!("{key}: {at} is used by another program: set another port"))
        }
        Err(ErrorKind::AddrNotAvailable) => {
            (false, format!("{key}: {at} is no address of this machine"))
        }
        Err(kind) => (false, format!("{key}: nothing can listen at {at} ({kind})")),
    }
}

#[cfg(test)]
mod tests {
    use kernel::Pii;
    use web::TelephoneSettings;

    use super::*;

    #[tokio::test]
    async fn what_is_not_well_says_what_to_do() {
        let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut settings = web::Settings {
            telephone: TelephoneSettings {
                hosts: vec!["127.0.0.1".into(), "no-such-host.invalid".into()],
                user: Some(Pii::new("bond".into())),
                number: Some(Pii::new("+31307123456".into())),
                listen: Some(taken.local_addr().unwrap().to_string()),
                ..TelephoneSettings::default()
            },
            ..web::Settings::default()
        };
        settings.sound.listen = Some("127.0.0.1:0".parse().unwrap());
        settings.sound.socket = Some("/nowhere/telephone".into());
        let found = look(&settings, false).await;
        let well: Vec<bool> = found.iter().map(|(well, _)| *well).collect();
        assert_eq!(well, [true, false, false, false, true], "{found:?}");
        assert!(found[3].1.contains("start `wijland telephone`"), "{}", found[3].1);
        assert!(found[1].1.contains("look at telephone.hosts"), "{}", found[1].1);
        assert!(found[2].1.contains("set another port"), "{}", found[2].1);
        assert!(look(&settings, true).await[2].0, "it is the program's own");

        settings.telephone = TelephoneSettings::default();
        assert!(look(&settings, false).await[0].0);
        settings.telephone.number = Some(Pii::new("+31307123456".into()));
        let wrong = look(&settings, false).await;
        assert!(!wrong[0].0 && wrong[0].1.starts_with("telephone.hosts"), "{wrong:?}");
    }
}
