//! How the telephone is set up.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use kernel::{PhoneNumber, Pii};
use telephony_engine::{
    Browsers, Host, Line, Login, NotAHost, Settings, Through, Timing, Transport, Trunk,
};
use web::{App, TelephoneSettings};

use crate::outside::Outside;

/// So long it rings at whom we call before we give up.
pub(crate) const RING_MAX: Duration = Duration::from_secs(45);
/// What a softphone, and the outside world of the demo, dial to reach the desk.
pub(crate) const DESK: &str = "ledenlijn";
/// RFC 3261 §19.1.2.
pub(crate) const SIP_PORT: u16 = 5060;
const HOSTS_MAX: usize = 2;
/// Each call takes two; with fewer the first busy hour would end calls.
const PORTS_MIN: u16 = 20;

/// A setting with which there is no line. Never holds an account, a password or a number.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum WrongSetting {
    #[error(
        "telephone.hosts is missing: name the host of your provider or telephone exchange, such as sip.example, or take [telephone] out of the settings"
    )]
    NoHost,
    #[error("telephone.hosts: {0}; write sip.example, or 192.0.2.7:5070")]
    Host(#[from] NotAHost),
    #[error("telephone.hosts names more than two: one, and one for when that is not there")]
    Hosts,
    #[error("telephone.transport is udp, tcp or tls: ask your provider which")]
    Transport,
    #[error(
        "telephone.user is missing, or not what stands before the @ of your account at the provider"
    )]
    User,
    #[error("telephone.password is missing: telephone.registers and telephone.login need one")]
    Password,
    #[error("telephone.domain is no name of a domain, such as sip.example")]
    Domain,
    #[error(
        "telephone.number is missing or no telephone number, such as \"+31201234567\": whoever is called sees it and must be able to call it back"
    )]
    Number,
    #[error("telephone.echo_number is nothing that can be dialled: digits, + * and # only")]
    Echo,
    #[error(
        "telephone.secure needs telephone.transport = \"tls\": without it the keys of the sound travel in the open"
    )]
    Secure,
    #[error(
        "telephone.ca is of use with telephone.transport = \"tls\" only: set that, or leave it out"
    )]
    AuthorityWithoutTls,
    #[error("telephone.ca: {0} cannot be read; the user of the program must be allowed to")]
    Authority(PathBuf),
    #[error("telephone.listen is no address of this machine with a port, such as 192.0.2.10:5060")]
    Listen,
    #[error(
        "telephone.listen is every address of this machine: set telephone.address to the one that your provider is to be told"
    )]
    Everywhere,
    #[error(
        "telephone.address is no address such as 192.0.2.10, or of another kind than telephone.listen"
    )]
    Address,
    #[error(
        "telephone.ports are the first and the last port for sound, 1024 or higher and twenty at least: 30000-39999"
    )]
    Ports,
    #[error("this machine has no address in a network yet; if that stays so, set telephone.listen")]
    NoNetwork,
}

/// The line to the public telephone network, as it is set.
#[derive(Clone, Debug)]
pub(crate) struct Outward {
    pub trunk: Trunk,
    /// What whoever is called sees.
    pub number: PhoneNumber,
    /// None: the address by which this machine reaches the first host.
    pub listen: Option<SocketAddr>,
    pub address: Option<IpAddr>,
    pub ports: RangeInclusive<u16>,
    /// The lines that answer by themselves are there.
    pub echo: bool,
    /// Says back what it hears, at the provider.
    pub echo_number: Option<Pii<String>>,
}

/// Whether a line can be made of the settings. None is asked for where there is none.
///
/// # Errors
///
/// The first setting that is wrong, and what to do about it.
pub fn check(settings: &web::Settings) -> Result<(), WrongSetting> {
    if let Some(file) = &settings.telephone.ca {
        std::fs::File::open(file).map_err(|_| WrongSetting::Authority(file.clone()))?;
    }
    read(&settings.telephone).map(drop)
}

