//! The demo union on a copy of its own, with a browser and an API client that need no network.

use std::path::{Path, PathBuf};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use db::test::{Original, tuesday};
use db::{Db, Where};
use jiff::Timestamp;
use kernel::Actor;
use serde_json::Value;
use story::Association;
use tokio::sync::OnceCell;
use tower::ServiceExt as _;
use web::{App, Demo};

/// The keys of every test: the story is sealed with them.
const KEYS: &str =
    "wijland keys 1\n1 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n";

pub(crate) const PASSWORD: &str = "samen-sterker-2026";

/// The demo union at 8:20 on its Tuesday; the clock stands still until a test moves it.
pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) db: Db,
    pub(crate) folder: PathBuf,
    router: Router,
    _folder: tempfile::TempDir,
}

static UNION: OnceCell<Original> = OnceCell::const_new();
static TRADE: OnceCell<Original> = OnceCell::const_new();
static EMPTY: OnceCell<Original> = OnceCell::const_new();

fn steps() -> Vec<db::Migration> {
    wijland::migrations(&wijland::areas(PathBuf::new()))
}

async fn seed_rules(db: &Db) {
    let seed = async |tx: &mut db::Tx| {
        rulebook::seed(tx).await?;
        wording::seed(tx).await
    };
    db.write(Actor::SYSTEM, seed).await.expect("rules and texts");
}

/// Runs one test on the demo union, once on each engine.
pub(crate) async fn on_each_engine(test: impl AsyncFn(World)) {
    on_story(&UNION, &story::UNION, 0, &|_| {}, test).await;
}

/// The same, with other settings than those of the demo.
pub(crate) async fn on_each_engine_set(
    set: impl Fn(&mut web::Settings),
    test: impl AsyncFn(World),
) {
    on_story(&UNION, &story::UNION, 0, &set, test).await;
}

/// Runs one test on the demo trade association with a few invented shops, once on each engine.
pub(crate) async fn on_each_trade_engine(test: impl AsyncFn(World)) {
    on_story(&TRADE, &story::TRADE, 40, &|_| {}, test).await;
}

async fn on_story(
    cell: &OnceCell<Original>,
    association: &Association,
    members: u64,
    set: &impl Fn(&mut web::Settings),
    test: impl AsyncFn(World),
) {
    let original = cell
        .get_or_init(async || {
            Original::new(&steps(), async |db| {
                seed_rules(db).await;
                let uploads = tempfile::tempdir().expect("a folder");
                wijland::demo::seed(db, association, uploads.path(), PASSWORD, members, 0)
                    .await
                    .expect("the story is whole");
            })
            .await
        })
        .await;
    on_copies(original, association, set, test).await;
}

/// Runs one test on an installation with the colleagues of the story and nobody else.
pub(crate) async fn on_each_empty_engine(test: impl AsyncFn(World)) {
    let original = EMPTY
        .get_or_init(async || {
            Original::new(&steps(), async |db| {
                seed_rules(db).await;
                wijland::demo::colleagues(db, &story::UNION, PASSWORD, 0)
                    .await
                    .expect("colleagues");
            })
            .await
        })
        .await;
    on_copies(original, &story::UNION, &|_| {}, test).await;
}

async fn on_copies(
    original: &Original,
    association: &Association,
    set: &impl Fn(&mut web::Settings),
    test: impl AsyncFn(World),
) {
    let folder = tempfile::tempdir().expect("a folder");
    let place = original.sqlite_copy(folder.path());
    test(World::open(place, folder, association, set).await).await;
    if let Some(copy) = original.postgres_copy().await {
        let folder = tempfile::tempdir().expect("a folder");
        test(World::open(copy.place(), folder, association, set).await).await;
    }
}

