//! Becoming a member: by telephone, on the website and by other programs; confirmed, withdrawn, lapsed.

use axum::http::StatusCode;
use kernel::Actor;
use serde_json::{Value, json};

use crate::harness::{Answer, Browser, World, on_each_empty_engine, on_each_engine};

/// So that there is one of it.
pub(crate) async fn furnish(world: &World) {
    let made = world.program("noor").await.post("/sign-ups", &ruud("furnish")).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
}

fn ruud(key: &str) -> Value {
    json!({
        "key": key, "method": "phone_out", "way": "email", "first_name": "Ruud", "last_name": "Zaagmans", "sex": "m",
        "birth_date": "02-09-1988", "street": "Dorpsstraat", "house_number": "24", "postcode": "1234 AB",
        "town": "Voorbeeldhout", "email": "ruud.zaagmans@voorbeeld.example", "mobile": "06 2345 6789", "language": "nl",
        "iban": "NL91 ABNA 0417 1643 00", "yes": true, "told": true, "newsletter": true,
    })
}

/// The same with some other fields.
fn with(mut body: Value, other: &Value) -> Value {
    for (name, value) in other.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// On an association that collects.
async fn on_each(test: impl AsyncFn(World)) {
    on_each_engine(async |world| {
        let new = dues::creditor::NewCreditor {
            name: "Werkbond".into(),
            code: "NL79ZZZ999999990000".parse().unwrap(),
            iban: kernel::Pii::new("NL39RABO0300065264".parse().unwrap()),
        };
        let add = async |tx: &mut db::Tx| dues::creditor::add(tx, world.app.keys(), &new).await;
        world.db.write(Actor::SYSTEM, add).await.unwrap();
        test(world).await;
    })
    .await;
}

async fn make(world: &World, body: Value) -> Value {
    let made = world.program("noor").await.post("/sign-ups", &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    made.json()
}

async fn state(world: &World, id: &Value) -> String {
    let path = format!("/sign-ups/{}", id.as_str().unwrap());
    let shown = world.program("noor").await.get(&path).await.json();
    shown["state"].as_str().unwrap().to_owned()
}

/// The newest message with this text in it, as it lies in the outbox.
async fn message(world: &World, key: &'static str) -> String {
    let read = async |tx: &mut db::Tx| {
        tx.value::<Option<String>>(
            "select max(o.body_text) as value from outbox o where o.id =
                (select max(i.id) from outbox i join wordings w on w.id = i.wording_id where w.key = $1)",
            db::args![key],
        )
        .await
    };
    world.db.read(Actor::SYSTEM, read).await.unwrap().unwrap_or_else(|| panic!("no {key}"))
}

/// The paths of the links in a message.
async fn links(world: &World, key: &'static str) -> Vec<String> {
    let text = message(world, key).await;
    let token =
        |rest: &str| rest.chars().take_while(char::is_ascii_alphanumeric).collect::<String>();
    text.split("/l/").skip(1).map(|rest| format!("/l/{}", token(rest))).collect()
}

async fn new_members(world: &World) -> Value {
    let program = world.program("noor").await;
    program.get("/days/2026-11-24/summary").await.json()["new_members"].clone()
}

/// Nothing is left that was not there before (S3).
async fn leaves_nothing(world: &World, person: &str) {
    let person: i64 = person.parse().unwrap();
    let count = async |sql: &'static str| {
        let read = async |tx: &mut db::Tx| tx.value::<i64>(sql, db::args![person]).await;
        world.db.read(Actor::SYSTEM, read).await.unwrap()
    };
    for sql in [
        "select count(*) as value from memberships where person_id = $1",
        "select count(*) as value from mandates where ended_at is null and person_id = $1",
        "select count(*) as value from consents where withdrawn_at is null and person_id = $1",
        "select count(*) as value from dues where state <> 'cancelled' and person_id = $1",
    ] {
        assert_eq!(count(sql).await, 0, "{sql}");
    }
    assert_eq!(world.count("select count(*) as value from membership_phases").await, 0);
    world.recount_is_zero().await;
}

/// Noor calls the next person of her list, who is no member.
async fn calls_somebody(world: &World) -> (Browser<'_>, String, String) {
    let mut noor = world.browser("noor").await;
    noor.post("/werkplek/volgende", &[]).await;
    let desk = noor.get("/werkplek").await;
    let person = desk.between("name=\"person\" value=\"", "\"").to_owned();
    let fence = desk.between("name=\"fence\" value=\"", "\"").to_owned();
    let form = [("person", person.as_str()), ("fence", fence.as_str())];
    noor.post("/werkplek/bel", &form).await;
    (noor, person, fence)
}

fn key_of(page: &Answer) -> String {
    page.between("name=\"key\" value=\"", "\"").to_owned()
}

#[tokio::test]
async fn a_new_member_in_one_call() {
    on_each(async |world| {
        world.clock("13:00");
        let (mut noor, person, fence) = calls_somebody(&world).await;
        let before = new_members(&world).await.as_i64().unwrap();
        let form = [
            ("person", person.as_str()),
            ("fence", fence.as_str()),
            ("outcome", "joined"),
            ("note", "Wil lid worden."),
        ];
        let sent = noor.post("/werkplek/uitkomst", &form).await;
        assert_eq!(
            (sent.status, sent.location()),
            (StatusCode::TEMPORARY_REDIRECT, "/aanmelden/nieuw"),
            "{}",
            sent.text
        );
        let opened = noor.post("/aanmelden/nieuw", &form).await;
        assert_eq!(opened.location(), format!("/aanmelden?lid={person}"));
        let page = noor.get(opened.location()).await;
        page.shows("is-known");
        page.shows("wordt lid");
        let key = key_of(&page);
        let fields = [
            ("key", key.as_str()),
            ("person", person.as_str()),
            ("first_name", "Ruud"),
            ("last_name", "Zaagmans"),
            ("birth_date", "02-09-1988"),
            ("email", "ruud.zaagmans@voorbeeld.example"),
            ("iban", "NL91ABNA0417164300"),
            ("yes", "ja"),
            ("told", "ja"),
            ("newsletter", "ja"),
            ("way", "email"),
            ("language", "nl"),
        ];
        // While it is typed: how old, whether the number is right, what it costs.
        let glance = noor.post("/aanmelden/kijk", &fields).await;
        glance.shows("38 jaar");
        glance.shows("Spel na: r-u-u-d punt z-a-a-g-m-a-n-s apenstaartje voorbeeld punt example");
        glance.shows("Zodra je opslaat.");
        glance.shows("Klopt: NL91 •••• •••• 4300");
        glance.shows("1 december 2026");
        glance.shows("afschrijven van uw rekening die eindigt op 4300");

        let made = noor.post("/aanmelden", &fields).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
        let page = made.location().to_owned();
        assert_eq!(new_members(&world).await, before + 1);
        assert_eq!(
            world.count("select count(*) as value from outcomes where kind = 'joined'").await,
            before + 1
        );
        noor.get(&page).await.shows("wacht op bevestiging");
        // Pressed twice it is one member, one membership, one mandate.
        let twice = noor.post("/aanmelden", &fields).await;
        assert_eq!(twice.location(), page);
        assert_eq!(world.count("select count(*) as value from sign_ups").await, 1);
        assert_eq!(new_members(&world).await, before + 1);

        // The new member confirms while she is on the line, and the page follows.
        let [confirm, _] = &links(&world, "mail.signup.confirm").await[..] else { panic!("two links") };
        let mut ruud = world.stranger();
        let asked = ruud.get(confirm).await;
        asked.shows("lid worden met betalingsverplichting");
        asked.shows("NL91 •••• •••• 4300");
        noor.get(&format!("{page}/stand")).await.shows("wacht op bevestiging");
        ruud.post(confirm, &[]).await.shows("Dank u wel, uw aanmelding is bevestigd.");
        noor.get(&format!("{page}/stand")).await.shows("bevestigd");
        let signed =
            world.count("select count(*) as value from mandates where state = 'signed' and method = 'web'").await;
        assert_eq!(signed, 1);
        // Replayed it says what was done, and does nothing.
        ruud.post(confirm, &[]).await.shows("Dank u wel, uw aanmelding is bevestigd.");
        let guessed = ruud.get("/l/geraden").await;
        assert_eq!(guessed.status, StatusCode::NOT_FOUND);
        guessed.shows("Deze link kennen we niet");
        let receipts = "select count(*) as value from outbox o join wordings w on w.id = o.wording_id where w.key = 'mail.signup.receipt'";
        assert_eq!(world.count(receipts).await, 1);
        // What was shown can be shown again.
        noor.get(&page).await.shows("SEPA-machtiging, doorlopend");
        world.recount_is_zero().await;
    })
    .await;
}

#[tokio::test]
async fn what_makes_no_sense_is_said_beside_the_field() {
    on_each(async |world| {
        let noor = world.program("noor").await;
        for (other, status, field) in [
            (json!({"iban": "NL92 ABNA 0417 1643 00"}), 422, "iban"),
            (json!({"iban": "TR330006100519786457841326"}), 422, "iban"),
            (json!({"birth_date": "31-02-1988"}), 422, "birth_date"),
            (json!({"birth_date": "02-09-2030"}), 422, "birth_date"),
            (json!({"birth_date": ""}), 422, "birth_date"),
            (json!({"email": "ruud"}), 422, "email"),
            (json!({"email": ""}), 422, "email"),
            (json!({"way": "sms", "mobile": "020 123 45 67"}), 422, "mobile"),
            (json!({"way": "letter", "street": ""}), 422, "street"),
            (json!({"yes": false}), 422, "yes"),
            (json!({"told": false}), 422, "told"),
            (json!({"hours": "veel"}), 422, "hours"),
            (json!({"referral": "VERZONNEN"}), 422, "referral"),
            // Twelve, and fifteen without and with a parent, on both sides of the birthday.
            (json!({"birth_date": "25-11-2013"}), 422, "birth_date"),
            (json!({"birth_date": "24-11-2013"}), 422, "parent"),
            (json!({"birth_date": "25-11-2010"}), 422, "parent"),
            (
                json!({"birth_date": "25-11-2010", "parent": "A. Zaagmans", "way": "sms"}),
                422,
                "way",
            ),
        ] {
            let body = with(ruud("wrong"), &other);
            let answer = noor.post("/sign-ups", &body).await;
            assert_eq!(answer.status.as_u16(), status, "{other}: {}", answer.text);
            assert_eq!(answer.json()["field"], field, "{other}: {}", answer.text);
        }
        assert_eq!(world.count("select count(*) as value from sign_ups").await, 0);
        // Nothing that was typed is lost, and each wrong field has its sentence.
        let mut marit = world.browser("noor").await;
        let again = marit
            .post(
                "/aanmelden",
                &[
                    ("last_name", "Zaagmans"),
                    ("iban", "NL92ABNA0417164300"),
                    ("birth_date", "31-02-1988"),
                ],
            )
            .await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        again.shows("value=\"Zaagmans\"");
        again.shows("id=\"iban-s\"");
        again.shows("Deze datum kan niet.");
    })
    .await;
}

#[tokio::test]
async fn a_child_joins_with_a_parent_in_writing() {
    on_each(async |world| {
        let body = with(ruud("kind"), &json!({"birth_date": "25-11-2010", "parent": "Anna Zaagmans", "method": "visit"}));
        let made = make(&world, body).await;
        assert_eq!(made["state"], "provisional", "a parent is always asked");
        let link = links(&world, "mail.signup.confirm").await.remove(0);
        let mut home = world.stranger();
        home.get(&link).await.shows("Ik ben Anna Zaagmans");
        let without = home.post(&link, &[]).await;
        assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
        without.shows("Ook een ouder of voogd moet akkoord gaan.");
        assert_eq!(state(&world, &made["id"]).await, "provisional");
        // The link was not used up by it.
        home.post(&link, &[("ouder", "ja")]).await.shows("uw aanmelding is bevestigd");
        assert_eq!(world.count("select count(*) as value from sign_ups where parent_at is not null").await, 1);
        // On the sixteenth birthday nobody else decides.
        let alone = with(ruud("alleen"), &json!({"birth_date": "24-11-2010", "email": "ander@voorbeeld.example", "first_name": "Bo"}));
        assert!(make(&world, alone).await["lapse_on"].is_string());
    })
    .await;
}

#[tokio::test]
async fn nobody_becomes_a_second_member_silently() {
    on_each(async |world| {
        let first = make(&world, ruud("een")).await;
        let noor = world.program("noor").await;
        // The same again is the same; another form with the same person is told.
        let same = noor.post("/sign-ups", &ruud("een")).await;
        assert_eq!((same.status, same.json()), (StatusCode::OK, first.clone()));
        let again = noor.post("/sign-ups", &ruud("twee")).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        assert!(again.text.contains("looks-known"), "{}", again.text);
        let second = with(ruud("drie"), &json!({"person": first["person"]}));
        let again = noor.post("/sign-ups", &second).await;
        assert!(again.text.contains("already-member"), "{}", again.text);
        // Beside the form, and the agent who asked says that it is somebody else.
        let mut browser = world.browser("noor").await;
        let typed = [("first_name", "Ruud"), ("last_name", "Zaagmans"), ("birth_date", "2-9-1988"), ("language", "nl")];
        let beside = browser.post("/aanmelden/kijk", &typed).await;
        beside.shows("Zelfde naam, geboortedatum");
        beside.shows("is lid");
        // A family has one account, and is shown only.
        let wife = json!({"first_name": "Saar", "email": "saar@voorbeeld.example", "birth_date": "01-01-1990", "mobile": ""});
        make(&world, with(ruud("vier"), &wife)).await;
        let namesake = with(ruud("vijf"), &json!({"other": true}));
        make(&world, namesake).await;
        assert_eq!(world.count("select count(*) as value from sign_ups").await, 3);
    })
    .await;
}

#[tokio::test]
async fn two_tabs_make_one_member() {
    on_each(async |world| {
        let noor = world.program("noor").await;
        let (one, other) = (ruud("tab-1"), ruud("tab-2"));
        let (one, other) =
            tokio::join!(noor.post("/sign-ups", &one), noor.post("/sign-ups", &other));
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "{} {}", one.text, other.text);
        assert_eq!(world.count("select count(*) as value from sign_ups").await, 1);
        let same = ruud("tab-1");
        let (again, twice) =
            tokio::join!(noor.post("/sign-ups", &same), noor.post("/sign-ups", &same));
        assert!([again.status, twice.status].iter().all(|status| *status != StatusCode::CREATED));
    })
    .await;
}

