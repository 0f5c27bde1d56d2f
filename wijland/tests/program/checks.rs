//! Whoever rings says who that is, before anything is shown or changed.

use axum::http::StatusCode;
use serde_json::json;

use crate::harness::{Browser, World, on_each_engine};

/// Mr Van Vliet: born on 14 January 1960, Houtwal 12, 7201 ES Zutphen, printer at Drukkerij De IJssel.
const VLIET: &str = "1840227";
const BORN: (&str, &str) = ("birth_date", "14 januari 1960");
const LIVES: (&str, &str) = ("postcode", "7201es 12");
const NUMBER: (&str, &str) = ("member_number", "184 02 27");
const NOT_HIS: (&str, &str) = ("email", "iemand@voorbeeld.example");

const TRIES: &str = "select count(*) as value from caller_checks";
const PASSED: &str = "select count(*) as value from events where kind = 'caller_checked'";
const FAILED: &str = "select count(*) as value from events where kind = 'caller_check_failed'";

async fn rung(world: &World) -> (i64, Browser<'_>) {
    world.clock("08:48");
    let vliet = world.person(VLIET).await;
    let mut noor = world.browser("noor").await;
    noor.is_rung_by(vliet).await;
    (vliet, noor)
}

fn desk(person: i64) -> String {
    format!("/werkplek/controle/{person}")
}

async fn is_open(browser: &mut Browser<'_>, person: i64) -> bool {
    let file = browser.get(&format!("/leden/{person}")).await;
    if file.status == StatusCode::OK {
        file.shows("Houtwal");
        return true;
    }
    assert_eq!(file.status, StatusCode::SEE_OTHER);
    assert_eq!(file.location(), format!("/leden/{person}/controle"));
    false
}

#[tokio::test]
async fn only_a_name_is_shown_until_two_facts_are_right() {
    on_each_engine(async |world| {
        let (vliet, mut noor) = rung(&world).await;
        let before = noor.get("/werkplek").await;
        before.shows("De heer W. van Vliet");
        before.shows("Nog 2 gegevens nodig");
        for told in ["Zutphen", "Drukkerij De IJssel", "Grafisch", "Straks met pensioen", VLIET] {
            before.hides(told);
        }
        // The guide, the note and the outcomes are there.
        for stays in ["id=\"stap-1\"", "id=\"notitie\"", "id=\"uit-not_interested\""] {
            before.shows(stays);
        }
        noor.get("/deel/telefoon").await.hides("Drukkerij De IJssel");
        for page in ["", "/wijzig", "/bewijs", "/toestemming", "/gesprekken"] {
            let led = noor.get(&format!("/leden/{vliet}{page}")).await;
            assert_eq!(led.location(), format!("/leden/{vliet}/controle"), "{page}");
        }
        let situation = noor.get(&format!("/lidmaatschap/situatie/lid/{vliet}")).await;
        assert_eq!(situation.location(), format!("/leden/{vliet}/controle"));

        // Half: what was right stays right, and nothing says what the right answer was.
        let half = noor.post(&desk(vliet), &[BORN, NOT_HIS]).await;
        assert_eq!(half.status, StatusCode::UNPROCESSABLE_ENTITY);
        half.shows("Klopt niet");
        half.shows("Nog één gegeven nodig");
        half.shows("iemand@voorbeeld.example");
        half.hides("w.vanvliet@");
        half.hides("Zutphen");
        assert!(!is_open(&mut noor, vliet).await);
        let again = noor.post(&desk(vliet), &[BORN]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "the same fact twice is one");

        let whole = noor.post(&desk(vliet), &[LIVES]).await;
        assert_eq!(whole.location(), "/werkplek", "{}", whole.text);
        let after = noor.get("/werkplek").await;
        after.shows("Zutphen");
        after.shows("Drukkerij De IJssel");
        assert!(is_open(&mut noor, vliet).await);
        assert_eq!(
            (world.count(TRIES).await, world.count(PASSED).await, world.count(FAILED).await),
            (3, 1, 2)
        );
    })
    .await;
}