pub(crate) fn read(said: &TelephoneSettings) -> Result<Option<Outward>, WrongSetting> {
    if *said == TelephoneSettings::default() {
        return Ok(None);
    }
    let hosts: Vec<Host> = said.hosts.iter().map(|host| host.parse()).collect::<Result<_, _>>()?;
    match hosts.len() {
        0 => return Err(WrongSetting::NoHost),
        1..=HOSTS_MAX => {}
        _ => return Err(WrongSetting::Hosts),
    }
    let transport = match said.transport.as_deref() {
        None | Some("udp") => Transport::Udp,
        Some("tcp") => Transport::Tcp,
        Some("tls") => Transport::Tls,
        Some(_) => return Err(WrongSetting::Transport),
    };
    let is_account = |user: &&Pii<String>| {
        let user = user.reveal();
        !user.is_empty()
            && user.bytes().all(|byte| byte.is_ascii_graphic() && !b"@<>\":;?".contains(&byte))
    };
    let user = said.user.as_ref().filter(is_account).ok_or(WrongSetting::User)?.reveal().clone();
    let registers = said.registers.unwrap_or(said.password.is_some());
    let login = said.password.as_ref().map(|password| Login {
        user: said.login.as_ref().map_or_else(|| user.clone(), |login| login.reveal().clone()),
        password: password.reveal().clone(),
    });
    if login.is_none() && (registers || said.login.is_some()) {
        return Err(WrongSetting::Password);
    }
    let domain = said.domain.as_ref().map(|domain| match domain.parse::<Host>() {
        Ok(host) if host.port().is_none() => Ok(domain.clone()),
        _ => Err(WrongSetting::Domain),
    });
    if said.secure && transport != Transport::Tls {
        return Err(WrongSetting::Secure);
    }
    if said.ca.is_some() && transport != Transport::Tls {
        return Err(WrongSetting::AuthorityWithoutTls);
    }
    let number = said.number.as_ref().and_then(|number| number.reveal().parse().ok());
    let can_be_dialled = |number: &Pii<String>| {
        let number = number.reveal();
        !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit() || b"+*#".contains(&byte))
    };
    if said.echo_number.as_ref().is_some_and(|number| !can_be_dialled(number)) {
        return Err(WrongSetting::Echo);
    }
    let (listen, address) = addresses(said)?;
    Ok(Some(Outward {
        trunk: Trunk {
            hosts,
            transport,
            domain: domain.transpose()?,
            user,
            login,
            registers,
            secure_sound: said.secure,
            authority: said.ca.clone(),
            timing: Timing::default(),
        },
        number: number.ok_or(WrongSetting::Number)?,
        listen,
        address,
        ports: ports(said.ports.as_deref())?,
        echo: said.echo,
        echo_number: said.echo_number.clone(),
    }))
}

fn addresses(
    said: &TelephoneSettings,
) -> Result<(Option<SocketAddr>, Option<IpAddr>), WrongSetting> {
    let listen = said.listen.as_ref().map(|listen| listen.parse::<SocketAddr>());
    let listen = listen.transpose().map_err(|_| WrongSetting::Listen)?;
    let address = said.address.as_ref().map(|address| address.parse::<IpAddr>());
    let address = address.transpose().map_err(|_| WrongSetting::Address)?;
    match (listen, address) {
        (_, Some(told)) if told.is_unspecified() => Err(WrongSetting::Address),
        (Some(at), Some(told)) if at.is_ipv4() != told.is_ipv4() => Err(WrongSetting::Address),
        (Some(at), None) if at.ip().is_unspecified() => Err(WrongSetting::Everywhere),
        both => Ok(both),
    }
}

fn ports(said: Option<&str>) -> Result<RangeInclusive<u16>, WrongSetting> {
    let Some(said) = said else { return Ok(Settings::default().rtp_ports) };
    let read = |text: &str| text.trim().parse::<u16>().ok().filter(|port| *port >= 1_024);
    said.split_once('-')
        .and_then(|(first, last)| Some((read(first)?, read(last)?)))
        .filter(|(first, last)| {
            first.checked_add(PORTS_MIN - 1).is_some_and(|least| least <= *last)
        })
        .map(|(first, last)| first..=last)
        .ok_or(WrongSetting::Ports)
}

/// None without a trunk. Settings that are wrong ended the program at its start.
pub(crate) fn outward(app: &App) -> Option<Outward> {
    read(&app.settings().telephone).ok().flatten()
}

/// Of the engine.
pub(crate) async fn engine(app: &App) -> Result<Settings, WrongSetting> {
    let browsers = browsers(app);
    if let Some(outward) = read(&app.settings().telephone)? {
        let listen = listens_at(&outward).await?;
        return Ok(with_trunk(outward, listen, browsers));
    }
    if app.settings().demo.is_some() {
        let mut settings = Settings { browsers, ..Settings::default() };
        settings.lines.insert(DESK.to_owned(), Line::Desk);
        return Ok(settings);
    }
    // Without a trunk nobody is to reach a port of ours: there is no line to call, and only this machine may ask.
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    Ok(Settings { listen, lines: [].into(), browsers, ..Settings::default() })
}

