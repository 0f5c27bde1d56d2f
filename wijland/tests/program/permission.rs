//! Who may be called, when, how often, and on what it rests: rows P1 to P10, hours, budget, owners.

use axum::http::StatusCode;
use kernel::{Actor, EventId};
use people_rules::organisation::NewContactPerson;
use serde_json::{Value, json};

use crate::harness::{Browser, Program, World, on_each_empty_engine, on_each_engine};

const PEOPLE: &str = "\
extern_id;lidnummer;achternaam;geboortedatum;mobiel;sector;herkomst;lid_sinds;lid_tot
W-1;;Eén;1980-01-01;0612005001;p1;website;;
W-2;;Twee;1980-01-01;0612005002;p2;website;;
;3003;Drie;1980-01-01;0612005003;p3;;2010-01-01;
;3004;Vier;1980-01-01;0612005004;p4;;2010-01-01;
;3005;Vijf;1980-01-01;0612005005;p5;;2010-01-01;2025-12-31
W-6;;Zes;1980-01-01;0612005006;p6;Lid werft lid;;
W-7;;Zeven;1980-01-01;0612005007;p7;beurs;;
W-8;;Acht;1980-01-01;0612005008;p8;beurs;;
;3009;Negen;1980-01-01;0612005009;p9;;2010-01-01;
W-10;;Tien;2010-06-01;0612005010;p10;website;;
";

const CONSENTS: &str = "\
extern_id;lidnummer;doel;kanaal;grond;datum;tekst;herkomst;geldig_tot
W-1;;werving;telefoon;toestemming;2026-11-01;Ja, bel mij;website;
;3004;;telefoon;bijeenkomst;2026-10-01;;congres;
;3005;;telefoon;donatie;2026-10-01;;actie;
W-6;;;telefoon;vrijwilliger;2026-10-01;;actie;
W-8;;werving;telefoon;toestemming;2026-11-01;Ja, bel mij;beurs;
W-10;;werving;telefoon;toestemming;2026-11-01;Ja, bel mij;website;
";

const REQUESTS: &str = "\
extern_id;soort;onderwerp;datum;herkomst;bel_mij_vanaf
W-2;brochure;Werkdruk;2026-11-20;website;2026-11-24 08:30
";

const OBJECTIONS: &str = "lidnummer;kanaal;herkomst\n3009;telefoon;brief\n";

async fn everybody(world: &World) {
    for (kind, content) in [
        ("persons", PEOPLE),
        ("consents", CONSENTS),
        ("contacts", REQUESTS),
        ("objections", OBJECTIONS),
    ] {
        let file = world.file(&format!("{kind}.csv"), content);
        let (_, counts) = crate::imports::take_in(world, kind, &file).await;
        assert_eq!(counts.refused, 0, "{kind}");
    }
    let file = world.file("bv.csv", "extern_id;organisatie;rechtsvorm\nO-1;Zeven;bv\n");
    crate::imports::take_in(world, "organisations", &file).await;
    let seven = kernel::PersonId(world.person("W-7").await);
    world
        .db
        .write(Actor::SYSTEM, async |tx| {
            let bv = people::organisation::by_external_id(tx, "O-1").await?.expect("a bv");
            let new = NewContactPerson { person: seven, role: "directeur".into(), from: None };
            people::contact_person::add(tx, bv, &new).await.map(drop)
        })
        .await
        .unwrap();
}