#[tokio::test]
async fn nothing_is_changed_for_a_voice_that_was_not_checked() {
    on_each_engine(async |world| {
        let (vliet, mut noor) = rung(&world).await;
        let program = world.program("noor").await;
        let memberships = program.get(&format!("/memberships?person={vliet}")).await.json();
        let membership = memberships["items"][0]["id"].as_str().unwrap().to_owned();
        let address = format!("/people/{vliet}");
        let ends = format!("/memberships/{membership}");
        let consent = json!({"purpose": "service", "text": "Ja", "source": "telefoon"});
        for refused in [
            program.get(&address).await,
            program.get(&format!("{address}/timeline")).await,
            program.patch(&address, &json!({"town": "Zwolle"})).await,
            program.patch(&ends, &json!({"until": "2026-12-31"})).await,
            program.post(&format!("{address}/consents"), &consent).await,
        ] {
            assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
            assert_eq!(refused.json()["type"], "urn:wijland:problem:caller-not-checked");
        }
        let studies = [("soort", "student"), ("vanaf", "2026-11-24")];
        let speaks = [
            ("name", "Els van Vliet"),
            ("relation", "family"),
            ("scope", "information"),
            ("proof", "volmacht"),
        ];
        let moves = [("version", "1"), ("last_name", "Vliet"), ("town", "Zwolle")];
        for (page, form) in [
            (format!("/leden/{vliet}/wijzig"), &moves[..]),
            (format!("/leden/{vliet}/vertegenwoordigers/nieuw"), &speaks[..]),
            (format!("/lidmaatschap/situatie/lid/{vliet}"), &studies[..]),
        ] {
            let refused = noor.post(&page, form).await;
            assert_eq!(refused.status, StatusCode::CONFLICT, "{page}: {}", refused.text);
            refused.shows("Controleer eerst wie er aan de lijn is");
        }
        // A colleague without this voice on the line works on: by a letter, from a list.
        let marit = world.program("marit").await;
        assert_eq!(marit.patch(&address, &json!({"town": "Zwolle"})).await.status, StatusCode::OK);

        noor.checks(vliet).await;
        let changed = program.patch(&address, &json!({"town": "Deventer"})).await;
        assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
        let ended = program.patch(&ends, &json!({"until": "2026-12-31"})).await;
        assert_eq!(ended.status, StatusCode::OK, "{}", ended.text);
    })
    .await;
}

#[tokio::test]
async fn a_check_is_of_one_agent_and_for_a_while() {
    on_each_engine(async |world| {
        let (vliet, mut noor) = rung(&world).await;
        // A colleague's check is not hers.
        let facts = json!({"facts": {"birth_date": "14-1-1960", "member_number": VLIET}});
        let marit = world.program("marit").await;
        let checked = marit.post(&format!("/people/{vliet}/checks"), &facts).await.json();
        assert_eq!((&checked["passed"], &checked["missing"]), (&json!(true), &json!(0)));
        assert_eq!(checked["valid_until"], "2026-11-24T08:33:00Z", "{checked}");
        assert!(!is_open(&mut noor, vliet).await);

        noor.checks(vliet).await;
        world.clock("09:32");
        assert!(is_open(&mut noor, vliet).await);
        world.clock("09:33");
        assert!(!is_open(&mut noor, vliet).await, "45 minutes are over");
    })
    .await;
}