#[tokio::test]
async fn withdrawn_is_as_if_it_had_never_been() {
    on_each(async |world| {
        let before = new_members(&world).await.as_i64().unwrap();
        let made = make(&world, ruud("bedenkt")).await;
        assert_eq!(new_members(&world).await, before + 1);
        let [confirm, _] = &links(&world, "mail.signup.confirm").await[..] else { panic!("two links") };
        world.stranger().post(confirm, &[]).await;
        let withdraw = links(&world, "mail.signup.receipt").await.remove(0);
        // The last of the fourteen days, and the day after.
        world.clock_on("2026-12-08", "23:59");
        let mut ruud = world.stranger();
        ruud.get(&withdraw).await.shows("Trek mijn aanmelding in");
        world.clock_on("2026-12-09", "00:00");
        let late = ruud.post(&withdraw, &[]).await;
        late.shows("Bedenken kon tot en met 8 december 2026.");
        assert_eq!(state(&world, &made["id"]).await, "confirmed");
        world.clock_on("2026-12-08", "23:59");
        ruud.post(&withdraw, &[]).await.shows("alsof ze er nooit geweest is");
        assert_eq!(state(&world, &made["id"]).await, "withdrawn");
        assert!(message(&world, "mail.signup.withdrawn").await.contains("ingetrokken"));
        ruud.post(&withdraw, &[]).await.shows("alsof ze er nooit geweest is");
        ruud.get(confirm).await.shows("alsof ze er nooit geweest is");
        leaves_nothing(&world, made["person"].as_str().unwrap()).await;
        // The day on which she joined stays as it was; the day itself says that it was taken back.
        assert_eq!(new_members(&world).await, before + 1);
        let counted = "select coalesce(max(n), 0) as value from rollup_day where kind = 'sign_ups_withdrawn' and dim = 'all' and day = '2026-12-08'";
        assert_eq!(world.count(counted).await, 1);
        // It counts with who signed her up, though she did it herself, and shows who it was.
        let noor = world.program("noor").await;
        let day = noor.get("/days/2026-12-08/summary").await.json();
        assert_eq!((&day["sign_ups_withdrawn"], &day["new_members"]), (&json!(1), &json!(0)));
        let behind = noor.get("/days/2026-12-08/members?count=sign_ups_withdrawn").await.json();
        assert_eq!((&behind["n"], &behind["rows"][0]["person"]), (&json!(1), &made["person"]));
        let mut hers = world.browser("noor").await;
        hers.get("/mijn-dag?dag=2026-12-08").await.shows("1 trok de aanmelding in");
        let who = hers.get("/mijn-dag/leden?dag=2026-12-08&toon=sign_ups_withdrawn").await;
        who.shows("Ruud Zaagmans");
        let recount = async |tx: &mut db::Tx| activity::recount(tx).await;
        assert_eq!(world.db.read(Actor::SYSTEM, recount).await.unwrap().differences, 0);
        // She may come back.
        let again = with(self::ruud("opnieuw"), &json!({"person": made["person"]}));
        make(&world, again).await;
    })
    .await;
}

