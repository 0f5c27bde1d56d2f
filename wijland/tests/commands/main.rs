//! The commands as they are typed: what they print, how they end, and what survives when they are killed.

mod apart;
mod killed;
mod program;
mod tls;

use std::path::Path;

use serde_json::{Value, json};

use crate::program::{Demo, agent, run, works};

/// An installation with one administrator, in a folder.
fn installed(folder: &Path) -> String {
    let config = folder.join("wijland.toml").display().to_string();
    let data = folder.join("data").display().to_string();
    let out = works(&[
        "init",
        "--kind",
        "trade",
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
fn account_numbers_are_sealed_with_keys_that_can_be_changed() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let config = installed(folder.path());
    let with = |arguments: &[&str]| works(&[arguments, &["--config", &config]].concat());
    assert_eq!(with(&["keys", "show"]), "key 1 opens 0 account numbers and recordings\n");
    seal_one(&config);
    let out = works(&["backup", &at("kopie.db"), "--config", &config]);
    assert!(out.contains("data/keys"), "{out}");

    let out = with(&["keys", "rotate"]);
    assert!(
        out.contains("key 2 is in")
            && out.contains("1 account numbers and 0 recordings are sealed"),
        "{out}"
    );
    assert_eq!(
        with(&["keys", "show"]),
        "key 1 opens 0 account numbers and recordings\nkey 2 opens 1 account numbers and recordings\n"
    );
    let (code, _, err) = run(&["keys", "forget", "2", "--config", &config]);
    assert!(code == 1 && err.contains("rotate first"), "{err}");
    with(&["keys", "forget", "1"]);

    // A backup of before the rotation needs the key that is gone, and says so.
    works(&["restore", &at("kopie.db"), "--config", &config]);
    let (code, out, _) = run(&["doctor", "--config", &config]);
    assert_eq!(code, 1);
    assert!(out.contains("!! 1 account numbers and recordings without their key"), "{out}");
    // Without any keys nothing is opened that was sealed, and no new ones hide that.
    std::fs::remove_file(folder.path().join("data/keys")).unwrap();
    let (code, _, err) = run(&["doctor", "--config", &config]);
    assert_eq!(code, 1);
    assert!(err.contains("put that file back"), "{err}");
    assert!(!folder.path().join("data/keys").exists());
}

/// An association that says under which account it collects.
fn seal_one(config: &str) {
    let place = wijland::Place { config: Some(config.into()), data: None };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let installation = place.open().await.unwrap();
        let new = dues::creditor::NewCreditor {
            name: "Bond".into(),
            code: "NL79ZZZ999999990000".parse().unwrap(),
            iban: kernel::Pii::new("NL39RABO0300065264".parse().unwrap()),
        };
        let add = async |tx: &mut db::Tx| dues::creditor::add(tx, &installation.keys, &new).await;
        installation.db.write(kernel::Actor::SYSTEM, add).await.unwrap();
        installation.db.close().await;
    });
}

#[test]
fn a_password_is_not_taken_from_the_command_line() {
    let (code, _, err) =
        run(&["serve", "--database", "postgres://wijland:geheim@localhost/wijland"]);
    assert_eq!(code, 1);
    assert!(err.contains("WIJLAND_DATABASE") && !err.contains("geheim"), "{err}");
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
    let colleagues = [&story::UNION, &story::TRADE].map(|association| association.colleagues.len());
    assert_eq!(accounts.len(), colleagues.iter().sum::<usize>() + 2);
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