/// Every number reaches the desk: which of them are ours is in the database, and changes while the engine runs.
fn with_trunk(outward: Outward, listen: SocketAddr, browsers: Option<Browsers>) -> Settings {
    let Outward { trunk, number: _, listen: _, address, ports, echo, echo_number: _ } = outward;
    let mut settings = Settings {
        listen,
        advertised: address,
        // The hosts of the trunk are let in by the engine; nobody else calls us.
        allowed: Vec::new(),
        rtp_ports: ports,
        otherwise: Some(Line::Desk),
        trunk: Some(trunk),
        browsers,
        ..Settings::default()
    };
    if !echo {
        settings.lines.clear();
    }
    settings
}

/// Where calls are heard.
pub(crate) async fn listens_at(outward: &Outward) -> Result<SocketAddr, WrongSetting> {
    match outward.listen {
        Some(listen) => Ok(listen),
        None => Ok(SocketAddr::new(way_out(&outward.trunk.hosts).await?, SIP_PORT)),
    }
}

/// The address by which this machine reaches a host of the trunk. Nothing is sent to find out.
async fn way_out(hosts: &[Host]) -> Result<IpAddr, WrongSetting> {
    for host in hosts {
        let at = (host.name(), host.port().unwrap_or(SIP_PORT));
        for found in tokio::net::lookup_host(at).await.into_iter().flatten() {
            if let Some(address) = towards(found).await {
                return Ok(address);
            }
        }
    }
    // No name server yet: whoever is reached from here is reached by the way that leads everywhere. An address that is nobody's
    // (RFC 5737).
    let nobody = SocketAddr::from(([192, 0, 2, 1], SIP_PORT));
    towards(nobody).await.ok_or(WrongSetting::NoNetwork)
}

async fn towards(at: SocketAddr) -> Option<IpAddr> {
    let any: IpAddr = if at.is_ipv4() { [0; 4].into() } else { [0; 16].into() };
    let socket = tokio::net::UdpSocket::bind((any, 0)).await.ok()?;
    socket.connect(at).await.ok()?;
    socket.local_addr().ok().map(|ours| ours.ip())
}

/// Where the program listens for pages, browsers find its sound, unless it is said otherwise. None where it listens on every
/// network and nobody said at which address it is found.
pub(crate) fn browsers(app: &App) -> Option<Browsers> {
    let said = &app.settings().sound;
    let bind = said.listen.unwrap_or_else(|| {
        let ip = app.served_at().map_or(Ipv4Addr::LOCALHOST.into(), |at| at.ip());
        SocketAddr::new(ip, 0)
    });
    let is_found = !bind.ip().is_unspecified() || said.address.is_some();
    is_found.then(|| Browsers { bind, public: said.address.into_iter().collect() })
}

/// Which way calls go out.
pub(crate) struct Way {
    pub through: Through,
    pub login: Option<Login>,
    /// The number that whoever is called sees.
    pub from: String,
}

/// None without a trunk: then nobody outside can be called from a browser.
pub(crate) fn way(app: &App) -> Option<Way> {
    if let Some(outward) = outward(app) {
        let from = outward.number.e164().to_owned();
        return Some(Way { through: Through::Trunk, login: None, from });
    }
    let outside = app.state::<Outside>().address()?;
    Some(Way { through: Through::Udp(outside), login: None, from: DESK.to_owned() })
}

