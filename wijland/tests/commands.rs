//! The commands as they are typed: what they print, how they end, and what survives when they are killed.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

fn wijland(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wijland"));
    command.args(arguments).env_remove("WIJLAND_DATABASE").stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = wijland(arguments).output().expect("the program runs");
    (
        status.code().expect("not killed"),
        String::from_utf8(stdout).expect("text"),
        String::from_utf8(stderr).expect("text"),
    )
}

#[track_caller]
fn works(arguments: &[&str]) -> String {
    let (code, out, err) = run(arguments);
    assert_eq!(code, 0, "{arguments:?}\n{out}\n{err}");
    out
}

/// An installation with one administrator, in a folder.
fn installed(folder: &Path) -> String {
    let config = folder.join("wijland.toml").display().to_string();
    let data = folder.join("data").display().to_string();
    let out = works(&[
        "init",
        "--config",
        &config,
        "--association",
        "Bond",
        "--data",
        &data,
        "--name",
        "Anna Beeks",
        "--email",
        "anna@bond.example",
    ]);
    assert!(out.contains("anna@bond.example"), "{out}");
    config
}

#[test]
fn an_installation_from_nothing_to_a_restored_backup() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let config = installed(folder.path());
    // Twice makes no second administrator.
    let (code, _, err) =
        run(&["init", "--config", &config, "--name", "X", "--email", "x@bond.example"]);
    assert_eq!(code, 1);
    assert!(err.contains("users already"), "{err}");

    works(&["generate", "persons", "--rows", "300", "--seed", "5", &at("leden.csv")]);
    let out = works(&["import", "persons", &at("leden.csv"), "--dry-run", "--config", &config]);
    assert!(out.contains(": 300 rows, 300 added, 0 changed, 0 unchanged, 0 refused"), "{out}");
    let out = works(&["import", "persons", &at("leden.csv"), "--config", &config]);
    assert!(out.starts_with("import ") && out.contains(": 300 rows, 300 added,"), "{out}");
    let id = out.strip_prefix("import ").unwrap().split(':').next().unwrap().to_owned();

    std::fs::write(
        at("half.csv"),
        "lidnummer;achternaam;geboortedatum\n1;Bos;1990-01-01\n2;Dijk;31-02-1990\n",
    )
    .unwrap();
    let (code, out, err) = run(&[
        "import",
        "persons",
        &at("half.csv"),
        "--errors",
        &at("fout.csv"),
        "--config",
        &config,
    ]);
    assert_eq!(code, 2, "some rows were refused");
    assert!(out.contains("1 added") && out.contains("1 refused"), "{out}");
    assert!(err.contains("fout.csv"), "{err}");
    let errors = std::fs::read_to_string(at("fout.csv")).unwrap();
    assert!(errors.contains("birth_date") && errors.contains('3'), "{errors}");

    for (arguments, says) in [
        (vec!["import", "leden", "x.csv"], "persons"),
        (vec!["import", "persons", "nergens.csv"], "nergens.csv"),
        (vec!["import", "undo", "nul"], "number"),
    ] {
        let (code, _, err) = run(&[arguments.as_slice(), &["--config", &config]].concat());
        assert_eq!(code, 1, "{arguments:?}");
        assert!(err.contains(says), "{arguments:?}: {err}");
    }

    works(&["backup", &at("kopie.db"), "--config", &config]);
    let out = works(&["import", "undo", &id, "--config", &config]);
    assert!(out.contains("300 removed"), "{out}");
    assert!(
        works(&["export", "persons", &at("uit.csv"), "--config", &config]).starts_with("1 rows")
    );

    works(&["restore", &at("kopie.db"), "--config", &config]);
    assert!(
        works(&["export", "persons", &at("uit.xlsx"), "--config", &config]).starts_with("301 rows")
    );
    let (code, _, err) = run(&["restore", &at("leden.csv"), "--config", &config]);
    assert_eq!(code, 1);
    assert!(err.contains("no backup"), "{err}");

    let out = works(&["doctor", "--config", &config]);
    assert!(out.lines().all(|line| line.starts_with("ok ")), "{out}");
    let token = works(&[
        "token",
        "create",
        "--user",
        "anna@bond.example",
        "--scope",
        "read,write,admin",
        "--config",
        &config,
    ]);
    assert!(token.trim().lines().last().unwrap().starts_with("wl_"), "{token}");
}

