use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use kernel::{AssociationKind, Feature};
use serde::{Deserialize, Deserializer};
use vault::KeyRing;
use web::{Demo, MailSettings, RecordingSettings, SmsSettings, SoundSettings, TelephoneSettings};

use crate::{Failure, Listen, TlsSettings};

/// What an installation is told: from its file, each setting also as `WIJLAND_…`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The name of the association, as everybody sees it.
    pub association: String,
    /// `union` or `trade`: what of the program is in sight.
    #[serde(deserialize_with = "kind")]
    pub kind: AssociationKind,
    /// The call centre is in sight; without it, as the kind has it.
    pub call_centre: Option<bool>,
    /// Visits are in sight; without it, as the kind has it.
    pub visits: Option<bool>,
    /// Where the program listens.
    pub listen: SocketAddr,
    /// The folder for the database, uploads and all else that is kept.
    pub data: PathBuf,
    /// `postgres://user:password@host/name`; without it the database is a file in `data`.
    pub database: Option<String>,
    /// The file of keys that opens account numbers; without it `keys` in `data`. Several programs on one database need the same.
    pub keys: Option<PathBuf>,
    /// Pages come over TLS from the program itself.
    pub tls: Option<TlsSettings>,
    /// Reached over TLS, by a proxy in front.
    pub secure: bool,
    /// The proxy in front says from where a request came (`X-Forwarded-For`).
    pub behind_proxy: bool,
    /// Where members reach the program, for the links in what it sends: `https://leden.werkbond.example`.
    pub public_url: Option<String>,
    /// How mail leaves the house.
    pub mail: MailSettings,
    /// How text messages leave the house.
    pub sms: SmsSettings,
    /// Where browsers reach the sound of a conversation.
    pub sound: SoundSettings,
    /// The line to the public telephone network.
    pub telephone: TelephoneSettings,
    /// Where recorded calls are kept.
    pub recordings: RecordingSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            association: "Wijland".into(),
            kind: AssociationKind::Union,
            call_centre: None,
            visits: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data: "wijland-data".into(),
            database: None,
            keys: None,
            tls: None,
            secure: false,
            behind_proxy: false,
            public_url: None,
            mail: MailSettings::default(),
            sms: SmsSettings::default(),
            sound: SoundSettings::default(),
            telephone: TelephoneSettings::default(),
            recordings: RecordingSettings::default(),
        }
    }
}

/// `WIJLAND_MAIL_SMTP` for `smtp` under `[mail]`.
const NAMES: [&str; 44] = [
    "association",
    "kind",
    "call_centre",
    "visits",
    "listen",
    "data",
    "database",
    "keys",
    "tls.certificate",
    "tls.key",
    "tls.redirect_from",
    "secure",
    "behind_proxy",
    "public_url",
    "mail.smtp",
    "mail.from",
    "sms.url",
    "sms.token",
    "sms.from",
    "sms.body",
    "sound.listen",
    "sound.address",
    "sound.socket",
    "telephone.hosts",
    "telephone.transport",
    "telephone.user",
    "telephone.login",
    "telephone.password",
    "telephone.registers",
    "telephone.domain",
    "telephone.number",
    "telephone.secure",
    "telephone.ca",
    "telephone.listen",
    "telephone.address",
    "telephone.ports",
    "telephone.echo",
    "telephone.echo_number",
    "recordings.folder",
    "recordings.endpoint",
    "recordings.bucket",
    "recordings.region",
    "recordings.key",
    "recordings.secret",
];

fn kind<'de, D: Deserializer<'de>>(from: D) -> Result<AssociationKind, D::Error> {
    String::deserialize(from)?
        .parse()
        .map_err(|_| serde::de::Error::custom("kind is union or trade"))
}

impl Settings {
    /// Where the keys lie that open account numbers.
    #[must_use]
    pub fn key_file(&self) -> PathBuf {
        self.keys.clone().unwrap_or_else(|| self.data.join("keys"))
    }

