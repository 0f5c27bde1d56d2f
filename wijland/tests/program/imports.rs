//! Files in, out and back: what a file says is what the database holds, and all of it can be undone.

use std::path::Path;

use axum::http::StatusCode;
use import::run::{Run, register};
use import::{Counts, Progress, dry_run, run, undo};
use import_rules::columns::{Kind, Mapping};
use kernel::{Actor, ImportId, local};
use people::person::bulk::FINDING_INDEXES;

use crate::harness::{World, on_each_empty_engine, on_each_engine};

fn wanted(id: ImportId, kind: Kind, file: &Path, mapping: Mapping) -> Run {
    Run {
        id,
        kind,
        file: file.to_owned(),
        mapping,
        errors: Some(file.with_extension("errors.csv")),
    }
}

async fn registered(world: &World, kind: Kind, file: &Path) -> Run {
    let headers = import::run::headers(file).expect("headers");
    let mapping = Mapping::recognised(&headers);
    let id = register(&world.db, Actor::SYSTEM, kind, "test.csv", &mapping).await.unwrap();
    wanted(id, kind, file, mapping)
}

/// Takes a file in and says what became of its rows.
pub(crate) async fn take_in(world: &World, kind: &str, file: &Path) -> (ImportId, Counts) {
    let wanted = registered(world, kind.parse().unwrap(), file).await;
    let today = local(world.db.clock().now()).date();
    let counts = run(&world.db, Actor::SYSTEM, &wanted, today, &Progress::default()).await.unwrap();
    (wanted.id, counts)
}

fn numbers(counts: Counts) -> [u64; 4] {
    [counts.added, counts.changed, counts.unchanged, counts.refused]
}

const PEOPLE: &str = "\
lidnummer;voorletters;tussenvoegsel;achternaam;geboortedatum;mobiel;e-mail;postcode;huisnummer;woonplaats;lid_sinds;tarief
1001;A.;van der;Berg;14-02-1989;06 1234 5670;a@voorbeeld.example;7315 HK;26;Apeldoorn;1-3-2010;werkend
1002;B.;;Yılmaz;1990-01-02;+31612345671;;1013AB;1;Amsterdam;2020-01-01;deeltijd
1003;C.;;Bos;;niet bekend;geen;;;;;werkend
1004;D.;;;1990-01-02;;;;;;;
1005;E.;;Dijk;31-02-1990;;;;;;;
";

#[tokio::test]
async fn a_dry_run_says_what_the_real_one_does() {
    on_each_empty_engine(async |world| {
        let file = world.file("leden.csv", PEOPLE);
        let wanted = registered(&world, Kind::Persons, &file).await;
        let today = local(world.db.clock().now()).date();
        let tried =
            dry_run(&world.db, Actor::SYSTEM, &wanted, today, &Progress::default()).await.unwrap();
        assert_eq!(numbers(tried), [3, 0, 0, 2]);
        assert_eq!(
            world.count("select count(*) as value from people").await,
            0,
            "a dry run does nothing"
        );

        let done =
            run(&world.db, Actor::SYSTEM, &wanted, today, &Progress::default()).await.unwrap();
        assert_eq!(numbers(done), numbers(tried));
        assert_eq!(world.count("select count(*) as value from people").await, 3);
        assert_eq!(done.doubts, 1, "a number that is none is kept and named");
        assert_eq!(world.count("select count(*) as value from memberships").await, 3);

        let errors = std::fs::read_to_string(file.with_extension("errors.csv")).unwrap();
        assert!(errors.contains("last_name") && errors.contains("birth_date"), "{errors}");
        assert!(errors.lines().any(|line| line.contains('5') && line.contains("1004")), "{errors}");
        // An import is one line of the log, not one for each row.
        assert_eq!(
            world.count("select count(*) as value from events where kind = 'import_done'").await,
            1
        );
        assert_eq!(
            world.count("select count(*) as value from events where kind = 'person_added'").await,
            0
        );
    })
    .await;
}