#[tokio::test]
async fn whoever_does_not_answer_is_asked_again_and_lapses() {
    on_each(async |world| {
        let made = make(&world, ruud("stil")).await;
        let reminders = "select count(*) as value from outbox o join wordings w on w.id = o.wording_id where w.key = 'mail.signup.reminder'";
        for (day, time, asked) in [
            ("2026-11-27", "23:59", 0),
            ("2026-11-28", "00:00", 1),
            ("2026-12-14", "23:59", 1),
            ("2026-12-15", "00:00", 2),
            ("2026-12-22", "23:59", 2),
        ] {
            world.clock_on(day, time);
            joining::tick(&world.app).await.unwrap();
            joining::tick(&world.app).await.unwrap();
            assert_eq!(world.count(reminders).await, asked, "{day}");
            assert_eq!(state(&world, &made["id"]).await, "provisional", "{day}");
        }
        let link = links(&world, "mail.signup.reminder").await.remove(0);
        world.stranger().get(&link).await.shows("betalingsverplichting");
        world.clock_on("2026-12-23", "00:00");
        let late = world.stranger().get(&link).await;
        assert_eq!(late.status, StatusCode::GONE);
        joining::tick(&world.app).await.unwrap();
        assert_eq!(state(&world, &made["id"]).await, "lapsed");
        leaves_nothing(&world, made["person"].as_str().unwrap()).await;
        assert_eq!(world.count(reminders).await, 2);
        let program = world.program("noor").await;
        let day = program.get("/days/2026-12-23/summary").await.json();
        assert_eq!((&day["sign_ups_lapsed"], &day["sign_ups_withdrawn"]), (&json!(1), &json!(0)));
        let path = format!("/sign-ups/{}", made["id"].as_str().unwrap());
        assert_eq!(program.post(&format!("{path}/confirm"), &json!({})).await.status, StatusCode::CONFLICT);
        assert_eq!(program.post(&format!("{path}/withdraw"), &json!({})).await.status, StatusCode::CONFLICT);
    })
    .await;
}