#[test]
fn a_password_is_not_taken_from_the_command_line() {
    let (code, _, err) =
        run(&["serve", "--database", "postgres://wijland:geheim@localhost/wijland"]);
    assert_eq!(code, 1);
    assert!(err.contains("WIJLAND_DATABASE") && !err.contains("geheim"), "{err}");
}

/// A demo that runs in the background until it is dropped.
struct Demo {
    child: Child,
    url: String,
}

impl Demo {
    fn start(arguments: &[&str]) -> Self {
        Self::begin(wijland(&[&["demo", "--port", "0"], arguments].concat()))
    }

    fn begin(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the demo starts");
        let out = BufReader::new(child.stdout.take().expect("piped"));
        let url = out
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.split("ready: ").nth(1).map(str::to_owned))
            .expect("the demo says where it is");
        Self { child, url }
    }

    /// As a power cut does it.
    fn kill(mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may be gone already, and that is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().new_agent()
}

#[test]
fn the_demo_is_ready_says_who_may_in_and_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo").display().to_string();
    let demo = Demo::start(&["--data", &data, "--members", "50", "--agents", "2"]);
    let health = agent().get(format!("{}/health", demo.url)).call().unwrap();
    assert_eq!(health.status(), 200);
    let accounts = std::fs::read_to_string(folder.path().join("demo/accounts.json")).unwrap();
    let accounts: Value = serde_json::from_str(&accounts).unwrap();
    let accounts = accounts.as_array().unwrap();
    assert_eq!(accounts.len(), story::COLLEAGUES.len() + 2);
    for name in ["association", "user", "password", "role", "url"] {
        assert!(accounts.iter().all(|account| account[name].is_string()), "{name}");
    }
    let clock = |now: &str| {
        let body = json!({"now": now});
        agent()
            .put(format!("{}/api/v1/demo/clock", demo.url))
            .send_json(body)
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!(clock("2026-11-24T10:15"), 204);
    assert_eq!(clock("2026-11-24T09:00"), 422, "time does not go back");
    demo.kill();

    std::fs::write(folder.path().join("demo/clock"), "2026-11-24T09:15:00Z").unwrap();
    let again = Demo::start(&["--data", &data]);
    let page = agent()
        .get(format!("{}/inloggen", again.url))
        .call()
        .unwrap()
        .body_mut()
        .read_to_string()
        .unwrap();
    assert!(page.contains("Noor Bakker"), "{page}");
    drop(again);
    let (code, _, err) = run(&["demo", "--data", &data, "--clock", "2026-11-24T08:20"]);
    assert_eq!(code, 1);
    assert!(err.contains("--fresh"), "{err}");
    // A folder of somebody else is never thrown away.
    std::fs::create_dir(folder.path().join("mine")).unwrap();
    std::fs::write(folder.path().join("mine/brief.txt"), "bewaren").unwrap();
    let mine = folder.path().join("mine").display().to_string();
    let (code, _, _) = run(&["demo", "--fresh", "--data", &mine]);
    assert_eq!(code, 1);
    assert!(folder.path().join("mine/brief.txt").exists());
}

/// What one agent does, over and over, until nobody is left or the program is gone.
fn work(url: &str, token: &str, done: &AtomicUsize) -> Vec<String> {
    let agent = agent();
    let post = |path: &str, body: Value| {
        agent
            .post(format!("{url}/api/v1{path}"))
            .header("authorization", format!("Bearer {token}"))
            .send_json(body)
            .ok()
            .map(|mut answer| {
                (
                    answer.status().as_u16(),
                    answer.body_mut().read_json::<Value>().unwrap_or_default(),
                )
            })
    };
    let mut finished = Vec::new();
    loop {
        let Some((status, next)) = post("/call-records/next", json!({})) else { return finished };
        if status != 200 {
            return finished;
        }
        let path = |what: &str| {
            format!("/call-records/{}/{what}", next["id"].as_str().unwrap_or_default())
        };
        let begun =
            post(&path("attempts"), json!({"fence": next["fence"], "channel": "own_phone"}));
        let logged =
            post(&path("outcome"), json!({"fence": next["fence"], "outcome": "not_interested"}));
        match (begun, logged) {
            (Some(_), Some((200, _))) => {
                finished.push(next["person"]["id"].as_str().unwrap_or_default().to_owned());
                done.fetch_add(1, Ordering::Relaxed);
            }
            (None, _) | (_, None) => return finished,
            (Some(begun), Some(logged)) => panic!("{next}\n{begun:?}\n{logged:?}"),
        }
    }
}