#[tokio::test]
async fn the_same_file_again_changes_nothing_and_another_only_what_it_says() {
    on_each_empty_engine(async |world| {
        let file = world.file("leden.csv", PEOPLE);
        take_in(&world, "persons", &file).await;
        let (_, again) = take_in(&world, "persons", &file).await;
        assert_eq!(numbers(again), [0, 0, 3, 2]);

        let moved = world.file(
            "verhuisd.csv",
            "lidnummer;achternaam;woonplaats\n1001;Berg;Deventer\n1002;Yılmaz;\n",
        );
        let (id, counts) = take_in(&world, "persons", &moved).await;
        assert_eq!(numbers(counts), [0, 1, 1, 0]);
        let noor = world.program("noor").await;
        let berg = noor.get(&format!("/people/{}", world.person("1001").await)).await.json();
        let kept = ["town", "postcode", "prefix", "mobile"]
            .map(|name| berg[name].as_str().unwrap_or_default());
        assert_eq!(
            kept,
            ["Deventer", "7315HK", "van der", "+31612345670"],
            "what the file does not say stays"
        );

        let undone = undo(&world.db, Actor::SYSTEM, id, 30).await.unwrap();
        assert_eq!((undone.removed, undone.restored, undone.kept.len()), (0, 1, 0));
        let berg = noor.get(&format!("/people/{}", world.person("1001").await)).await.json();
        assert_eq!(berg["town"].as_str(), Some("Apeldoorn"));
    })
    .await;
}

#[tokio::test]
async fn an_undo_leaves_what_somebody_worked_with() {
    on_each_empty_engine(async |world| {
        let file = world.file("leden.csv", PEOPLE);
        let (id, _) = take_in(&world, "persons", &file).await;
        let noor = world.program("noor").await;
        let berg = world.person("1001").await;
        let call = serde_json::json!({"direction": "in", "person": berg.to_string(), "outcome": "retained"});
        let logged = noor.post("/calls", &call).await;
        assert_eq!(logged.status, StatusCode::CREATED, "{}", logged.text);

        let undone = undo(&world.db, Actor::SYSTEM, id, 30).await.unwrap();
        assert_eq!((undone.removed, undone.kept), (2, vec![2]));
        assert_eq!(world.count("select count(*) as value from people").await, 1);
        assert_eq!(world.count("select count(*) as value from phones").await, 1);
        // Taking back is once.
        assert!(undo(&world.db, Actor::SYSTEM, id, 30).await.is_err());
        // And the file can be taken in again.
        let (_, again) = take_in(&world, "persons", &file).await;
        assert_eq!(numbers(again), [2, 0, 1, 2]);
    })
    .await;
}