async fn campaign(ingrid: &Program<'_>, name: &str, ground: &str) -> String {
    let purpose = if ground == "service" { "service" } else { "recruitment" };
    let body = json!({"name": name, "ground": ground, "purpose": purpose,
        "source": {"kind": "filter", "filter": {"sector": name}}});
    let made = ingrid.post("/campaigns", &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    made.json()["id"].as_str().unwrap().to_owned()
}

/// Where the only person of a campaign stands.
async fn stand(ingrid: &Program<'_>, campaign: &str) -> String {
    let funnel = ingrid.get(&format!("/campaigns/{campaign}/funnel")).await.json();
    assert_eq!(funnel["people"], 1, "{funnel}");
    let one = |(name, n): (&String, &Value)| (name != "people" && *n == 1).then(|| name.clone());
    funnel.as_object().unwrap().iter().find_map(one).unwrap()
}

/// An administrator changes a rule, from today on.
async fn change(anna: &mut Browser<'_>, key: &str, values: &[&str]) {
    let fields: Vec<String> =
        values
            .iter()
            .map(|value| {
                if value.parse::<i64>().is_ok() { "deel_".into() } else { format!("keuze_{value}") }
            })
            .collect();
    let mut form = vec![("valid_from", "2026-11-24"), ("source", "Advies jurist"), ("grade", "A")];
    form.extend(fields.iter().map(String::as_str).zip(values.iter().copied()));
    let changed = anna.post(&format!("/beheer/regels/{key}"), &form).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{key}: {}", changed.text);
}

#[tokio::test]
async fn every_row_of_the_matrix_decides_by_its_rule_and_a_change_works_at_once() {
    on_each_empty_engine(async |world| {
        world.clock("10:00");
        everybody(&world).await;
        let ingrid = world.program("ingrid").await;
        let mut anna = world.browser("anna").await;
        let mut minute = 0;
        for (name, ground, before, key, values, after) in [
            ("p1", "consent", "eligible", "permission.p1", &["never"][..], "no_ground"),
            ("p2", "requested_call", "eligible", "permission.p2", &["never"], "no_ground"),
            ("p3", "service", "eligible", "permission.p3", &["never"], "no_ground"),
            ("p4", "exception", "eligible", "permission.p4", &["consent", "donation"], "no_ground"),
            ("p5", "exception", "eligible", "permission.p5", &["consent"], "no_ground"),
            ("p6", "exception", "referred", "permission.p6", &["volunteer"], "eligible"),
            ("p7", "legal_person", "eligible", "permission.p7", &["consent"], "no_ground"),
            ("p8", "legal_person", "eligible", "permission.p8", &["never"], "no_ground"),
            ("p9", "service", "objection", "permission.p9", &["membership"], "eligible"),
            ("p10", "consent", "too_young", "permission.min_age", &["16"], "eligible"),
        ] {
            // A row that was changed for one is not changed for the next of this list.
            let list = campaign(&ingrid, name, ground).await;
            assert_eq!(stand(&ingrid, &list).await, before, "{name} as shipped");
            minute += 1;
            world.clock(&format!("10:{minute:02}"));
            change(&mut anna, key, values).await;
            calls::campaign::rejudge_since(&world.app, EventId(0)).await.unwrap();
            assert_eq!(stand(&ingrid, &list).await, after, "{name} after {key} = {values:?}");
            let page = anna.get(&format!("/beheer/regels/{key}")).await;
            page.shows("Advies jurist");
            page.shows("bij installatie");
            let restore = match name {
                "p9" => &["requested_call"][..],
                "p1" => &["consent"],
                "p3" => &["membership"],
                _ => continue,
            };
            minute += 1;
            world.clock(&format!("10:{minute:02}"));
            change(&mut anna, key, restore).await;
        }
        // Nothing ticked opens nothing, and says so.
        let none = [("valid_from", "2026-11-24"), ("source", "x"), ("grade", "A")];
        anna.post("/beheer/regels/permission.p4", &none).await.shows("Kies er ten minste één.");
    })
    .await;
}

#[tokio::test]
async fn a_call_keeps_what_it_rested_on() {
    on_each_empty_engine(async |world| {
        world.clock("10:00");
        everybody(&world).await;
        let (ingrid, noor) = (world.program("ingrid").await, world.program("noor").await);
        let list = campaign(&ingrid, "p1", "consent").await;
        let next = noor.post("/call-records/next", &json!({"campaign": list})).await.json();
        call(&noor, &next, "no_answer").await;
        db::row! { struct Kept { ground: String, rule: String, inputs: String } }
        let kept: Option<Kept> = world
            .db
            .read(Actor::SYSTEM, async |tx| {
                tx.one("select ground, rule, inputs from attempts", db::args![]).await
            })
            .await
            .unwrap();
        let Kept { ground, rule, inputs } = kept.unwrap();
        assert_eq!((ground.as_str(), rule.as_str()), ("consent", "P1 permission.p1@2026-07-01"));
        let inputs: Value = serde_json::from_str(&inputs).unwrap();
        assert_eq!(inputs["standing"], "prospect");
        let consent = world.count("select max(id) as value from consents where first_used_at is not null").await;
        assert_eq!(inputs["proof"], consent.to_string());

        // On one page, for whoever asks for it.
        let person = world.person("W-1").await;
        let proof = world.browser("noor").await.get(&format!("/leden/{person}/bewijs")).await;
        proof.shows("‘Ja, bel mij’");
        proof.shows(&consent.to_string());
        proof.shows("Voor het eerst gebruikt");

        // A call by us without it does not get into the database, whoever writes it.
        let bare = world
            .db
            .write(Actor::SYSTEM, async |tx| {
                tx.execute(
                    "insert into attempts (id, person_id, agent_id, direction, channel, ground, rule, started_at)
                     select 1, person_id, agent_id, 'out', 'own_phone', ground, rule, started_at from attempts",
                    db::args![],
                )
                .await
            })
            .await;
        assert!(bare.unwrap_err().to_string().contains("INV4"));
        let changed = world
            .db
            .write(Actor::SYSTEM, async |tx| {
                tx.execute("update outcomes set kind = 'joined'", db::args![]).await
            })
            .await;
        assert!(changed.unwrap_err().to_string().contains("INV15"));
    })
    .await;
}

async fn call(program: &Program<'_>, next: &Value, outcome: &str) {
    let path = |what: &str| format!("/call-records/{}/{what}", next["id"].as_str().unwrap());
    let fence = &next["fence"];
    let begun =
        program.post(&path("attempts"), &json!({"fence": fence, "channel": "own_phone"})).await;
    assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.text);
    let body = json!({"fence": fence, "outcome": outcome});
    let logged = program.post(&path("outcome"), &body).await;
    assert_eq!(logged.status, StatusCode::OK, "{}", logged.text);
}