/// Whether this is the number that we show, or the account, which some providers call whatever was dialled: a call for it is one
/// for us, also where nobody said which queue it leads to.
pub(crate) fn is_shown(app: &App, called: &str) -> bool {
    outward(app).is_some_and(|outward| {
        called == outward.trunk.user || called.parse().ok().as_ref() == Some(&outward.number)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "as the settings hold it")]
    fn some(text: &str) -> Option<Pii<String>> {
        Some(Pii::new(text.to_owned()))
    }

    fn line() -> TelephoneSettings {
        TelephoneSettings {
            hosts: vec!["sip.example".into()],
            user: some("31307123456"),
            password: some("geheim"),
            number: some("030 712 34 56"),
            ..TelephoneSettings::default()
        }
    }

    #[test]
    fn a_line_needs_little() {
        assert!(read(&TelephoneSettings::default()).unwrap().is_none());
        let Outward { trunk, number, listen, address, ports, echo, echo_number } =
            read(&line()).unwrap().unwrap();
        assert_eq!(trunk.transport, Transport::Udp);
        assert!(trunk.registers && !trunk.secure_sound);
        assert_eq!(trunk.login.unwrap().user, "31307123456");
        assert_eq!(number.e164(), "+31307123456");
        assert_eq!((listen, address, ports), (None, None, 30_000..=39_999));
        assert!(!echo && echo_number.is_none());
    }

    #[test]
    fn a_trunk_that_knows_us_by_our_address_is_not_registered_at() {
        let settings = TelephoneSettings { password: None, ..line() };
        let outward = read(&settings).unwrap().unwrap();
        assert!(!outward.trunk.registers && outward.trunk.login.is_none());
        let settings = TelephoneSettings { registers: Some(true), password: None, ..line() };
        assert_eq!(read(&settings).unwrap_err(), WrongSetting::Password);
    }

    #[test]
    fn everything_can_be_said() {
        let settings = TelephoneSettings {
            hosts: vec!["a.example:5071".into(), "[2001:db8::1]".into()],
            transport: Some("tls".into()),
            login: some("bond"),
            registers: Some(false),
            domain: Some("bond.example".into()),
            secure: true,
            ca: Some("ca.pem".into()),
            listen: Some("0.0.0.0:5080".into()),
            address: Some("192.0.2.10".into()),
            ports: Some("40000 - 40019".into()),
            echo: true,
            echo_number: some("*43"),
            ..line()
        };
        let outward = read(&settings).unwrap().unwrap();
        assert_eq!(outward.trunk.login.as_ref().unwrap().user, "bond");
        assert!(!outward.trunk.registers && outward.trunk.secure_sound);
        let listen = outward.listen.unwrap();
        let engine = with_trunk(outward, listen, None);
        assert_eq!(engine.listen.to_string(), "0.0.0.0:5080");
        assert_eq!(engine.advertised.unwrap().to_string(), "192.0.2.10");
        assert_eq!(engine.rtp_ports, 40_000..=40_019);
        assert_eq!(engine.otherwise, Some(Line::Desk));
        assert_eq!(engine.lines.get("echo"), Some(&Line::Echo));
        assert_eq!(engine.allowed, [], "the engine adds the hosts, and nobody else may call");
    }

    #[test]
    fn what_is_wrong_is_named_by_its_key_and_says_no_secret() {
        type Change = fn(&mut TelephoneSettings);
        let wrong: [(Change, &str); 22] = [
            (|said| said.hosts.clear(), "hosts"),
            (|said| said.hosts = vec!["sip:a@b".into()], "hosts"),
            (|said| said.hosts = vec!["a".into(), "b".into(), "c".into()], "hosts"),
            (|said| said.transport = Some("sips".into()), "transport"),
            (|said| said.user = None, "user"),
            (|said| said.user = some("bond@sip.example"), "user"),
            (|said| said.user = some(""), "user"),
            (|said| (said.password, said.registers) = (None, Some(true)), "password"),
            (|said| (said.password, said.login) = (None, some("bond")), "password"),
            (|said| said.domain = Some("a b".into()), "domain"),
            (|said| said.number = None, "number"),
            (|said| said.number = some("112"), "number"),
            (|said| said.number = some("geheim"), "number"),
            (|said| said.echo_number = some("echo"), "echo_number"),
            (|said| said.secure = true, "secure"),
            (|said| said.ca = Some("ca.pem".into()), "ca"),
            (|said| said.listen = Some("5060".into()), "listen"),
            (|said| said.listen = Some("0.0.0.0:5060".into()), "listen"),
            (|said| said.address = Some("sip.example".into()), "address"),
            (|said| said.address = Some("0.0.0.0".into()), "address"),
            (|said| said.ports = Some("30000".into()), "ports"),
            (|said| said.ports = Some("30000-30010".into()), "ports"),
        ];
        for (change, key) in wrong {
            let mut said = line();
            change(&mut said);
            let wrong = read(&said).unwrap_err().to_string();
            assert!(wrong.starts_with(&format!("telephone.{key}")), "{key}: {wrong}");
            assert!(!wrong.contains("geheim") && !wrong.contains("31307"), "{wrong}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_named_at_the_start() {
        let telephone = TelephoneSettings {
            ca: Some("/nowhere/ca.pem".into()),
            transport: Some("tls".into()),
            ..line()
        };
        let settings = web::Settings { telephone, ..web::Settings::default() };
        let wrong = check(&settings).unwrap_err().to_string();
        assert!(wrong.contains("telephone.ca: /nowhere/ca.pem"), "{wrong}");
    }

    #[tokio::test]
    async fn the_machine_is_told_of_by_the_address_that_leads_there() {
        let hosts = ["127.0.0.1:5070".parse().unwrap()];
        assert_eq!(way_out(&hosts).await, Ok(IpAddr::from(Ipv4Addr::LOCALHOST)));
    }
}