    /// Browsers reach the program over TLS, whoever does it.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.secure || self.tls.is_some()
    }

    /// Where the program listens, and how.
    #[must_use]
    pub fn listens(&self) -> Listen {
        Listen { at: self.listen, tls: self.tls.clone() }
    }

    /// With the folder in which recordings lie that go into none of a store.
    fn recordings(&self) -> RecordingSettings {
        let mut recordings = self.recordings.clone();
        if recordings.folder.as_os_str().is_empty() {
            recordings.folder = self.data.join("recordings");
        }
        recordings
    }

    /// What of the program is in sight.
    #[must_use]
    pub fn features(&self) -> Vec<Feature> {
        let said = |feature| match feature {
            Feature::CallCentre => self.call_centre,
            Feature::Visits => self.visits,
        };
        let uses = |feature: &Feature| said(*feature).unwrap_or_else(|| self.kind.uses(*feature));
        Feature::ALL.iter().copied().filter(uses).collect()
    }

    /// What the pages need to know of them.
    #[must_use]
    pub(crate) fn of_web(&self, keys: KeyRing, demo: Option<Demo>) -> web::Settings {
        web::Settings {
            association: self.association.clone(),
            features: self.features(),
            secure: self.is_secure(),
            behind_proxy: self.behind_proxy,
            public_url: self.public_url.clone(),
            mail: self.mail.clone(),
            sms: self.sms.clone(),
            sound: self.sound.clone(),
            telephone: self.telephone.clone(),
            recordings: self.recordings(),
            demo,
            keys,
        }
    }

    /// Reads the file, then what the environment says over it.
    pub fn read(file: Option<&Path>) -> Result<Self, Failure> {
        let text = match file {
            Some(path) => std::fs::read_to_string(path).map_err(Failure::file(format!(
                "the settings in {} cannot be read",
                path.display()
            )))?,
            None => String::new(),
        };
        Self::parse(&text, |name| std::env::var(name).ok())
    }

    fn parse(text: &str, environment: impl Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        // The error of the parser shows the line, and a line can hold the password.
        let mut table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            Failure::told(format!("the settings make no sense: {}", error.message()))
        })?;
        for name in NAMES {
            let variable = format!("WIJLAND_{}", name.to_uppercase().replace('.', "_"));
            if let Some(value) = environment(&variable) {
                let value = match value.parse() {
                    Ok(flag) => toml::Value::Boolean(flag),
                    Err(_) => toml::Value::String(value),
                };
                put(&mut table, name, value)?;
            }
        }
        // This one has no line to show, and names the setting in its second.
        table.try_into().map_err(|error: toml::de::Error| {
            let what = error.to_string().trim_end().replace('\n', " ");
            Failure::told(format!("the settings make no sense: {what}"))
        })
    }
}

