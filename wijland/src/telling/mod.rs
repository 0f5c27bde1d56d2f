//! `wijland story`: plays the story through the public API, on an installation made for it, and compares
//! what comes out with what the story says.

mod calls;
mod client;
mod outside;
mod told;
mod trade;
mod union;
mod voice;

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use access::token::{NewToken, Scope};
use clap::ValueEnum;
use db::{Clock, Db};
use kernel::Actor;
use texts::{Catalogue, Language};
use web::{App, Area, Demo};

use crate::commands::say;
use crate::{Failure, Installation, Place, demo, serve};
use client::Client;
pub use outside::Outside;
use story::Association;
pub use told::Told;

pub const TEXTS: texts::Source = texts::Source {
    area: "story",
    nl: include_str!("../../texts/nl.ftl"),
    en: include_str!("../../texts/en.ftl"),
};

#[derive(Debug, clap::Args)]
pub struct Wish {
    #[arg(value_enum)]
    story: Story,
    #[arg(long, default_value = "nl", value_parser = language, value_name = "nl|en")]
    lang: Language,
    #[command(flatten)]
    place: Place,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Story {
    Union,
    Trade,
}

/// A story, with whatever world it needs around it.
pub enum Telling {
    /// With the members of its two calls.
    Union(Outside),
    Trade,
}

impl Telling {
    fn association(&self) -> &'static Association {
        match self {
            Self::Union(_) => &story::UNION,
            Self::Trade => &story::TRADE,
        }
    }
}

fn language(typed: &str) -> Result<Language, String> {
    typed.parse().map_err(|_| "nl or en".to_owned())
}

/// Invented members around those of the story: enough that nothing is found by chance.
const MEMBERS: u64 = 500;

pub(crate) async fn run(wish: Wish) -> Result<ExitCode, Failure> {
    let Wish { story, lang, place } = wish;
    let telling = match story {
        Story::Union => Telling::Union(Outside::start().await?),
        Story::Trade => Telling::Trade,
    };
    let association = telling.association();
    let scratch = tempfile::tempdir().map_err(Failure::file("no temporary folder"))?;
    let mut settings = place.settings()?;
    if place.data.is_none() && place.config.is_none() {
        scratch.path().clone_into(&mut settings.data);
    }
    association.name.clone_into(&mut settings.association);
    settings.kind = association.kind;
    if let Telling::Union(outside) = &telling {
        settings.telephone = outside.settings();
    }
    let begins =
        story::BEGINS.in_tz(kernel::AMSTERDAM).expect("the time zone is compiled in").timestamp();
    let installation = Installation::open(settings, Clock::still(begins)).await?;
    let db = &installation.db;
    let users: i64 = db
        .read(Actor::SYSTEM, async |tx| {
            tx.value("select count(*) as value from users", vec![]).await
        })
        .await?;
    if users > 0 {
        return Err(Failure::told(
            "the story is played on an empty installation, and this one has users",
        ));
    }
    let uploads = installation.settings.data.join("uploads");
    demo::seed(db, association, &uploads, "nobody signs in", MEMBERS, 0).await?;
    let (app, areas) = installation.app(Some(Demo::default())).await?;
    let told = play_in(&app, areas, telling, lang).await?;
    db.close().await;
    say(told.verdict());
    Ok(if told.differences == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Plays a story on its demo association at 8:20 of its Tuesday; that of the union needs the line of its [`Outside::settings`].
pub async fn play(app: &App, areas: Vec<Area>, telling: Telling) -> Result<Told, Failure> {
    play_in(app, areas, telling, Language::Dutch).await
}

async fn play_in(
    app: &App,
    areas: Vec<Area>,
    telling: Telling,
    lang: Language,
) -> Result<Told, Failure> {
    let tokens = tokens(app.db(), telling.association()).await?;
    let server = serve::start(app, areas, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    let base = format!("http://{}", server.address);
    let telling = tokio::task::spawn_blocking(move || {
        let client = Client::new(base, tokens);
        let t = Catalogue::new(&[TEXTS]).texts(lang);
        match telling {
            Telling::Union(outside) => union::tell(&client, outside, t),
            Telling::Trade => trade::tell(&client, t),
        }
    });
    let told = telling.await.map_err(|_| Failure::told("the telling broke off"))?;
    server.stop().await?;
    let mut told = told?;
    let recount = app.db().read(Actor::SYSTEM, async |tx| activity::recount(tx).await).await?;
    told.check("story-recount", &recount.differences.to_string(), "0");
    // What the program would have counted a moment later.
    figures::count::Follower::catch_up(app)
        .await
        .map_err(|error| Failure::told(format!("the figures are not counted: {error}")))?;
    let book = app.rulebook();
    let figures = async |tx: &mut db::Tx| figures::count::differences(tx, &book).await;
    let figures = app.db().read(Actor::SYSTEM, figures).await?;
    told.check("story-figures-recount", &figures.differences.to_string(), "0");
    Ok(told)
}

/// A token for each of the colleagues, as `wijland token create` makes them.
async fn tokens(
    db: &Db,
    association: &'static Association,
) -> Result<Vec<(&'static str, String)>, Failure> {
    let mut tokens = Vec::new();
    for colleague in association.colleagues {
        let login = colleague.login;
        let secret = db
            .write(Actor::SYSTEM, async |tx| {
                let user = access::users::by_login(tx, login).await?.ok_or(db::Error::Raced)?;
                let scopes = vec![Scope::Read, Scope::Write, Scope::Admin];
                access::token::create(
                    tx,
                    NewToken { user, name: "story".into(), scopes, days: Some(7) },
                )
                .await
            })
            .await?;
        tokens.push((login, secret));
    }
    Ok(tokens)
}