#[tokio::test]
async fn after_three_wrong_answers_nobody_asks_any_more_that_day() {
    on_each_engine(async |world| {
        let (vliet, mut noor) = rung(&world).await;
        let two = [NOT_HIS, ("birth_date", "15-1-1960")];
        noor.post(&desk(vliet), &two).await.shows("2 antwoorden kloppen niet");
        noor.post(&desk(vliet), &[NOT_HIS]).await.shows("Vandaag klopten al 3 antwoorden niet");
        // Not with the right ones either, nor by a colleague.
        let late = noor.post(&desk(vliet), &[BORN, LIVES]).await;
        late.shows("terugbellen op een nummer dat we kennen");
        late.hides("btn--next\" data-hot=\"enter\"");
        assert!(!is_open(&mut noor, vliet).await);
        let facts = json!({"facts": {"birth_date": "14-1-1960", "member_number": VLIET}});
        let path = format!("/people/{vliet}/checks");
        let marit = world.program("marit").await;
        let refused = marit.post(&path, &facts).await;
        assert_eq!(refused.json()["type"], "urn:wijland:problem:too-many-wrong");
        assert_eq!(world.count(TRIES).await, 2, "what was not compared is no try");

        world.clock_on("2026-11-25", "00:01");
        assert_eq!(marit.post(&path, &facts).await.json()["passed"], true);
    })
    .await;
}

#[tokio::test]
async fn a_representative_speaks_about_what_was_allowed_and_as_long_as_it_lasts() {
    on_each_engine(async |world| {
        world.clock("08:48");
        let vliet = world.person(VLIET).await;
        let mut noor = world.browser("noor").await;
        let add = format!("/leden/{vliet}/vertegenwoordigers/nieuw");
        let els = |scope: &'static str, proof: &'static str| {
            [
                ("name", "Els van Vliet"),
                ("relation", "family"),
                ("scope", scope),
                ("until", "25-11-2026"),
                ("proof", proof),
            ]
        };
        let wrong = noor.post(&add, &els("", "bsn 111222333")).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        wrong.shows("Dit lijkt een burgerservicenummer");
        wrong.shows("Kies er ten minste één");
        noor.post(&add, &els("information", "volmacht")).await;
        let file = noor.get(&format!("/leden/{vliet}")).await;
        file.shows("Els van Vliet");
        file.shows("familielid");
        let id = world.count("select max(id) as value from representatives").await.to_string();

        noor.is_rung_by(vliet).await;
        let other = noor.post(&desk(vliet), &[("wie", "ander"), BORN, LIVES]).await;
        other.shows("Ik mag alleen met het lid zelf praten");
        assert_eq!(world.count(TRIES).await, 0);
        // What one voice said is not said by another.
        noor.post(&desk(vliet), &[BORN]).await;
        let half = noor.post(&desk(vliet), &[("wie", &id), LIVES]).await;
        assert_eq!(half.status, StatusCode::UNPROCESSABLE_ENTITY);
        let passed = noor.post(&desk(vliet), &[("wie", &id), NUMBER]).await;
        assert_eq!(passed.location(), "/werkplek", "{}", passed.text);
        assert!(is_open(&mut noor, vliet).await);

        let program = world.program("noor").await;
        let address = format!("/people/{vliet}");
        let change = json!({"town": "Deventer"});
        let refused = program.patch(&address, &change).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "heard, but not changed");
        assert!(refused.text.contains("about changes"), "{}", refused.text);

        // Ended: at once, and the row stays.
        let end = format!("/leden/{vliet}/vertegenwoordigers/{id}/einde");
        assert_eq!(
            noor.post(&end, &[]).await.status,
            StatusCode::CONFLICT,
            "not by the voice of the representative"
        );
        assert_eq!(world.browser("marit").await.post(&end, &[]).await.status, StatusCode::SEE_OTHER);
        assert!(!is_open(&mut noor, vliet).await);
        let over = noor.post(&desk(vliet), &[("wie", &id), BORN, LIVES]).await;
        over.shows("spreekt nu niet voor het lid");
        assert_eq!(world.count("select count(*) as value from representatives").await, 1);

        // Another, up to and including tomorrow.
        let mut marit = world.browser("marit").await;
        marit.post(&add, &els("changes", "volmacht")).await;
        let next = world.count("select max(id) as value from representatives").await.to_string();
        let facts = json!({"facts": {"birth_date": "14-1-1960", "member_number": VLIET}, "representative": next});
        let path = format!("{address}/checks");
        world.clock_on("2026-11-25", "23:50");
        assert_eq!(program.post(&path, &facts).await.json()["passed"], true);
        assert_eq!(program.patch(&address, &change).await.status, StatusCode::OK);
        assert_eq!(
            program.get(&address).await.status,
            StatusCode::CONFLICT,
            "may change, may not hear"
        );
        world.clock_on("2026-11-26", "00:01");
        assert_eq!(program.patch(&address, &change).await.status, StatusCode::CONFLICT);
        let over = program.post(&path, &facts).await;
        assert_eq!(over.json()["type"], "urn:wijland:problem:not-a-representative");
    })
    .await;
}