/// `mail.smtp` stands as `smtp` under `[mail]`.
fn put(table: &mut toml::Table, name: &str, value: toml::Value) -> Result<(), Failure> {
    let Some((part, name)) = name.split_once('.') else {
        table.insert(name.to_owned(), value);
        return Ok(());
    };
    let part = table.entry(part).or_insert_with(|| toml::Value::Table(toml::Table::new()));
    let part = part.as_table_mut().ok_or_else(|| {
        Failure::told(format!("the settings make no sense: {name} has no place to stand"))
    })?;
    part.insert(name.to_owned(), value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_overrules_the_file() {
        let file = "association = \"Werkbond\"\nlisten = \"127.0.0.1:9000\"\n";
        let environment = |name: &str| match name {
            "WIJLAND_LISTEN" => Some("0.0.0.0:80".to_owned()),
            "WIJLAND_SECURE" => Some("true".to_owned()),
            _ => None,
        };
        let settings = Settings::parse(file, environment).unwrap();
        assert_eq!(settings.association, "Werkbond");
        assert_eq!(settings.listen.to_string(), "0.0.0.0:80");
        assert!(settings.secure && !settings.behind_proxy);
    }

    #[test]
    fn the_environment_reaches_into_a_part_of_the_file() {
        let file = "[mail]\nfrom = \"Werkbond <post@werkbond.example>\"\n";
        let environment = |name: &str| match name {
            "WIJLAND_MAIL_SMTP" => Some("smtps://u:geheim@mail.example".to_owned()),
            "WIJLAND_SMS_URL" => Some("https://sms.example".to_owned()),
            _ => None,
        };
        let settings = Settings::parse(file, environment).unwrap();
        assert_eq!(settings.mail.from.as_deref(), Some("Werkbond <post@werkbond.example>"));
        assert_eq!(settings.sms.url.as_deref(), Some("https://sms.example"));
        assert!(settings.mail.smtp.as_ref().is_some_and(|smtp| smtp.reveal().contains("geheim")));
        assert!(!format!("{settings:?}").contains("geheim"));
        assert!(Settings::parse("mail = 1", environment).is_err());
    }

    #[test]
    fn a_certificate_needs_its_key_and_makes_the_program_secure() {
        let file = "[tls]\ncertificate = \"/etc/wijland/fullchain.pem\"\n";
        let environment = |name: &str| match name {
            "WIJLAND_TLS_KEY" => Some("/etc/wijland/privkey.pem".to_owned()),
            "WIJLAND_TLS_REDIRECT_FROM" => Some("0.0.0.0:80".to_owned()),
            _ => None,
        };
        let settings = Settings::parse(file, environment).unwrap();
        assert!(settings.is_secure() && !settings.secure);
        let tls = settings.listens().tls.unwrap();
        assert_eq!(tls.key, Path::new("/etc/wijland/privkey.pem"));
        assert_eq!(tls.redirect_from, Some(SocketAddr::from(([0, 0, 0, 0], 80))));
        let wrong = Settings::parse(file, |_| None).unwrap_err();
        assert!(wrong.to_string().contains("`key`"), "{wrong}");
    }

    #[test]
    fn a_line_is_read_from_file_and_environment_and_its_account_stays_out_of_logs() {
        let file = "[telephone]\nhosts = [\"a.example\", \"b.example:5070\"]\nuser = 31307123456\npassword = 987654";
        let settings = Settings::parse(file, |_| None).unwrap().telephone;
        assert_eq!(settings.hosts, ["a.example", "b.example:5070"]);
        assert_eq!(settings.password.as_ref().unwrap().reveal(), "987654");
        let printed = format!("{settings:?}");
        assert!(!printed.contains("987654") && !printed.contains("31307123456"), "{printed}");

        let environment = |name: &str| match name {
            "WIJLAND_TELEPHONE_HOSTS" => Some("c.example, d.example".to_owned()),
            "WIJLAND_TELEPHONE_REGISTERS" => Some("false".to_owned()),
            _ => None,
        };
        let settings = Settings::parse(file, environment).unwrap().telephone;
        assert_eq!(settings.hosts, ["c.example", "d.example"]);
        assert_eq!(settings.registers, Some(false));
        let wrong = Settings::parse("[telephone]\npassword = 98.7654", |_| None).unwrap_err();
        assert!(!wrong.to_string().contains("7654"), "{wrong}");
        let wrong = Settings::parse("[telephone]\nregisters = \"ja\"", |_| None).unwrap_err();
        assert!(wrong.to_string().contains("telephone.registers"), "{wrong}");
    }

    #[test]
    fn the_kind_says_what_is_in_sight_unless_a_setting_does() {
        let features = |file: &str| Settings::parse(file, |_| None).unwrap().features();
        assert_eq!(features(""), [Feature::CallCentre]);
        assert_eq!(features("kind = \"trade\""), [Feature::Visits]);
        let grown = "kind = \"trade\"\ncall_centre = true\nvisits = false";
        assert_eq!(features(grown), [Feature::CallCentre]);
        assert!(Settings::parse("kind = \"club\"", |_| None).is_err());
    }

    #[test]
    fn a_mistake_is_named_without_the_line_it_is_on() {
        let wrong = Settings::parse("databse = \"postgres://u:secret@h/d\"", |_| None).unwrap_err();
        assert!(wrong.to_string().contains("databse"), "{wrong}");
        assert!(!wrong.to_string().contains("secret"), "{wrong}");
        let wrong = Settings::parse("database = postgres://u:secret@h/d", |_| None).unwrap_err();
        assert!(!wrong.to_string().contains("secret"), "{wrong}");
    }
}