#[tokio::test]
async fn by_text_message_and_by_letter() {
    on_each(async |world| {
        let noor = world.program("noor").await;
        let made = make(&world, with(ruud("sms"), &json!({"way": "sms", "email": ""}))).await;
        assert!(message(&world, "sms.signup.confirm").await.contains("JA"));
        let reply = |text: &str| json!({"from": "+31623456789", "text": text});
        let other = noor.post("/sign-ups/sms-replies", &reply("nee")).await;
        assert_eq!(other.json()["confirmed"], Value::Null);
        let nobody = json!({"from": "+31612345678", "text": "JA"});
        assert_eq!(noor.post("/sign-ups/sms-replies", &nobody).await.json()["confirmed"], Value::Null);
        let yes = noor.post("/sign-ups/sms-replies", &reply(" Ja. ")).await;
        assert_eq!(yes.json()["confirmed"], made["id"], "{}", yes.text);
        assert_eq!(state(&world, &made["id"]).await, "confirmed");
        // A word is no signature.
        assert_eq!(world.count("select count(*) as value from mandates where state = 'provisional'").await, 1);
        assert!(message(&world, "letter.signup.receipt").await.contains("Welkom bij"));

        let letter = json!({"way": "letter", "email": "", "mobile": "", "first_name": "Piet", "last_name": "Brief", "iban": ""});
        let made = make(&world, with(ruud("brief"), &letter)).await;
        assert!(message(&world, "letter.signup").await.contains("handtekening"));
        let mut browser = world.browser("noor").await;
        let path = format!("/aanmelden/{}", made["id"].as_str().unwrap());
        browser.get(&path).await.shows("De brief kwam ondertekend terug");
        let future = browser.post(&format!("{path}/bevestig"), &[("dag", "2026-12-24")]).await;
        future.shows("die ligt niet in de toekomst");
        let done = browser.post(&format!("{path}/bevestig"), &[("dag", "2026-11-24")]).await;
        assert_eq!(done.location(), path);
        assert_eq!(state(&world, &made["id"]).await, "confirmed");
    })
    .await;
}

