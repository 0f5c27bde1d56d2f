//! Programs are killed in the middle of the work: nobody is on two desks, nobody is called more often than the
//! budget allows, nobody is lost and no promise is.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;

use db::{Clock, Db, Where};
use kernel::Actor;
use serde_json::{Value, json};

use crate::program::{Demo, agent, wijland, works};

/// Lists that share the same people: one more than the budget has tries.
const LISTS: usize = 4;

/// How many agents and people: small enough for every run; `WIJLAND_KILL=64x10000` asks for a whole floor.
fn floor() -> (usize, usize) {
    let wish = std::env::var("WIJLAND_KILL").unwrap_or_else(|_| "16x300".into());
    let (agents, people) = wish.split_once('x').expect("agents x people");
    (agents.parse().expect("a number of agents"), people.parse().expect("a number of people"))
}

#[test]
fn one_program_on_sqlite() {
    killed_in_the_middle(None, 1);
}

#[test]
fn one_program_on_postgresql() {
    on_postgresql(1);
}

#[test]
fn three_programs_on_one_postgresql() {
    on_postgresql(3);
}

fn on_postgresql(programs: usize) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let copy = runtime
        .block_on(async { db::test::Original::new(&[], async |_| {}).await.postgres_copy().await });
    // Without a server there is nothing to test; `./wijland-test` says so.
    if let Some(Where::Url(url)) = copy.as_ref().map(db::test::OnServer::place) {
        killed_in_the_middle(Some(&url), programs);
    }
}

/// What was answered with "saved": the person and the outcome.
type Saved = Vec<(i64, &'static str)>;

/// One in five asks to be called back, one in five does not answer, the others talk.
fn outcome_of(person: i64) -> &'static str {
    match person % 5 {
        0 => "callback",
        1 => "no_answer",
        _ => "not_interested",
    }
}

/// What one agent does, over and over, until nobody is left or the program is gone.
fn work(url: &str, token: &str, done: &AtomicUsize) -> Saved {
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
    let mut saved = Vec::new();
    loop {
        let Some((status, next)) = post("/call-records/next", json!({})) else { return saved };
        if status != 200 {
            return saved;
        }
        let path = |what: &str| {
            format!("/call-records/{}/{what}", next["id"].as_str().unwrap_or_default())
        };
        let person: i64 = next["person"]["id"].as_str().unwrap_or_default().parse().unwrap();
        let begun =
            post(&path("attempts"), json!({"fence": next["fence"], "channel": "own_phone"}));
        let Some((begun, why)) = begun else { return saved };
        if begun == 409 {
            // Between offer and call somebody else used the budget up, or is calling the same house: that is
            // what the second look is for.
            let passing = ["urn:wijland:problem:blocked", "urn:wijland:problem:number-busy"];
            assert!(passing.iter().any(|kind| why["type"] == *kind), "{why}");
            let skip = json!({"fence": next["fence"], "reason": "not_now"});
            if post(&path("skip"), skip).is_none() {
                return saved;
            }
            continue;
        }
        let outcome = outcome_of(person);
        let mut body = json!({"fence": next["fence"], "outcome": outcome});
        if outcome == "callback" {
            body["callback"] = json!({"working_days": 3, "owner": "me", "words": "Bel maar terug"});
        }
        match post(&path("outcome"), body) {
            Some((200, _)) => {
                saved.push((person, outcome));
                done.fetch_add(1, Ordering::Relaxed);
            }
            Some((status, answer)) => panic!("{next}\n{status} {answer}"),
            None => return saved,
        }
    }
}

/// A program with the agents who work on it.
struct Running {
    demo: Demo,
    agents: Vec<JoinHandle<Saved>>,
}

