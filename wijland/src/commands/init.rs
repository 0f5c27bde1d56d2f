//! `wijland init`

use std::fmt::Write as _;
use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::PathBuf;

use access::users::{NewUser, add_user};
use kernel::{Actor, AssociationKind, Pii, Role, Roles};
use texts::Language;

use super::{say, warn};
use crate::{Failure, Installation, Place, Settings};

#[derive(Debug, clap::Args)]
pub(crate) struct Wish {
    /// The settings to write, or to read if they are there
    #[arg(long, value_name = "FILE", default_value = "wijland.toml")]
    config: PathBuf,
    /// The name of the association
    #[arg(long)]
    association: Option<String>,
    /// union: people are members and a desk calls; trade: organisations are members and colleagues travel
    #[arg(long, value_parser = kind, value_name = "union|trade")]
    kind: Option<AssociationKind>,
    /// The folder for everything that is kept
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The whole name of the first administrator
    #[arg(long)]
    name: Option<String>,
    /// The mail address of the first administrator; also the name to sign in with
    #[arg(long)]
    email: Option<String>,
}

pub(crate) async fn run(wish: Wish) -> Result<(), Failure> {
    let Wish { config, association, kind: asked_kind, data, name, email } = wish;
    if !config.exists() {
        let association = asked(association, "Name of the association")?;
        let asked_kind = asked_kind.map(|kind| kind.code().to_owned());
        let kind = kind(&asked(asked_kind, "Kind: union or trade")?).map_err(Failure::told)?;
        let data = data.unwrap_or_else(|| Settings::default().data);
        std::fs::write(&config, settings_text(&association, kind, &data.display().to_string()))
            .map_err(Failure::file(format!("{} cannot be written", config.display())))?;
        say(format!(
            "{} is written; look through it, each line says what it does",
            config.display()
        ));
    }
    let place = Place { data: None, config: Some(config.clone()) };
    let installation = Installation::open(place.settings()?, db::Clock::real()).await?;
    let users: i64 = installation
        .db
        .read(Actor::SYSTEM, async |tx| {
            tx.value("select count(*) as value from users", vec![]).await
        })
        .await?;
    if users > 0 {
        return Err(Failure::told(
            "this installation has users already; an administrator adds others",
        ));
    }

    let name = asked(name, "Your name")?;
    let email = asked(email, "Your mail address")?;
    let password = web::password::generate();
    let first_name = name.split_whitespace().next().unwrap_or_default().to_owned();
    let user = NewUser {
        login: email.clone(),
        email: email.clone(),
        first_name,
        name,
        password_hash: web::password::hash(Pii::new(password.clone())).await,
        roles: Roles::new([Role::Administrator]),
        team: None,
        language: Language::Dutch,
    };
    installation.db.write(Actor::SYSTEM, async |tx| add_user(tx, user).await).await?;
    installation.db.close().await;
    say(format!(
        "\nSign in as {email} with this password, and change it under your initials:\n\n  {password}\n"
    ));
    say(format!("Start the program with: wijland serve --config {}", config.display()));
    Ok(())
}

fn kind(typed: &str) -> Result<AssociationKind, String> {
    typed.parse().map_err(|_| "the kind is union or trade".to_owned())
}

fn asked(given: Option<String>, question: &str) -> Result<String, Failure> {
    if let Some(given) = given.filter(|given| !given.trim().is_empty()) {
        return Ok(given.trim().to_owned());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::told(format!(
            "{question}? Say it with an option; see wijland init --help"
        )));
    }
    let mut line = String::new();
    let mut screen = std::io::stderr();
    // If the question cannot be shown, the answer cannot be read either.
    let _ = write!(screen, "{question}: ").and_then(|()| screen.flush());
    std::io::stdin().lock().read_line(&mut line).map_err(Failure::file("nothing can be read"))?;
    match line.trim() {
        "" => {
            warn("an answer is needed");
            asked(None, question)
        }
        line => Ok(line.to_owned()),
    }
}

fn settings_text(association: &str, kind: AssociationKind, data: &str) -> String {
    let mut text = String::new();
    let quoted = |value: &str| toml::Value::String(value.to_owned()).to_string();
    // Into a string, which has room.
    let _ = write!(
        text,
        "\
# Every setting can also be given as WIJLAND_… in the environment.

# The name of the association, as everybody sees it.
association = {}

# union: people are members, and a desk calls. trade: organisations are members, and colleagues travel to them.
kind = \"{kind}\"

# What the kind leaves out of sight can be put in sight, and the other way round.
# call_centre = true
# visits = true

# Where the program listens. Browsers on other machines need TLS: by [tls] below, or by a proxy in front; see docs/operating.
listen = \"127.0.0.1:8080\"

# The folder for the database, uploads and all else that is kept.
data = {}

# On PostgreSQL instead of a file in the folder; several processes can share it.
# database = \"postgres://wijland:PASSWORD@localhost/wijland\"

# Reached over TLS, by a proxy in front: cookies are only sent over TLS then.
# secure = true

# The proxy says from where a request came (X-Forwarded-For). Only if there is one.
# behind_proxy = true

# Where members reach the program: the links in mail lead there.
# public_url = \"https://leden.example\"

# A certificate of your own, or the files of an ACME client; they are read again when they change. redirect_from leads there
# whoever comes without TLS.
# [tls]
# certificate = \"/etc/letsencrypt/live/leden.example/fullchain.pem\"
# key = \"/etc/letsencrypt/live/leden.example/privkey.pem\"
# redirect_from = \"0.0.0.0:80\"

# Without these mail is kept and not sent. smtps:// is TLS from the beginning; smtp://…:587?tls=required turns to it.
# [mail]
# smtp = \"smtps://USER:PASSWORD@mail.example\"
# from = \"Ledenservice <ledenservice@example.nl>\"

# A gateway for text messages: JSON over HTTPS. body says how it wants it; this is what it gets without.
# [sms]
# url = \"https://gateway.example/messages\"
# token = \"TOKEN\"
# from = \"Bericht\"
# body = '{{\"to\": \"{{to}}\", \"from\": \"{{from}}\", \"text\": \"{{text}}\", \"reference\": \"{{reference}}\"}}'

# Where browsers reach the sound of conversations, by UDP; without it a free port at the address of the pages.
# [sound]
# listen = \"0.0.0.0:40000\"
# address = \"192.0.2.10\"
# With this the telephone is a process of its own (wijland telephone): a busy machine gives it a processor, and it is restarted by itself.
# socket = \"/run/wijland/telephone\"

# The line of a telephone provider, or of your own exchange; docs/operating has the rest.
# [telephone]
# hosts = [\"sip.example\"]
# user = \"31201234567\"
# password = \"PASSWORD\"
# number = \"+31201234567\"
",
        quoted(association),
        quoted(data)
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("wijland.toml");
        std::fs::write(
            &file,
            settings_text("Bond \"De Schakel\"", AssociationKind::Trade, "/var/lib/wijland"),
        )
        .unwrap();
        let settings = Settings::read(Some(&file)).unwrap();
        assert_eq!(settings.association, "Bond \"De Schakel\"");
        assert_eq!(settings.kind, AssociationKind::Trade);
        assert_eq!(settings.data, PathBuf::from("/var/lib/wijland"));
    }
}