#[tokio::test]
async fn on_the_website() {
    on_each(async |world| {
        let mut visitor = world.stranger();
        let page = visitor.get("/word-lid?code=VLIET-27").await;
        page.shows("value=\"VLIET-27\"");
        page.hides("betalingsverplichting");
        let key = key_of(&page);
        let fields = [
            ("key", key.as_str()),
            ("language", "nl"),
            ("first_name", "Ruud"),
            ("last_name", "Zaagmans"),
            ("birth_date", "02-09-1988"),
            ("email", "ruud.zaagmans@voorbeeld.example"),
            ("iban", "NL91ABNA0417164300"),
        ];
        let mut form = fields.to_vec();
        form.push(("doen", "bekijk"));
        let seen = visitor.post("/word-lid", &form).await;
        seen.shows("Word lid met betalingsverplichting");
        let amount = seen.between("name=\"seen\" value=\"", "\"").to_owned();
        let mut form = fields.to_vec();
        form.extend([("doen", "lid"), ("seen", amount.as_str())]);
        let unread = visitor.post("/word-lid", &form).await;
        assert_eq!(unread.status, StatusCode::UNPROCESSABLE_ENTITY);
        form.extend([("told", "ja"), ("yes", "ja")]);
        // Another amount than was shown is shown first.
        let mut older = form.clone();
        older[4] = ("birth_date", "02-09-1950");
        let other = visitor.post("/word-lid", &older).await;
        other.shows("Word lid met betalingsverplichting");
        assert_eq!(world.count("select count(*) as value from sign_ups").await, 0);
        let sent = visitor.post("/word-lid", &form).await;
        sent.shows("Kijk in uw mail");
        assert_eq!(world.count("select count(*) as value from sign_ups where method = 'web' and state = 'provisional'").await, 1);
        // Whether somebody is a member is told to her alone: the same page, and a mail to who was there.
        let mut again = form.clone();
        again[0] = ("key", "een-andere");
        visitor.post("/word-lid", &again).await.shows("Kijk in uw mail");
        assert_eq!(world.count("select count(*) as value from sign_ups").await, 1);
        assert!(message(&world, "mail.member.link").await.contains("/l/"));
        for nr in 0..5 {
            let key = format!("weer-{nr}");
            let mut again = form.clone();
            again[0] = ("key", &key);
            visitor.post("/word-lid", &again).await;
        }
        let slowed = visitor.post("/word-lid", &again).await;
        assert_eq!(slowed.status, StatusCode::UNPROCESSABLE_ENTITY);
        slowed.shows("te vaak achter elkaar");
    })
    .await;
}