#[tokio::test]
async fn nobody_is_tried_or_spoken_to_more_often_than_the_budget_over_all_campaigns() {
    on_each_empty_engine(async |world| {
        world.clock("10:00");
        everybody(&world).await;
        let (ingrid, noor) = (world.program("ingrid").await, world.program("noor").await);
        let lists =
            [campaign(&ingrid, "p1", "consent").await, campaign(&ingrid, "p1", "consent").await];
        let mut tried = 0;
        // Every two hours of five days somebody wants to call, from one list or the other.
        for day in ["2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27", "2026-11-30"] {
            for hour in ["10:00", "12:00", "14:00", "16:00", "18:00"] {
                world.clock_on(day, hour);
                let body = json!({"campaign": lists[tried % 2]});
                let next = noor.post("/call-records/next", &body).await;
                if next.status == StatusCode::OK {
                    call(&noor, &next.json(), "no_answer").await;
                    tried += 1;
                }
            }
        }
        assert_eq!(tried, 3, "three tries in two weeks");
        world.clock_on("2026-11-30", "18:30");
        calls::campaign::rejudge_since(&world.app, EventId(0)).await.unwrap();
        assert_eq!(stand(&ingrid, &lists[1]).await, "budget");
        let mut lead = world.browser("ingrid").await;
        let people = lead.get(&format!("/campagnes/{}/mensen?stand=budget", lists[1])).await;
        people.shows("Eén");
        people.shows("Zij komen vanzelf terug zodra er weer ruimte is.");
        // Not by hand either.
        let person = world.person("W-1").await.to_string();
        let by_hand = json!({"direction": "out", "person": person, "outcome": "no_answer"});
        let refused = noor.post("/calls", &by_hand).await;
        assert_eq!(refused.json()["type"], "urn:wijland:problem:blocked", "{}", refused.text);

        // Two weeks after the first try there is room for one; a talk uses it up for thirty days.
        world.clock_on("2026-12-08", "11:00");
        let body = json!({"campaign": lists[1]});
        let next = noor.post("/call-records/next", &body).await.json();
        call(&noor, &next, "not_interested").await;
        world.clock_on("2027-01-05", "11:00");
        let other = json!({"campaign": lists[0]});
        let none = noor.post("/call-records/next", &other).await;
        assert_eq!(none.status, StatusCode::NO_CONTENT, "{}", none.text);
        world.clock_on("2027-01-08", "11:00");
        let next = noor.post("/call-records/next", &other).await;
        assert_eq!(next.status, StatusCode::OK, "{}", next.text);
    })
    .await;
}