#[tokio::test]
async fn what_goes_out_comes_back_without_a_change() {
    on_each_engine(async |world| {
        for kind in Kind::ALL {
            for ending in ["csv", "xlsx"] {
                let file = world.path().join(format!("uit-{kind}.{ending}"));
                let rows =
                    import::export::export(&world.db, Actor::SYSTEM, *kind, &file).await.unwrap();
                let (_, counts) = take_in(&world, kind.code(), &file).await;
                assert_eq!(counts.rows, rows, "{kind} as {ending}");
                assert_eq!(numbers(counts), [0, 0, rows, 0], "{kind} as {ending}");
            }
            let file = world.path().join(format!("uit-{kind}.csv"));
            let first = std::fs::read_to_string(&file).unwrap();
            import::export::export(&world.db, Actor::SYSTEM, *kind, &file).await.unwrap();
            assert_eq!(
                std::fs::read_to_string(&file).unwrap(),
                first,
                "{kind} is the same afterwards"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn every_kind_can_be_taken_back() {
    on_each_engine(async |world| {
        let tables = [
            "consents where withdrawn_at is null",
            "objections where withdrawn_at is null",
            "contacts",
            "callbacks where ended_at is null",
            "memberships",
            "organisations",
            "people",
        ];
        let files = [
            ("consents", "extern_id;kanaal;datum;tekst\nW-1001;telefoon;2026-11-01;Ja\n"),
            ("objections", "extern_id;kanaal\nW-1101;telefoon\n"),
            ("contacts", "extern_id;soort;onderwerp;datum\nW-1101;vraag;Rooster;2026-11-01\n"),
            ("callbacks", "extern_id;datum;eigenaar\nW-1102;2026-11-26;noor\n"),
            ("memberships", "extern_id;lid_sinds;tarief\nW-1103;2026-12-01;werkend\n"),
            (
                "organisations",
                "organisatie;kvk;vestigingsnummer\nZorg Zuid;12345678;000012345678\n",
            ),
            ("prospects", "extern_id;achternaam\nX-1;Nieuw\n"),
        ];
        let counts = async |world: &World| {
            let mut counts = Vec::new();
            for table in tables {
                let sql: &'static str =
                    Box::leak(format!("select count(*) as value from {table}").into_boxed_str());
                counts.push(world.count(sql).await);
            }
            counts
        };
        let before = counts(&world).await;
        let mut ids = Vec::new();
        for (kind, content) in files {
            let file = world.file(&format!("{kind}.csv"), content);
            let (id, done) = take_in(&world, kind, &file).await;
            assert_eq!(
                numbers(done),
                [1, 0, 0, 0],
                "{kind}: {}",
                std::fs::read_to_string(file.with_extension("errors.csv")).unwrap_or_default()
            );
            ids.push((kind, id));
        }
        assert_ne!(counts(&world).await, before);
        for (kind, id) in ids {
            let undone = undo(&world.db, Actor::SYSTEM, id, 30).await.unwrap();
            assert_eq!((undone.removed + undone.restored, undone.kept), (1, vec![]), "{kind}");
        }
        assert_eq!(counts(&world).await, before);
    })
    .await;
}

#[tokio::test]
async fn broken_files_are_named_and_half_of_them_is_never_there() {
    on_each_empty_engine(async |world| {
        let anna = world.program("anna").await;
        for (name, content, says) in [
            ("leeg.csv", &b""[..], "empty"),
            ("leden.pdf", b"%PDF-1.7", ".csv"),
            ("leden.xlsx", b"PK\x03\x04 not a sheet", "sheet"),
            ("namen.csv", b"schoenmaat;kleur\n42;rood\n", "last_name"),
        ] {
            let answer = anna.upload("persons", name, content).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}: {}", answer.text);
            let detail = answer.json()["detail"].as_str().unwrap().to_lowercase();
            assert!(detail.contains(says), "{name}: {detail}");
        }
        let unknown = anna.upload("leden", "leden.csv", PEOPLE.as_bytes()).await;
        assert_eq!(unknown.json()["field"], "kind");
        assert_eq!(world.count("select count(*) as value from people").await, 0);

        // Rows that a spreadsheet would carry out, and signs of another encoding.
        let content = "lidnummer;achternaam\n1;=cmd|'/c calc'!A1\n2;Bos\n".as_bytes();
        let answer = anna.upload("persons", "formule.csv", content).await.json();
        assert_eq!((answer["added"].as_i64(), answer["refused"].as_i64()), (Some(1), Some(1)));
        let windows_1252 =
            b"lidnummer;achternaam;woonplaats\n3;M\xfcller;Zwolle\n4;Fran\xe7ois;Den Haag\n";
        let answer = anna.upload("persons", "oud.csv", windows_1252).await.json();
        assert_eq!(
            (answer["added"].as_i64(), answer["refused"].as_i64()),
            (Some(2), Some(0)),
            "{answer}"
        );
        let found = world.program("noor").await.get("/people?search=muller").await.json();
        assert_eq!(found["items"][0]["last_name"], "Müller", "{found}");
        let utf16: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain("lidnummer,achternaam\n5,Ünal\n".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let answer = anna.upload("persons", "utf16.csv", &utf16).await.json();
        assert_eq!(answer["added"].as_i64(), Some(1), "{answer}");
    })
    .await;
}

#[tokio::test]
async fn a_sheet_is_read_as_it_looks() {
    on_each_empty_engine(async |world| {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for (column, header) in
            ["lidnummer", "achternaam", "geboortedatum", "postcode", "mobiel"].iter().enumerate()
        {
            sheet.write_string(0, u16::try_from(column).unwrap(), *header).unwrap();
        }
        sheet.write_number(1, 0, 1001).unwrap();
        sheet.write_string(1, 1, "Öztürk").unwrap();
        let day = rust_xlsxwriter::ExcelDateTime::from_ymd(1989, 2, 14).unwrap();
        sheet
            .write_datetime_with_format(
                1,
                2,
                day,
                &rust_xlsxwriter::Format::new().set_num_format("dd-mm-yyyy"),
            )
            .unwrap();
        sheet.write_string(1, 3, "7315 HK").unwrap();
        // A spreadsheet eats the zero in front.
        sheet.write_number(1, 4, 612_345_670).unwrap();
        let file = world.path().join("leden.xlsx");
        book.save(&file).unwrap();
        let (_, counts) = take_in(&world, "persons", &file).await;
        assert_eq!((numbers(counts), counts.doubts), ([1, 0, 0, 0], 0));
        let person = world
            .program("noor")
            .await
            .get(&format!("/people/{}", world.person("1001").await))
            .await
            .json();
        assert!(person.to_string().contains("+31612345670"), "{person}");
    })
    .await;
}

#[tokio::test]
async fn an_import_that_was_cut_off_goes_on_where_it_was() {
    on_each_empty_engine(async |world| {
        let mut rows = String::from("lidnummer;achternaam\n");
        for nr in 0..5_000 {
            rows += &format!("{};Bos\n", 10_000 + nr);
        }
        let file = world.file("veel.csv", &rows);
        let wanted = registered(&world, Kind::Persons, &file).await;
        let today = local(world.db.clock().now()).date();
        let progress = Progress::default();
        // The task is dropped in the middle, as a process that is killed drops it.
        let db = world.db.clone();
        let (copy, watched) = (wanted.clone(), progress.clone());
        let task =
            tokio::spawn(
                async move { run(&db, Actor::SYSTEM, &copy, today, &watched).await.map(drop) },
            );
        while progress.so_far().rows == 0 {
            tokio::task::yield_now().await;
        }
        task.abort();
        let _ = task.await;
        let so_far = world.count("select count(*) as value from people").await;
        assert!(so_far > 0 && so_far <= 5_000, "{so_far}");
        // As the program does when it starts again.
        world.db.put_indexes_back().await.unwrap();
        assert_eq!(finding_indexes(&world).await, FINDING_INDEXES.len());
        let counts =
            run(&world.db, Actor::SYSTEM, &wanted, today, &Progress::default()).await.unwrap();
        assert_eq!(numbers(counts), [5_000, 0, 0, 0]);
        assert_eq!(world.count("select count(*) as value from people").await, 5_000);
        assert_eq!(finding_indexes(&world).await, FINDING_INDEXES.len());
    })
    .await;
}

/// How many of the indexes that a first import does without are there.
async fn finding_indexes(world: &World) -> usize {
    let names = if world.db.is_postgres() {
        "select indexname as name from pg_indexes"
    } else {
        "select name from sqlite_master where type = 'index'"
    };
    db::row! { struct Index { name: String } }
    let all: Vec<Index> =
        world.db.read(Actor::SYSTEM, async |tx| tx.all(names, vec![]).await).await.unwrap();
    FINDING_INDEXES.iter().filter(|name| all.iter().any(|index| index.name == **name)).count()
}

#[tokio::test]
async fn a_first_file_makes_its_indexes_at_the_end_and_people_without_a_key_are_matched() {
    on_each_empty_engine(async |world| {
        assert_eq!(
            finding_indexes(&world).await,
            FINDING_INDEXES.len(),
            "as the schema names them"
        );
        // The last row means the first, and says so by name, birth date and postcode alone.
        let file = world.file(
            "leden.csv",
            "lidnummer;voorletters;achternaam;geboortedatum;postcode;woonplaats\n\
             1001;A.;Bos;14-02-1989;7315HK;Apeldoorn\n\
             1002;B.;Bos;15-02-1989;7315HK;Apeldoorn\n\
             ;A.;Bos;14-02-1989;7315HK;Apeldoorn\n",
        );
        let (_, counts) = take_in(&world, "persons", &file).await;
        assert_eq!(numbers(counts), [2, 0, 1, 0]);
        assert_eq!(finding_indexes(&world).await, FINDING_INDEXES.len());
        let mut noor = world.browser("noor").await;
        let list = noor.get("/leden?plaats=apeldoorn").await;
        list.shows("1001");
        list.shows("1002");
        noor.get("/leden?plaats=Arnhem").await.hides("1001");
    })
    .await;
}

#[tokio::test]
async fn a_mistake_shows_a_rare_name_beside_a_common_one() {
    on_each_empty_engine(async |world| {
        let mut rows = String::from("lidnummer;voornaam;achternaam\n");
        for nr in 0..60 {
            rows += &format!("{};Jan;Bakker\n", 2_000 + nr);
        }
        rows += "3000;Jan;Bakkes\n3001;Piet;Bakkes\n";
        let file = world.file("namen.csv", &rows);
        take_in(&world, "persons", &file).await;
        world.app.state::<people::search::Vocabulary>().load(&world.db).await.unwrap();
        let mut noor = world.browser("noor").await;
        for typed in ["bakket", "jan%20bakket", "bakket%20piet"] {
            noor.get(&format!("/zoek?q={typed}")).await.shows("Bakkes");
        }
        let many = format!("/zoek?q={}", ["bakket"; 20].join("%20"));
        assert_eq!(noor.get(&many).await.status, StatusCode::OK, "each word has others");
        let both = noor.get("/zoek?q=piet%20bakket").await;
        both.hides("Bakker");
    })
    .await;
}

#[tokio::test]
async fn shops_that_wait_for_a_visit_can_be_taken_out_again() {
    crate::harness::on_each_trade_engine(async |world| {
        let shops = "extern_id;organisatie;postcode;lid_sinds\nN-1;Kaasboer Oost;2801 AB;2020-01-01\nN-2;Kaasboer West;2801 AC;2020-01-01\n";
        let (import, counts) = take_in(&world, "organisations", &world.file("nieuw.csv", shops)).await;
        assert_eq!(numbers(counts), [2, 0, 0, 0]);
        let mut follower = visits::due::Follower::default();
        follower.catch_up(&world.app).await.unwrap();
        let dues = "select count(*) as value from visit_dues d join organisations o on o.id = d.organisation_id where o.external_id in ('N-1', 'N-2')";
        assert_eq!(world.count(dues).await, 2);
        // Somebody plans a visit to one of them: that one stays, and is named.
        let joris = world.program("joris").await;
        let west = world.organisation("N-2").await;
        let plan = serde_json::json!({"organisation": west, "planned_on": "2026-11-27"});
        assert_eq!(joris.post("/visits", &plan).await.status, StatusCode::CREATED);
        let undone = undo(&world.db, Actor::SYSTEM, import, 30).await.unwrap();
        assert_eq!((undone.removed, undone.kept.len()), (1, 1));
        assert_eq!(world.count("select count(*) as value from organisations where external_id = 'N-1'").await, 0);
        assert_eq!(world.count("select count(*) as value from memberships m join organisations o on o.id = m.organisation_id where o.external_id = 'N-2'").await, 1, "who stays stays a member");
        follower.catch_up(&world.app).await.unwrap();
        let left = "select count(*) as value from visit_dues d where not exists (select 1 from organisations o where o.id = d.organisation_id)";
        assert_eq!(world.count(left).await, 0);
    })
    .await;
}
