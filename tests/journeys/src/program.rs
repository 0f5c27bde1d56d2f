use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use db::test::Original;
use db::{Db, Where};
use kernel::Actor;
use mail::test::MailServer;
use story::Association;
use tokio::sync::{Mutex, OnceCell};
use web::{App, Demo};
use wijland::Server;

/// The keys of every journey.
const KEYS: &str =
    "wijland keys 1\n1 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n";

pub const PASSWORD: &str = "samen-sterker-2026";

/// The demo union, served at an address of its own; its clock runs from 8:20 of the story's Tuesday.
pub struct Program {
    pub app: App,
    pub url: String,
    folder: tempfile::TempDir,
    server: Mutex<Option<Server>>,
}

static UNION: OnceCell<Original> = OnceCell::const_new();
static TRADE: OnceCell<Original> = OnceCell::const_new();

/// Runs one journey in the union on each engine.
pub async fn on_each_engine(journey: impl AsyncFn(&Program)) {
    on_story(&UNION, &story::UNION, 200, async |program, _| journey(program).await, || None).await;
}

/// Runs one journey in the union on each engine, in real use: no demo, and its mail goes out by SMTP.
pub async fn on_each_engine_with_mail(journey: impl AsyncFn(&Program, &mut MailServer)) {
    let start = || MailServer::start().expect("WIJLAND_TEST_SMTP names a Python with aiosmtpd");
    let journey = async |program: &Program, mail: Option<&mut MailServer>| {
        journey(program, mail.expect("it was started")).await;
    };
    on_story(&UNION, &story::UNION, 200, journey, || Some(start())).await;
}

/// Runs one journey in the trade association on each engine.
pub async fn on_each_trade_engine(journey: impl AsyncFn(&Program)) {
    on_story(&TRADE, &story::TRADE, 60, async |program, _| journey(program).await, || None).await;
}

async fn on_story(
    cell: &OnceCell<Original>,
    association: &Association,
    members: u64,
    journey: impl AsyncFn(&Program, Option<&mut MailServer>),
    mail: impl Fn() -> Option<MailServer>,
) {
    let steps = wijland::migrations(&wijland::areas(PathBuf::new()));
    let original = cell
        .get_or_init(async || {
            Original::new(&steps, async |db| {
                let seed = async |tx: &mut db::Tx| {
                    rulebook::seed(tx).await?;
                    wording::seed(tx).await
                };
                db.write(Actor::SYSTEM, seed).await.expect("rules and texts");
                let uploads = tempfile::tempdir().expect("a folder");
                wijland::demo::seed(db, association, uploads.path(), PASSWORD, members, 0)
                    .await
                    .expect("the story is whole");
            })
            .await
        })
        .await;
    let folder = tempfile::tempdir().expect("a folder");
    let place = original.sqlite_copy(folder.path());
    journey_on(association, place, folder, &journey, mail()).await;
    if let Some(copy) = original.postgres_copy().await {
        let folder = tempfile::tempdir().expect("a folder");
        journey_on(association, copy.place(), folder, &journey, mail()).await;
    }
}

async fn journey_on(
    association: &Association,
    place: Where,
    folder: tempfile::TempDir,
    journey: &impl AsyncFn(&Program, Option<&mut MailServer>),
    mut mail: Option<MailServer>,
) {
    let db = Db::open(&place, db::test::tuesday_running()).await.expect("open");
    let areas = wijland::areas(folder.path().join("uploads"));
    let settings = web::Settings {
        association: association.name.into(),
        features: web::Settings::of_kind(association.kind),
        public_url: mail.is_some().then(|| "https://leden.werkbond.example".into()),
        demo: mail
            .is_none()
            .then(|| Demo { callers: wijland::demo::callers(association), ..Demo::default() }),
        mail: mail.as_ref().map(MailServer::settings).unwrap_or_default(),
        keys: vault::KeyRing::read(KEYS).expect("a ring"),
        ..web::Settings::default()
    };
    let app = App::new(db, settings, &areas).await.expect("rules are there");
    let server = wijland::start(&app, areas, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
        .await
        .expect("it listens");
    let program = Program {
        url: format!("http://localhost:{}", server.address.port()),
        app,
        folder,
        server: Mutex::new(Some(server)),
    };
    journey(&program, mail.as_mut()).await;
    let server = program.server.lock().await.take();
    server.expect("it runs at the end").stop().await.expect("it stops");
}

impl Program {
    /// The program ends, whatever it was doing. What a process that is killed leaves in its database has a test of its
    /// own (`commands::killed`); here it is about who tries to reach it.
    pub async fn dies(&self) {
        self.server.lock().await.take().expect("it runs").kill();
    }

    /// It is there again, at the same address.
    pub async fn comes_back(&self) {
        let (_, port) = self.url.rsplit_once(':').expect("a port");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port.parse().expect("a number")));
        let areas = wijland::areas(self.path().join("uploads"));
        let server = wijland::start(&self.app, areas, address).await.expect("it listens");
        *self.server.lock().await = Some(server);
    }

    /// Moves the clock to a time of the story's Tuesday; it runs on from there.
    pub fn clock(&self, time: &str) {
        let at = format!("2026-11-24T{time}:00+01:00").parse().expect("a time");
        self.app.db().clock().set(at);
    }

    /// Writes a file that somebody will upload.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, content).expect("a file");
        path
    }

    /// The id of a person by the member number of the story.
    pub async fn person(&self, member_number: &str) -> i64 {
        let found = self
            .app
            .db()
            .read(Actor::SYSTEM, async |tx| {
                let sql = "select max(id) as value from people where member_number = $1";
                tx.value::<i64>(sql, db::args![member_number]).await
            })
            .await;
        found.expect("somebody with this number")
    }

    /// The e-mail address of a person by the member number of the story.
    pub async fn email(&self, member_number: &str) -> String {
        let found = self
            .app
            .db()
            .read(Actor::SYSTEM, async |tx| {
                let sql = "select max(email) as value from people where member_number = $1";
                tx.value::<String>(sql, db::args![member_number]).await
            })
            .await;
        found.expect("somebody with this number")
    }

    /// The id of an employer by its key in the story.
    pub async fn employer(&self, external_id: &str) -> i64 {
        let found = self
            .app
            .db()
            .read(Actor::SYSTEM, async |tx| {
                let sql = "select max(id) as value from organisations where external_id = $1";
                tx.value::<i64>(sql, db::args![external_id]).await
            })
            .await;
        found.expect("an employer with this key")
    }

    /// The id of a campaign of the story.
    pub async fn campaign(&self) -> i64 {
        let found = self
            .app
            .db()
            .read(Actor::SYSTEM, async |tx| {
                tx.value::<i64>("select max(id) as value from campaigns", vec![]).await
            })
            .await;
        found.expect("a campaign")
    }

    /// The id of a target of the story.
    pub async fn target(&self) -> i64 {
        let found = self
            .app
            .db()
            .read(Actor::SYSTEM, async |tx| {
                tx.value::<i64>("select min(id) as value from targets", vec![]).await
            })
            .await;
        found.expect("a target")
    }

    /// The id of the promise to somebody, by the key of the story.
    pub async fn promise(&self, external_id: &str) -> i64 {
        let found = self
            .app
            .db()
            .read(Actor::SYSTEM, async |tx| {
                let sql =
                    "select max(b.id) as value from callbacks b join people p on p.id = b.person_id
                            where p.external_id = $1";
                tx.value::<i64>(sql, db::args![external_id]).await
            })
            .await;
        found.expect("a promise to this person")
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}