#[tokio::test]
async fn an_objection_counts_for_the_number_and_only_for_what_it_is_about() {
    on_each_empty_engine(async |world| {
        world.clock("10:00");
        let people = "extern_id;achternaam;telefoon;sector\nA;Aa;0575123456;a\nB;Bee;0575 12 34 56;b\n";
        let consents = "extern_id;doel;kanaal;grond;datum;tekst;herkomst\n\
            A;werving;telefoon;toestemming;2026-11-01;Ja;web\nB;werving;telefoon;toestemming;2026-11-01;Ja;web\n\
            B;behoud;telefoon;toestemming;2026-11-01;Ja;web\n";
        for (kind, content) in [("prospects", people), ("consents", consents)] {
            let file = world.file(&format!("{kind}.csv"), content);
            crate::imports::take_in(&world, kind, &file).await;
        }
        let ingrid = world.program("ingrid").await;
        let a = campaign(&ingrid, "a", "consent").await;
        let b = campaign(&ingrid, "b", "consent").await;
        assert_eq!(stand(&ingrid, &b).await, "eligible");
        // B does not want to hear about joining; A lives in the same house, with the same telephone.
        let mut noor = world.browser("noor").await;
        let person = world.person("B").await;
        let form = [("purpose", "retention"), ("words", "Nee, dank u")];
        noor.post(&format!("/leden/{person}/bezwaar"), &form).await;
        calls::campaign::rejudge_since(&world.app, EventId(0)).await.unwrap();
        assert_eq!(stand(&ingrid, &b).await, "eligible", "that was about something else");
        noor.post(&format!("/leden/{person}/bezwaar"), &[("purpose", "recruitment")]).await;
        for _ in 0..2 {
            calls::campaign::rejudge_since(&world.app, EventId(0)).await.unwrap();
        }
        assert_eq!(stand(&ingrid, &b).await, "objection");
        noor.get(&format!("/leden/{person}/bewijs")).await.shows("‘Nee, dank u’");
        // Nobody is claimed on that number either: the claim asks again.
        let program = world.program("noor").await;
        let none = program.post("/call-records/next", &json!({"campaign": a})).await;
        assert_eq!(none.status, StatusCode::NO_CONTENT, "{}", none.text);
    })
    .await;
}