fn killed_in_the_middle(database: Option<&str>, programs: usize) {
    let (agents, people_count) = floor();
    let folder = tempfile::tempdir().unwrap();
    let data = |nr: usize| folder.path().join(format!("demo{nr}"));
    let agents_wanted = agents.to_string();
    let start = |nr: usize| {
        // All of them are over one database; whoever may in, and what opens its accounts, is known to each.
        if nr > 0 && !data(nr).exists() {
            std::fs::create_dir_all(data(nr).join("toonbank")).unwrap();
            for file in ["accounts.json", "keys", "toonbank/keys"] {
                std::fs::copy(data(0).join(file), data(nr).join(file)).unwrap();
            }
        }
        let folder = data(nr).display().to_string();
        let mut arguments = vec!["demo", "--port", "0", "--data", &folder];
        arguments.extend(["--members", "0", "--agents", &agents_wanted]);
        if !data(nr).join("clock").exists() {
            arguments.extend(["--clock", "2026-11-24T10:00"]);
        }
        let mut command = wijland(&arguments);
        if let Some(url) = database {
            command.args(["--engine", "postgres"]).env("WIJLAND_DATABASE", url);
        }
        Demo::begin(command)
    };
    let first = start(0);
    let main = data(0).display().to_string();
    let tokens = prepare(&first, &main, folder.path(), agents, people_count);
    let demos: Vec<Demo> = std::iter::once(first).chain((1..programs).map(start)).collect();

    let done = Arc::new(AtomicUsize::new(0));
    let working = |url: &str, nr: usize| -> Vec<JoinHandle<Saved>> {
        let mine = tokens.iter().skip(nr).step_by(programs);
        mine.map(|token| {
            let (url, token, done) = (url.to_owned(), token.clone(), Arc::clone(&done));
            std::thread::spawn(move || work(&url, &token, &done))
        })
        .collect()
    };
    let mut running: Vec<Running> = demos
        .into_iter()
        .enumerate()
        .map(|(nr, demo)| Running { agents: working(&demo.url, nr), demo })
        .collect();

    let mut saved = Saved::new();
    // When a good part is done, the power goes; and again, somewhere else.
    for (kill, after) in [people_count / 4, people_count / 2].into_iter().enumerate() {
        while done.load(Ordering::Relaxed) < after {
            std::thread::yield_now();
        }
        let nr = (kill + 1) % programs;
        let Running { demo, agents } = running.remove(nr);
        demo.kill();
        saved.extend(agents.into_iter().flat_map(|agent| agent.join().unwrap()));
        let demo = start(nr);
        running.insert(nr, Running { agents: working(&demo.url, nr), demo });
    }
    for Running { agents, .. } in &mut running {
        saved.extend(agents.drain(..).flat_map(|agent| agent.join().unwrap()));
    }
    // Whoever stopped because others had the last ones looks once more.
    for (nr, program) in running.iter().enumerate() {
        let rest = working(&program.demo.url, nr);
        saved.extend(rest.into_iter().flat_map(|agent| agent.join().unwrap()));
    }
    drop(running);
    check(&saved, database, &main, people_count);
    if database.is_none() {
        let out = works(&["doctor", "--data", &main]);
        assert!(out.lines().all(|line| line.starts_with("ok ")), "{out}");
    }
}

/// People who may be called, each with a consent, in several campaigns at once; gives the agents' tokens.
fn prepare(
    demo: &Demo,
    data: &str,
    folder: &std::path::Path,
    agents: usize,
    people_count: usize,
) -> Vec<String> {
    let at = |name: &str| folder.join(name).display().to_string();
    let mut people = String::from("extern_id;achternaam;mobiel\n");
    let mut consents = String::from("extern_id;datum;doel\n");
    for nr in 0..people_count {
        people += &format!("K-{nr};Bos;06 15{nr:06}\n");
        consents += &format!("K-{nr};2026-11-01;werving\n");
    }
    std::fs::write(at("mensen.csv"), people).unwrap();
    std::fs::write(at("ja.csv"), consents).unwrap();
    let out = works(&["import", "prospects", &at("mensen.csv"), "--data", data]);
    let import = out.strip_prefix("import ").unwrap().split(':').next().unwrap().to_owned();
    works(&["import", "consents", &at("ja.csv"), "--data", data]);
    let token = |login: &str| {
        let out =
            works(&["token", "create", "--user", login, "--scope", "read,write", "--data", data]);
        out.trim().lines().last().unwrap().to_owned()
    };
    let lead = token("ingrid");
    for nr in 0..LISTS {
        let campaign = json!({"name": format!("Proef {nr}"), "ground": "consent",
            "source": {"kind": "import", "import": import}});
        let made = agent()
            .post(format!("{}/api/v1/campaigns", demo.url))
            .header("authorization", format!("Bearer {lead}"))
            .send_json(campaign)
            .unwrap();
        assert_eq!(made.status(), 201);
    }
    (1..=agents).map(|nr| token(&format!("agent{nr:03}"))).collect()
}

