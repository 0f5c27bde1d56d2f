use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use kernel::{AssociationKind, Feature};
use serde::{Deserialize, Deserializer};

use crate::Failure;

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
    /// Reached over TLS, by a proxy in front.
    pub secure: bool,
    /// The proxy in front says from where a request came (`X-Forwarded-For`).
    pub behind_proxy: bool,
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
            secure: false,
            behind_proxy: false,
        }
    }
}

const NAMES: [&str; 10] = [
    "association",
    "kind",
    "call_centre",
    "visits",
    "listen",
    "data",
    "database",
    "keys",
    "secure",
    "behind_proxy",
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
            if let Some(value) = environment(&format!("WIJLAND_{}", name.to_uppercase())) {
                let value = match value.parse() {
                    Ok(flag) => toml::Value::Boolean(flag),
                    Err(_) => toml::Value::String(value),
                };
                table.insert(name.to_owned(), value);
            }
        }
        table.try_into().map_err(|error: toml::de::Error| {
            Failure::told(format!("the settings make no sense: {}", error.message()))
        })
    }
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