#[tokio::test]
async fn a_consent_that_nobody_used_for_months_is_void_unless_a_term_stood_with_it() {
    on_each_empty_engine(async |world| {
        world.clock("10:00");
        let people = "extern_id;achternaam;mobiel;sector\nA;Aa;0612006001;a\nB;Bee;0612006002;b\nC;Cee;0612006003;c\n";
        let consents = "extern_id;doel;kanaal;grond;datum;tekst;herkomst;geldig_tot\n\
            A;werving;telefoon;toestemming;2026-04-01;Ja;web;\n\
            B;werving;telefoon;toestemming;2026-04-01;Ja, een jaar lang;web;2027-04-01\n\
            C;werving;telefoon;toestemming;2026-04-01;Ja, tot de zomer;web;2026-06-30\n";
        for (kind, content) in [("prospects", people), ("consents", consents)] {
            let file = world.file(&format!("{kind}.csv"), content);
            crate::imports::take_in(&world, kind, &file).await;
        }
        let ingrid = world.program("ingrid").await;
        for (sector, expected) in [("a", "no_ground"), ("b", "eligible"), ("c", "no_ground")] {
            let list = campaign(&ingrid, sector, "consent").await;
            assert_eq!(stand(&ingrid, &list).await, expected, "{sector}");
        }
        // Written down by hand, it counts from now.
        let mut noor = world.browser("noor").await;
        let address = format!("/leden/{}/toestemming", world.person("A").await);
        let mut form = vec![
            ("purpose", "recruitment"),
            ("channel", "phone"),
            ("basis", "consent"),
            ("given_on", "2026-11-24"),
            ("source", "gesprek aan de deur"),
        ];
        noor.post(&address, &form).await.shows("Vul de tekst in");
        form.push(("text", "Ja, u mag mij bellen"));
        let kept = noor.post(&address, &form).await;
        // The old one is open still; what is void is replaced by withdrawing it.
        assert_eq!(kept.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", kept.text);
        kept.shows("Deze toestemming is er al.");
        kept.shows("Ja, u mag mij bellen");
    })
    .await;
}

#[tokio::test]
async fn somebodys_own_people_come_to_her_and_to_nobody_else() {
    on_each_empty_engine(async |world| {
        world.clock("10:00");
        everybody(&world).await;
        let (ingrid, noor, marit) = (
            world.program("ingrid").await,
            world.program("noor").await,
            world.program("marit").await,
        );
        let list = campaign(&ingrid, "p1", "consent").await;
        let mut lead = world.browser("ingrid").await;
        let record = world.count("select max(id) as value from call_records").await.to_string();
        let noors =
            world.count("select id as value from users where login = 'noor'").await.to_string();
        let give = [("record", record.as_str()), ("stand", "eligible"), ("owner", noors.as_str())];
        let given = lead.post(&format!("/campagnes/{list}/eigenaar"), &give).await;
        assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.text);
        let body = json!({"campaign": list});
        let none = marit.post("/call-records/next", &body).await;
        assert_eq!(none.status, StatusCode::NO_CONTENT, "{}", none.text);
        assert_eq!(noor.post("/call-records/next", &body).await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_list_is_divided_over_the_team_and_whoever_is_ill_for_days_keeps_nobody_waiting() {
    on_each_engine(async |world| {
        world.clock("09:03");
        let mut lead = world.browser("ingrid").await;
        let campaigns = world.program("ingrid").await.get("/campaigns").await.json();
        let all = campaigns["items"].as_array().unwrap();
        let list = all.iter().find(|campaign| campaign["ground"] == "consent").unwrap()["id"].clone();
        let address = format!("/campagnes/{}/verdeel", list.as_str().unwrap());
        let divided = lead.post(&address, &[("how", "verdeel")]).await;
        lead.get(divided.location()).await.shows("Vastgelegd.");
        db::row! { struct Share { n: i64 } }
        let shares: Vec<Share> = world
            .db
            .read(Actor::SYSTEM, async |tx| {
                tx.all("select count(*) as n from call_records where owner_id is not null group by owner_id", db::args![]).await
            })
            .await
            .unwrap();
        let (least, most) = (shares.iter().map(|s| s.n).min().unwrap(), shares.iter().map(|s| s.n).max().unwrap());
        assert!(shares.len() >= 4 && most - least <= 1, "{least} to {most} of {} colleagues", shares.len());
        let none = "select count(*) as value from call_records where owner_id is null and state = 'waiting'";
        let free = world.count(none).await;
        // Marit is ill; after three days hers are anybody's.
        let marits = world.count("select id as value from users where login = 'marit'").await;
        let ill = [("kind", "sick"), ("from", "2026-11-24")];
        lead.post(&format!("/rooster/{marits}/afwezig"), &ill).await;
        for (day, freed) in [("2026-11-26", 0), ("2026-11-27", least)] {
            world.clock_on(day, "09:00");
            // A changed rule judges everybody again, as a new day does.
            calls::campaign::rejudge_since(&world.app, EventId(0)).await.unwrap();
            assert!(world.count(none).await - free >= freed, "{day}");
        }
        let hers = world
            .count("select count(*) as value from call_records r join users u on u.id = r.owner_id where u.login = 'marit'")
            .await;
        assert_eq!(hers, 0);
    })
    .await;
}

#[tokio::test]
async fn whom_two_colleagues_pass_by_comes_to_the_team_lead() {
    on_each_engine(async |world| {
        world.clock("09:03");
        let (noor, marit) = (world.program("noor").await, world.program("marit").await);
        let campaigns = world.program("ingrid").await.get("/campaigns").await.json();
        let all = campaigns["items"].as_array().unwrap();
        let list =
            all.iter().find(|campaign| campaign["ground"] == "consent").unwrap()["id"].clone();
        let body = json!({"campaign": list});
        let next = noor.post("/call-records/next", &body).await.json();
        let path = format!("/call-records/{}/skip", next["id"].as_str().unwrap());
        noor.post(&path, &json!({"fence": next["fence"], "reason": "know_them"})).await;
        world.clock("10:04");
        let again = marit.post("/call-records/next", &body).await.json();
        assert_eq!(again["person"]["id"], next["person"]["id"]);
        marit.post(&path, &json!({"fence": again["fence"], "reason": "data_wrong"})).await;
        world.clock("14:00");
        let other = marit.post("/call-records/next", &body).await.json();
        assert_ne!(other["person"]["id"], next["person"]["id"]);
        // Judging everybody again brings nobody back who waits for the team lead.
        for _ in 0..2 {
            calls::campaign::rejudge_since(&world.app, EventId(0)).await.unwrap();
        }
        let list = list.as_str().unwrap();
        let mut lead = world.browser("ingrid").await;
        let page = lead.get(&format!("/campagnes/{list}/mensen?stand=skipped")).await;
        let record = page.between("name=\"record\" value=\"", "\"").to_owned();
        let back = [("record", record.as_str()), ("stand", "skipped"), ("reason", "looked_into")];
        lead.post(&format!("/campagnes/{list}/mensen"), &back).await;
        lead.get(&format!("/campagnes/{list}/mensen?stand=skipped"))
            .await
            .shows("Hier staat niemand meer.");
        let reopened = "select count(*) as value from events where kind = 'record_reopened'";
        assert_eq!(world.count(reopened).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_promise_without_the_persons_own_yes_needs_a_ground_of_its_own() {
    on_each_engine(async |world| {
        world.clock("10:00");
        let noor = world.program("noor").await;
        let proposed = |person: i64, words: Option<&str>| {
            let mut body = json!({"person": person.to_string(), "date": "2026-11-24", "from": "11:00", "until": "12:00", "owner": "me"});
            if let Some(words) = words {
                body["words"] = json!(words);
            }
            body
        };
        // Nobody of whom we have nothing: no consent, no membership.
        let person = world.person("W-1002").await;
        let made = noor.post("/callbacks", &proposed(person, None)).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let call = json!({"direction": "out", "person": person.to_string(), "outcome": "not_interested"});
        let refused = noor.post("/calls", &call).await;
        assert_eq!(refused.json()["type"], "urn:wijland:problem:blocked", "{}", refused.text);
        noor.post("/callbacks", &proposed(person, Some("Bel me om elf uur maar"))).await;
        // Asked for at eleven is not asked for at ten.
        let early = noor.post("/calls", &call).await;
        assert_eq!(early.json()["type"], "urn:wijland:problem:not-now", "{}", early.text);
        world.clock("10:55");
        let kept = noor.post("/calls", &call).await;
        assert_eq!(kept.status, StatusCode::CREATED, "{}", kept.text);
    })
    .await;
}

#[tokio::test]
async fn a_program_keeps_consents_and_objections_with_their_proof() {
    on_each_engine(async |world| {
        world.clock("10:00");
        let noor = world.program("noor").await;
        let address = format!("/people/{}", world.person("W-1002").await);
        let consents = format!("{address}/consents");
        let mut body = json!({"purpose": "recruitment", "text": "", "source": "beurs"});
        let refused = noor.post(&consents, &body).await;
        assert_eq!(refused.json()["field"], "text", "{}", refused.text);
        body["text"] = json!("Ja, u mag mij bellen");
        let kept = noor.post(&consents, &body).await;
        assert_eq!(kept.status, StatusCode::CREATED, "{}", kept.text);
        assert_eq!(noor.post(&consents, &body).await.json()["type"], "urn:wijland:problem:known");
        let all = noor.get(&consents).await.json();
        assert_eq!(all["items"][0]["text"], "Ja, u mag mij bellen");
        let objections = format!("{address}/objections");
        let wrong = noor.post(&objections, &json!({"purpose": "alles", "source": "x"})).await;
        assert_eq!(wrong.json()["field"], "purpose");
        for _ in 0..2 {
            let said = json!({"source": "brief", "words": "Niet meer bellen"});
            let made = noor.post(&objections, &said).await.json();
            assert_eq!(made["items"].as_array().unwrap().len(), 1, "{made}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_sole_trader_is_called_on_the_number_that_was_published_for_it_and_no_other() {
    on_each_empty_engine(async |world| {
        world.clock("10:00");
        let file = world.file(
            "zzp.csv",
            "extern_id;achternaam;geboortedatum;mobiel;telefoon;sector\nZ-1;Zelf;1980-01-01;0612005101;0554001122;zzp\n",
        );
        crate::imports::take_in(&world, "persons", &file).await;
        let person = world.person("Z-1").await;
        let (ingrid, noor) = (world.program("ingrid").await, world.program("noor").await);
        let list = campaign(&ingrid, "zzp", "legal_person").await;
        assert_eq!(stand(&ingrid, &list).await, "no_ground");

        // Only a number of the file, only for calls, only for what it was published for.
        let address = format!("/people/{person}/consents");
        let body = |number: &str, purpose: &str| {
            json!({"purpose": purpose, "basis": "published", "number": number,
                "text": "Bel ons voor een aanbod: 055 400 11 22", "source": "zelf.example/contact"})
        };
        let stranger = noor.post(&address, &body("0612009999", "recruitment")).await;
        assert_eq!(stranger.json()["field"], "number", "{}", stranger.text);
        let other = noor.post(&address, &body("0554001122", "service")).await;
        assert_eq!(other.status, StatusCode::CREATED, "{}", other.text);
        calls::campaign::rejudge_since(&world.app, EventId(0)).await.unwrap();
        assert_eq!(stand(&ingrid, &list).await, "no_ground", "published for something else");

        // By hand, with a mistake first.
        let mut desk = world.browser("noor").await;
        let page = format!("/leden/{person}/toestemming");
        desk.get(&page).await.shows("Publiceerde dit nummer hiervoor");
        let form = [
            ("purpose", "recruitment"),
            ("channel", "email"),
            ("basis", "published"),
            ("number", "+31554001122"),
            ("given_on", "2026-11-20"),
            ("text", "Bel ons voor een aanbod: 055 400 11 22"),
            ("source", "zelf.example/contact"),
        ];
        desk.post(&page, &form).await.shows("deze grond geldt alleen voor bellen");
        let mut right = form;
        right[1].1 = "phone";
        let kept = desk.post(&page, &right).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
        desk.get(&format!("/leden/{person}/bewijs")).await.shows("Publiceerde 055 400 11 22 hiervoor");
        calls::campaign::rejudge_since(&world.app, EventId(0)).await.unwrap();
        assert_eq!(stand(&ingrid, &list).await, "eligible");

        let next = noor.post("/call-records/next", &json!({"campaign": list})).await.json();
        let path = |what: &str| format!("/call-records/{}/{what}", next["id"].as_str().unwrap());
        desk.get("/deel/telefoon").await.shows("055 400 11 22");
        noor.post(&path("attempts"), &json!({"fence": next["fence"], "channel": "own_phone"})).await;
        let rests_on = "select count(*) as value from attempts where number = '+31554001122' and rule like 'P8 permission.p8@%' and inputs like '%\"evidence\":\"published\"%'";
        assert_eq!(world.count(rests_on).await, 1);
        noor.post(&path("outcome"), &json!({"fence": next["fence"], "outcome": "no_answer"})).await;

        // The number turns out to be wrong: the other one was not published.
        let wrong = async |tx: &mut db::Tx| {
            let number = "+31554001122".parse().unwrap();
            people::person::number_is_wrong(tx, kernel::PersonId(person), &number).await
        };
        world.db.write(Actor::SYSTEM, wrong).await.unwrap();
        let again = "update call_records set state = 'waiting', rest_until_at = null";
        world.db.write(Actor::SYSTEM, async |tx| tx.execute(again, db::args![]).await).await.unwrap();
        let none = noor.post("/call-records/next", &json!({"campaign": list})).await;
        assert_eq!(none.status, StatusCode::NO_CONTENT, "{}", none.text);
        assert_eq!(stand(&ingrid, &list).await, "no_ground");
    })
    .await;
}