impl World {
    async fn open(
        place: Where,
        folder: tempfile::TempDir,
        association: &Association,
        set: &impl Fn(&mut web::Settings),
    ) -> Self {
        let db = Db::open(&place, tuesday()).await.expect("open");
        let areas = wijland::areas(folder.path().join("uploads"));
        let mut settings = web::Settings {
            association: association.name.into(),
            features: web::Settings::of_kind(association.kind),
            demo: Some(Demo { callers: wijland::demo::callers(association), ..Demo::default() }),
            keys: vault::KeyRing::read(KEYS).expect("a ring"),
            recordings: web::RecordingSettings {
                folder: folder.path().join("recordings"),
                ..web::RecordingSettings::default()
            },
            ..web::Settings::default()
        };
        set(&mut settings);
        let app = App::new(db.clone(), settings, &areas).await.expect("rules are there");
        let router = wijland::router(&app, areas);
        Self { app, db, folder: folder.path().to_owned(), router, _folder: folder }
    }

    /// Moves the clock to a time of the story's Tuesday.
    pub(crate) fn clock(&self, time: &str) {
        self.clock_on("2026-11-24", time);
    }

    pub(crate) fn clock_on(&self, day: &str, time: &str) {
        let at: Timestamp = format!("{day}T{time}:00+01:00").parse().expect("a time");
        self.db.clock().set(at);
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("never fails");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 26).await.expect("a body");
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
            bytes: bytes.to_vec(),
        }
    }

    /// Whatever a browser that never was here sends.
    pub(crate) async fn anonymous(&self, method: Method, path: &str) -> Answer {
        let request =
            Request::builder().method(method).uri(path).body(Body::empty()).expect("a request");
        self.send(request).await
    }

    /// A browser on which a colleague signed in with name and password.
    pub(crate) async fn browser(&self, login: &str) -> Browser<'_> {
        let mut browser = Browser { world: self, cookies: vec![], language: "nl" };
        let answer = browser.post("/inloggen", &[("user", login), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{login} signs in: {}", answer.text);
        browser
    }

    pub(crate) fn stranger(&self) -> Browser<'_> {
        Browser { world: self, cookies: vec![], language: "nl" }
    }

    /// A program that works in a colleague's name, with a token for everything.
    pub(crate) async fn program(&self, login: &str) -> Program<'_> {
        use access::token::{NewToken, Scope};
        let token = self
            .db
            .write(Actor::SYSTEM, async |tx| {
                let user = access::users::by_login(tx, login).await?.expect("a colleague");
                let scopes = vec![Scope::Read, Scope::Write, Scope::Admin];
                access::token::create(
                    tx,
                    NewToken { user, name: "test".into(), scopes, days: None },
                )
                .await
            })
            .await
            .expect("a token");
        Program { world: self, token }
    }

    /// One number that the database knows.
    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        self.db.read(Actor::SYSTEM, async |tx| tx.value::<i64>(sql, vec![]).await).await.expect(sql)
    }

    /// The words of the latest message that was made.
    pub(crate) async fn last_mail(&self) -> String {
        let read = async |tx: &mut db::Tx| {
            let sql = "select body_text as value from outbox order by id desc limit 1";
            tx.value::<String>(sql, vec![]).await
        };
        self.db.read(Actor::SYSTEM, read).await.expect("a message")
    }

    /// Counts everything again from the log: it has to be what is kept.
    pub(crate) async fn recount_is_zero(&self) {
        let read = async |tx: &mut db::Tx| activity::recount(tx).await;
        let recounted = self.db.read(Actor::SYSTEM, read).await.expect("a recount");
        assert_eq!(recounted.differences, 0);
    }

    /// The organisation that the story calls so.
    pub(crate) async fn organisation(&self, key: &'static str) -> String {
        let read = async |tx: &mut db::Tx| people::organisation::by_external_id(tx, key).await;
        let found = self.db.read(Actor::SYSTEM, read).await.expect("a query");
        found.expect("in the story").to_string()
    }

    pub(crate) async fn theme(&self, name: &str) -> String {
        let read = async |tx: &mut db::Tx| service::theme::all(tx).await;
        let themes = self.db.read(Actor::SYSTEM, read).await.expect("a query");
        let theme = themes.into_iter().find(|theme| theme.name_nl == name);
        theme.expect("in the story").id.to_string()
    }

    pub(crate) async fn user(&self, login: &'static str) -> String {
        let read = async |tx: &mut db::Tx| access::users::by_login(tx, login).await;
        let found = self.db.read(Actor::SYSTEM, read).await.expect("a query");
        found.expect("in the story").to_string()
    }

    /// The id of a person by the key of the story's files.
    pub(crate) async fn person(&self, key: &str) -> i64 {
        let found = self
            .db
            .read(Actor::SYSTEM, async |tx| {
                tx.value::<Option<i64>>(
                    "select max(id) as value from people where external_id = $1 or member_number = $2",
                    db::args![key, key],
                )
                .await
            })
            .await
            .expect("people");
        found.unwrap_or_else(|| panic!("nobody is called {key}"))
    }

    /// Writes a file for an import into the world's own folder.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.join(name);
        std::fs::write(&path, content).expect("a file");
        path
    }

    pub(crate) fn path(&self) -> &Path {
        &self.folder
    }
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) text: String,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.text))
    }

    pub(crate) fn location(&self) -> &str {
        self.headers.get(header::LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// What stands in a page between two texts, once.
    pub(crate) fn between(&self, before: &str, after: &str) -> &str {
        let start =
            self.text.find(before).unwrap_or_else(|| panic!("no {before:?} in {}", self.text));
        let rest = &self.text[start + before.len()..];
        &rest[..rest.find(after).unwrap_or_else(|| panic!("no {after:?} behind {before:?}"))]
    }

    /// What the page is about, without the frame around it.
    fn main(&self) -> &str {
        let begin = self.text.find("<main").unwrap_or(0);
        let end = self.text.find("</main>").unwrap_or(self.text.len());
        &self.text[begin..end]
    }

    #[track_caller]
    pub(crate) fn shows(&self, text: &str) {
        assert!(self.text.contains(text), "{text:?} is not in\n{}", self.main());
    }

    #[track_caller]
    pub(crate) fn hides(&self, text: &str) {
        assert!(!self.text.contains(text), "{text:?} is in\n{}", self.main());
    }
}

/// Somebody at a screen.
pub(crate) struct Browser<'a> {
    world: &'a World,
    pub(crate) cookies: Vec<(String, String)>,
    pub(crate) language: &'static str,
}