#[tokio::test]
async fn a_member_s_own_page() {
    on_each(async |world| {
        let made = make(&world, ruud("eigen")).await;
        let mut home = world.stranger();
        let known = home.post("/mijn", &[("wie", "ruud.zaagmans@voorbeeld.example")]).await;
        let unknown = home.post("/mijn", &[("wie", "niemand@voorbeeld.example")]).await;
        assert_eq!((known.status, known.text), (unknown.status, unknown.text));
        let link = links(&world, "mail.member.link").await.remove(0);
        let page = home.get(&link).await;
        page.shows("Ruud Zaagmans");
        page.shows("NL91 •••• •••• 4300");
        home.post(&link, &[("doen", "bevestig")]).await.shows("Bevestigd.");
        assert_eq!(state(&world, &made["id"]).await, "confirmed");
        // No newsletter any more, no calls, and in English from now on.
        let kept = home.post(&link, &[("doen", "voorkeuren"), ("taal", "en")]).await;
        kept.shows("Kept.");
        kept.shows("may call me");
        assert_eq!(world.count("select count(*) as value from consents where withdrawn_at is null and purpose = 'newsletter' and source like 'aanmelding%'").await, 0);
        home.post(&link, &[("doen", "voorkeuren"), ("taal", "nl"), ("nieuws", "ja"), ("bellen", "ja")]).await.shows("Bewaard.");
        // Leaving takes two clicks, and the first says what it means.
        home.get(&link).await.shows("?stap=opzeggen");
        let asked = home.get(&format!("{link}?stap=opzeggen")).await;
        asked.shows("Ik blijf lid");
        asked.shows("een reden is niet nodig");
        let done = home.post(&link, &[("doen", "opzeggen")]).await;
        done.shows("Opgezegd. U bent lid tot en met");
        assert_eq!(world.count("select count(*) as value from cancellation_cases where channel = 'web' and state = 'ended'").await, 1);
        // Pressed twice it is one notice.
        home.post(&link, &[("doen", "opzeggen")]).await.shows("Opgezegd.");
        assert_eq!(world.count("select count(*) as value from cancellation_notices").await, 1);
        // Within the period it can still be withdrawn, and then nothing is left to leave.
        home.post(&link, &[("doen", "bedenk")]).await.shows("Dit lidmaatschap is er niet meer.");
        leaves_nothing(&world, made["person"].as_str().unwrap()).await;
    })
    .await;
}

#[tokio::test]
async fn an_association_without_a_creditor_signs_up_without_an_account() {
    on_each_empty_engine(async |world| {
        let noor = world.program("noor").await;
        let with_account = noor.post("/sign-ups", &ruud("leeg")).await;
        assert_eq!(with_account.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(with_account.json()["field"], "iban");
        assert_eq!(
            world.count("select count(*) as value from people").await,
            0,
            "nobody is left behind"
        );
        let made = make(&world, with(ruud("leeg"), &json!({"iban": "", "yes": false}))).await;
        assert_eq!(made["mandate"], Value::Null);
    })
    .await;
}