#[tokio::test]
async fn a_citizen_service_number_is_refused_and_nothing_that_was_said_is_kept() {
    on_each_engine(async |world| {
        let (vliet, mut noor) = rung(&world).await;
        let bsn = noor.post(&desk(vliet), &[BORN, ("member_number", "111 222 333")]).await;
        assert_eq!(bsn.status, StatusCode::UNPROCESSABLE_ENTITY);
        bsn.shows("Daar mogen we niet naar vragen");
        bsn.hides("111 222 333");
        let path = format!("/people/{vliet}/checks");
        let by_api = json!({"facts": {"birth_date": "14-1-1960", "phone": "111222333"}});
        let refused = world.program("noor").await.post(&path, &by_api).await;
        assert_eq!((refused.status, refused.json()["field"].clone()), (StatusCode::UNPROCESSABLE_ENTITY, json!("phone")));
        assert_eq!(world.count(TRIES).await, 0);

        noor.post(&desk(vliet), &[BORN, NOT_HIS]).await;
        let kept = "select count(*) as value from caller_checks where right_facts = 'birth_date' and wrong = 1";
        assert_eq!(world.count(kept).await, 1);
        let told = "select count(*) as value from events where kind = 'caller_check_failed'
                     and (payload like '%1960%' or payload like '%voorbeeld%')";
        assert_eq!(world.count(told).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_call_that_we_began_is_a_fact_and_keeps_nothing_closed() {
    on_each_engine(async |world| {
        world.clock("09:03");
        let vliet = world.person(VLIET).await;
        let mut noor = world.browser("noor").await;
        let begun = noor.post(&format!("/leden/{vliet}/gesprek"), &[("direction", "out")]).await;
        assert_eq!(begun.location(), "/werkplek", "{}", begun.text);
        noor.get("/werkplek").await.shows("Drukkerij De IJssel");
        assert!(is_open(&mut noor, vliet).await);
        noor.get(&format!("/leden/{vliet}/controle")).await.shows("Nog één gegeven nodig");

        let program = world.program("noor").await;
        let path = format!("/people/{vliet}/checks");
        // The number that we called is not said by whoever picks it up.
        let same = json!({"facts": {"phone": "0575 123456"}});
        let same = program.post(&path, &same).await.json();
        assert_eq!((&same["not_compared"], &same["passed"]), (&json!(["phone"]), &json!(false)));
        let born = json!({"facts": {"birth_date": "14-1-1960"}});
        assert_eq!(program.post(&path, &born).await.json()["passed"], true);

        // An administrator may decide otherwise.
        let mut anna = world.browser("anna").await;
        let rule = [
            ("keuze_birth_date", "ja"),
            ("keuze_postcode", "ja"),
            ("valid_from", "2026-11-24"),
            ("source", "Bestuur"),
            ("grade", "D"),
        ];
        let set = anna.post("/beheer/regels/check.which", &rule).await;
        assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.text);
        let marit = world.program("marit").await;
        let answer = marit.post(&path, &json!({"facts": {"member_number": VLIET}})).await.json();
        assert_eq!(answer["not_compared"], json!(["member_number"]));
    })
    .await;
}