/// What the database says afterwards, beside what was answered.
fn check(saved: &Saved, database: Option<&str>, data: &str, people_count: usize) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let place = match database {
        Some(url) => Where::Url(url.to_owned()),
        None => Where::File(std::path::Path::new(data).join("wijland.db")),
    };
    let count = |sql: &'static str| -> i64 {
        runtime.block_on(async {
            let db = Db::open(&place, Clock::real()).await.unwrap();
            let found = db.read(Actor::SYSTEM, async |tx| tx.value(sql, vec![]).await).await;
            db.close().await;
            found.expect(sql)
        })
    };
    let mut by_person: BTreeMap<i64, usize> = BTreeMap::new();
    for (person, _) in saved {
        *by_person.entry(*person).or_default() += 1;
    }
    for (person, calls) in &by_person {
        // A talk uses the budget of talks up at once; without one there are three tries.
        let most = if outcome_of(*person) == "no_answer" { 3 } else { 1 };
        assert!(*calls <= most, "{person} was called {calls} times");
    }
    // An outcome can be kept whose answer the power cut took away; it is in the database all the same.
    let ours = "person_id in (select id from people where external_id like 'K-%')";
    let none = |sql: String| count(Box::leak(sql.into_boxed_str()));
    assert_eq!(
        none(format!(
            "select count(*) as value from (select person_id from attempts where direction = 'out'
               and callback_id is null and {ours} group by person_id having count(*) > 3) as too_often"
        )),
        0,
        "the budget of tries was overrun"
    );
    assert_eq!(
        none(format!(
            "select count(*) as value from (select a.person_id from attempts a
               join outcomes o on o.attempt_id = a.id where o.kind in ('callback', 'not_interested')
               and a.{ours} group by a.person_id having count(*) > 1) as too_often"
        )),
        0,
        "the budget of talks was overrun"
    );
    assert_eq!(
        none(format!(
            "select count(*) as value from (select person_id from attempts where {ours}
               group by person_id, fence having count(*) > 1) as twice"
        )),
        0,
        "under one claim somebody was called twice"
    );
    let reached = none(format!(
        "select count(distinct a.person_id) as value from attempts a
           join outcomes o on o.attempt_id = a.id where a.{ours}"
    ));
    assert_eq!(usize::try_from(reached).unwrap(), people_count, "somebody was lost");
    // The people of the story have promises of their own.
    let ours_among = |person: &i64| {
        none(format!(
            "select count(*) as value from people where id = {person} and external_id like 'K-%'"
        )) == 1
    };
    let promised = by_person
        .keys()
        .filter(|person| outcome_of(**person) == "callback" && ours_among(person))
        .count();
    let kept =
        none(format!("select count(*) as value from callbacks where ended_at is null and {ours}"));
    assert!(usize::try_from(kept).unwrap() >= promised, "of {promised} promises {kept} are open");
    assert_eq!(
        none(format!(
            "select count(*) as value from outcomes o join attempts a on a.id = o.attempt_id
              where o.kind = 'callback' and a.{ours}"
        )),
        kept,
        "each promise that was kept in the log is open"
    );
}