impl Browser<'_> {
    /// Has a page open until it was noticed.
    pub(crate) async fn looks_on(&mut self) {
        let cookies =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        let request =
            Request::get("/live").header(header::COOKIE, cookies.join("; ")).body(Body::empty());
        let response = self
            .world
            .router
            .clone()
            .oneshot(request.expect("a request"))
            .await
            .expect("never fails");
        let mut signs = response.into_body().into_data_stream();
        // The first sign comes after the page was noticed.
        let first = std::future::poll_fn(|context| {
            use futures_util::Stream as _;
            std::pin::Pin::new(&mut signs).poll_next(context)
        });
        first.await.expect("a sign").expect("of life");
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// As a player asks for a part of a sound.
    pub(crate) async fn get_part(&mut self, path: &str, range: &str) -> Answer {
        self.send_with(Method::GET, path, None, Some(range)).await
    }

    /// Somebody rings, and is on the desk at once.
    pub(crate) async fn is_rung_by(&mut self, person: i64) {
        let path = format!("/leden/{person}/gesprek");
        let rung = self.post(&path, &[("direction", "in")]).await;
        assert_eq!(rung.location(), "/werkplek", "{}", rung.text);
    }

    /// Whoever rang says who that is, and the agent types it.
    pub(crate) async fn checks(&mut self, person: i64) {
        let facts = self
            .world
            .db
            .read(Actor::SYSTEM, async |tx| {
                people::person::by_id(tx, kernel::PersonId(person), people::Sight::All).await
            })
            .await
            .expect("a query")
            .expect("a person")
            .person;
        let born = facts.birth_date.map(|day| day.strftime("%-d-%-m-%Y").to_string());
        let number = facts.address.house_number.unwrap_or_default();
        let answers = [
            ("birth_date", born.unwrap_or_default()),
            ("postcode", format!("{} {number}", facts.address.postcode)),
            ("member_number", facts.member_number.unwrap_or_default()),
        ];
        let answers = answers.each_ref().map(|(name, words)| (*name, words.as_str()));
        let checked = self.post(&format!("/werkplek/controle/{person}"), &answers).await;
        assert_eq!(checked.location(), "/werkplek", "{}", checked.text);
    }

    /// As a script of a page of ours does.
    pub(crate) async fn post_json(&mut self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, Some(("application/json", body.to_string()))).await
    }

    /// As a script of a page of ours does with what it has no form for.
    pub(crate) async fn post_text(&mut self, path: &str, text: &str) -> Answer {
        self.send(Method::POST, path, Some(("text/plain", text.to_owned()))).await
    }

    pub(crate) async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        let body = form
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect::<Vec<_>>()
            .join("&");
        let kind = "application/x-www-form-urlencoded";
        self.send(Method::POST, path, Some((kind, body))).await
    }

    /// A form with a file: `file` is its field, name and content.
    pub(crate) async fn post_file(
        &mut self,
        path: &str,
        form: &[(&str, &str)],
        (field, name, content): (&str, &str, &str),
    ) -> Answer {
        let edge = "----wijland-test";
        let mut body = String::new();
        for (name, value) in form {
            body += &format!(
                "--{edge}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
        }
        body += &format!(
            "--{edge}\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n{content}\r\n--{edge}--\r\n"
        );
        let kind = format!("multipart/form-data; boundary={edge}");
        self.send(Method::POST, path, Some((&kind, body))).await
    }

    async fn send(&mut self, method: Method, path: &str, body: Option<(&str, String)>) -> Answer {
        self.send_with(method, path, body, None).await
    }

    async fn send_with(
        &mut self,
        method: Method,
        path: &str,
        body: Option<(&str, String)>,
        range: Option<&str>,
    ) -> Answer {
        let cookies =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "wijland.test")
            .header("sec-fetch-site", "same-origin")
            .header(header::ACCEPT_LANGUAGE, self.language)
            .header(header::COOKIE, cookies.join("; "));
        if let Some(range) = range {
            request = request.header(header::RANGE, range);
        }
        let mut sent = String::new();
        if let Some((kind, body)) = body {
            request = request.header(header::CONTENT_TYPE, kind);
            sent = body;
        }
        let answer = self.world.send(request.body(Body::from(sent)).expect("a request")).await;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().expect("text").split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.retain(|(known, _)| known != name);
                if !value.is_empty() {
                    self.cookies.push((name.to_owned(), value.to_owned()));
                }
            }
        }
        answer
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// Another program, by the API.
pub(crate) struct Program<'a> {
    world: &'a World,
    pub(crate) token: String,
}

impl Program<'_> {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, Some(body), None).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PATCH, path, Some(body), None).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PUT, path, Some(body), None).await
    }

    /// The same command with a key, as a client that may have to try again sends it.
    pub(crate) async fn post_once(&self, path: &str, body: &Value, key: &str) -> Answer {
        self.send(Method::POST, path, Some(body), Some(key)).await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        key: Option<&str>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.world.send(request.body(body).expect("a request")).await
    }

    /// Sends a file as a browser's form does.
    pub(crate) async fn upload(&self, kind: &str, name: &str, content: &[u8]) -> Answer {
        let edge = "----wijland-test";
        let mut body = Vec::new();
        body.extend_from_slice(
            format!("--{edge}\r\ncontent-disposition: form-data; name=\"kind\"\r\n\r\n{kind}\r\n")
                .as_bytes(),
        );
        body.extend_from_slice(
            format!("--{edge}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n").as_bytes(),
        );
        body.extend_from_slice(content);
        body.extend_from_slice(format!("\r\n--{edge}--\r\n").as_bytes());
        let request = Request::builder()
            .method(Method::POST)
            .uri("/api/v1/imports")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={edge}"))
            .body(Body::from(body))
            .expect("a request");
        self.world.send(request).await
    }
}