/// How many agents and people: small enough for every run; `WIJLAND_KILL=64x10000` asks for a whole floor.
fn floor() -> (u32, usize) {
    let wish = std::env::var("WIJLAND_KILL").unwrap_or_else(|_| "16x400".into());
    let (agents, people) = wish.split_once('x').expect("agents x people");
    (agents.parse().expect("a number of agents"), people.parse().expect("a number of people"))
}

#[test]
fn killed_in_the_middle_nobody_is_called_twice_and_nobody_is_lost() {
    killed_in_the_middle(None);
}

#[test]
fn nor_on_postgresql() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let place = runtime
        .block_on(async { db::test::Original::new(&[], async |_| {}).await.postgres_copy().await });
    // Without a server there is nothing to test; `./wijland-test` says so.
    if let Some(db::Where::Url(url)) = place {
        killed_in_the_middle(Some(&url));
    }
}

fn killed_in_the_middle(database: Option<&str>) {
    let (agents, people_count) = floor();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo").display().to_string();
    let agents_wanted = agents.to_string();
    let start = || {
        let mut arguments = vec!["demo", "--port", "0", "--data", &data];
        arguments.extend(["--members", "0", "--agents", &agents_wanted]);
        let mut command = wijland(&arguments);
        if let Some(url) = database {
            command.args(["--engine", "postgres"]).env("WIJLAND_DATABASE", url);
        }
        Demo::begin(command)
    };
    let demo = start();
    let at = |name: &str| folder.path().join(name).display().to_string();
    // People who may be called: each with a consent, all in one import, one campaign of it.
    let mut people = String::from("extern_id;achternaam;mobiel\n");
    let mut consents = String::from("extern_id;datum;doel\n");
    for nr in 0..people_count {
        people += &format!("K-{nr};Bos;06 15{nr:06}\n");
        consents += &format!("K-{nr};2026-11-01;werving\n");
    }
    std::fs::write(at("mensen.csv"), people).unwrap();
    std::fs::write(at("ja.csv"), consents).unwrap();
    let out = works(&["import", "prospects", &at("mensen.csv"), "--data", &data]);
    let import = out.strip_prefix("import ").unwrap().split(':').next().unwrap().to_owned();
    works(&["import", "consents", &at("ja.csv"), "--data", &data]);
    let token = |login: &str| {
        let out =
            works(&["token", "create", "--user", login, "--scope", "read,write", "--data", &data]);
        out.trim().lines().last().unwrap().to_owned()
    };
    let lead = token("ingrid");
    let campaign = json!({"name": "Proef", "ground": "consent", "source": {"kind": "import", "import": import}});
    let mut made = agent()
        .post(format!("{}/api/v1/campaigns", demo.url))
        .header("authorization", format!("Bearer {lead}"))
        .send_json(campaign)
        .unwrap();
    assert_eq!(made.status(), 201);
    let campaign = made.body_mut().read_json::<Value>().unwrap()["id"].as_str().unwrap().to_owned();
    let tokens: Vec<String> = (1..=agents).map(|nr| token(&format!("agent{nr:03}"))).collect();

    let done = Arc::new(AtomicUsize::new(0));
    let working = |url: &str| -> Vec<std::thread::JoinHandle<Vec<String>>> {
        tokens
            .iter()
            .map(|token| {
                let (url, token, done) = (url.to_owned(), token.clone(), Arc::clone(&done));
                std::thread::spawn(move || work(&url, &token, &done))
            })
            .collect()
    };
    let threads = working(&demo.url);
    // When a good part is done, the power goes.
    while done.load(Ordering::Relaxed) < people_count / 3 {
        std::thread::yield_now();
    }
    demo.kill();
    let mut finished: Vec<String> =
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();

    let again = start();
    let threads = working(&again.url);
    finished.extend(threads.into_iter().flat_map(|thread| thread.join().unwrap()));
    let calls = finished.len();
    finished.sort_unstable();
    finished.dedup();
    assert_eq!(finished.len(), calls, "somebody was called twice");
    let mut funnel = agent()
        .get(format!("{}/api/v1/campaigns/{campaign}/funnel", again.url))
        .header("authorization", format!("Bearer {lead}"))
        .call()
        .unwrap();
    let funnel: Value = funnel.body_mut().read_json().unwrap();
    assert_eq!(funnel["done"], people_count, "somebody was lost: {funnel}");
    drop(again);
    let out = works(&["doctor", "--data", &data]);
    assert!(out.lines().all(|line| line.starts_with("ok ")), "{out}");
}
