//! Every page and every route of the API with every role: what opens and what is refused.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::harness::{World, on_each_engine};
use crate::mail::{KEPT, send_to};

/// One colleague of each role.
fn one_of_each() -> Vec<&'static story::Colleague> {
    let mut roles = BTreeSet::new();
    story::UNION.colleagues.iter().filter(|colleague| roles.insert(colleague.role)).collect()
}

/// Every path that a router of an area or of the platform names, read from the sources: a page that is
/// added is walked without anybody thinking of it.
fn page_paths() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut paths = BTreeSet::new();
    let mut folders = vec![root.join("areas"), root.join("platform")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let routes =
                    text.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next());
                paths.extend(routes.map(str::to_owned));
            }
        }
    }
    paths.into_iter().collect()
}

/// What the story has none of, so that there is one of everything.
async fn furnish(world: &World) {
    let organisation = world.count("select min(id) as value from organisations").await.to_string();
    let theme = world.count("select min(id) as value from themes").await.to_string();
    let noor = world.program("noor").await;
    let wish = json!({"theme": theme, "organisation": organisation, "words": "Kan dit korter?"});
    assert_eq!(noor.post("/wishes", &wish).await.status, StatusCode::CREATED);
    let agreement = json!({"what": "Terugmailen", "due_on": "2026-11-27"});
    assert_eq!(noor.post("/agreements", &agreement).await.status, StatusCode::CREATED);
    let hassan = world.program("hassan").await;
    let visit = json!({"organisation": organisation, "planned_on": "2026-11-27"});
    assert_eq!(hassan.post("/visits", &visit).await.status, StatusCode::CREATED);
    let ingrid = world.user("ingrid").await;
    let target = json!({"figure": "conversations", "from": "2026-01", "to": "2026-12", "number": 900.0, "people": [ingrid]});
    let proposed = world.program("ingrid").await.post("/targets", &target).await;
    assert_eq!(proposed.status, StatusCode::CREATED, "{}", proposed.text);
    let series = [("naam", "Samen"), ("aantal", "2"), ("eerste", "2026-11-25"), ("weken", "4")];
    let planned = world.browser("ingrid").await.post("/bijeenkomsten", &series).await;
    assert_eq!(planned.status, StatusCode::SEE_OTHER, "{}", planned.text);
    let to = mail::To::Email {
        name: kernel::Pii::default(),
        address: kernel::Pii::new("lid@voorbeeld.example".parse().unwrap()),
    };
    assert!(send_to(world, KEPT, to, false).await.is_some());
    let letter = mail::To::Letter(kernel::Pii::new("De heer J. van Vliet".into()));
    assert!(send_to(world, "letter.cancellation", letter, false).await.is_some());
    crate::dues::furnish(world).await;
    crate::joining::furnish(world).await;
    crate::referral::furnish(world).await;
    crate::queues::furnish(world).await;
    crate::recordings::furnish(world).await;
}

/// Somebody and something that is there for every `{…}` of a path.
async fn filled(world: &World, path: &str) -> String {
    let person = world.person("W-1101").await.to_string();
    let import = world.count("select min(id) as value from imports").await.to_string();
    let campaign = world.count("select min(id) as value from campaigns").await.to_string();
    let callback = world.count("select min(id) as value from callbacks").await.to_string();
    // One with a contact person, so that everything under it is there too.
    let organisation = world
        .count("select organisation_id as value from contact_persons order by id limit 1")
        .await
        .to_string();
    let membership = world.count("select min(id) as value from memberships").await.to_string();
    let contact = world.count("select min(id) as value from contact_persons").await.to_string();
    let one = |table: &'static str| async move { world.count(table).await.to_string() };
    let wish = one("select coalesce(min(id), 0) as value from wishes").await;
    let agreement = one("select coalesce(min(id), 0) as value from agreements").await;
    let theme = one("select min(id) as value from themes").await;
    let visit = one("select coalesce(min(id), 0) as value from visits").await;
    let target = one("select coalesce(min(id), 0) as value from targets").await;
    let meeting = one("select coalesce(min(id), 0) as value from meetings").await;
    let message = one("select coalesce(min(id), 0) as value from outbox").await;
    let letter =
        one("select coalesce(max(id), 0) as value from outbox where channel = 'letter'").await;
    let run = one("select coalesce(min(id), 0) as value from payment_runs").await;
    let due = one("select coalesce(min(id), 0) as value from dues").await;
    let mandate = one("select coalesce(min(id), 0) as value from mandates").await;
    let account = one("select coalesce(min(id), 0) as value from accounts").await;
    let creditor = one("select coalesce(min(id), 0) as value from creditors").await;
    let sign_up = one("select coalesce(min(id), 0) as value from sign_ups").await;
    let period = one("select coalesce(min(id), 0) as value from due_periods").await;
    let queue = one("select coalesce(min(id), 0) as value from queues").await;
    let skill = one("select coalesce(min(id), 0) as value from skills").await;
    let recording = one("select coalesce(min(id), 0) as value from recordings").await;
    let id = match path {
        path if path.contains("/kunde") => &skill,
        path if path.starts_with("/opnames") => &recording,
        path if path.contains("wachtrijen") || path.contains("/queues") => &queue,
        path if path.contains("/contributie") || path.starts_with("/dues/periods") => &period,
        path if path.starts_with("/incasso/incassant") => &creditor,
        path if path.starts_with("/incasso/terug") || path.starts_with("/dues") => &due,
        path if path.starts_with("/incasso")
            || path.starts_with("/uitbetalen")
            || path.starts_with("/payment-runs") =>
        {
            &run
        }
        path if path.starts_with("/machtiging") || path.starts_with("/mandates") => &mandate,
        path if path.starts_with("/rekening") => &account,
        path if path.starts_with("/aanmelden") || path.starts_with("/sign-ups") => &sign_up,
        path if path.contains("doelen") || path.contains("targets") => &target,
        path if path.contains("bijeenkomsten") => &meeting,
        path if path.contains("wensen") || path.contains("wishes") => &wish,
        path if path.contains("afspraken") || path.contains("agreements") => &agreement,
        path if path.contains("themas") => &theme,
        path if path.contains("{figure}") || path.contains("/figures/{id}") => {
            let path = path.replace("{figure}", "joined").replace("{id}", "joined");
            return if path.ends_with("/achter") { path + "?maand=2026-11" } else { path };
        }
        path if path.contains("bezoeken") || path.contains("visits") => &visit,
        path if path.contains("/post") => &message,
        path if path.contains("/brieven") => &letter,
        path if path.contains("membership")
            || path.contains("{id}/einde") && path.contains("lidmaatschap") =>
        {
            &membership
        }
        path if path.contains("import") => &import,
        path if path.contains("campa") => &campaign,
        path if path.contains("terugbellen") || path.contains("callbacks") => &callback,
        path if path.contains("organisat") => &organisation,
        _ => &person,
    };
    let mut filled = String::new();
    let mut rest = path;
    while let Some((before, behind)) = rest.split_once('{') {
        let (name, behind) = behind.split_once('}').unwrap();
        let value = match name {
            "kind" => "persons",
            "slot" => "dag",
            "dialled" => "ledenlijn",
            "line" => "uit",
            "key" if path.contains("teksten") => "mail.signup.confirm",
            "key" => "call.lease_minutes",
            "nr" => "1",
            "contact" => &contact,
            "membership" => &membership,
            "date" => "2026-11-24",
            "checksum" | "name" => "none",
            _ => id,
        };
        let _ = write!(filled, "{before}{value}");
        rest = behind;
    }
    filled + rest
}

#[tokio::test]
async fn every_page_opens_for_whom_it_is() {
    on_each_engine(async |world| {
        furnish(&world).await;
        let mut table = BTreeMap::new();
        let mut browsers = Vec::new();
        for colleague in one_of_each() {
            browsers.push((colleague.role, world.browser(colleague.login).await));
        }
        for path in page_paths() {
            let address = filled(&world, &path).await;
            // These give everybody the same, or never end.
            if path.starts_with("/static")
                || path == "/live"
                || path == "/health"
                || path == "/metrics"
                || path == "/openapi.json"
            {
                continue;
            }
            let mut row = Vec::new();
            for (role, browser) in &mut browsers {
                let answer = browser.get(&address).await;
                assert!(
                    answer.status != StatusCode::INTERNAL_SERVER_ERROR,
                    "{path} breaks for {role}: {}",
                    answer.text
                );
                if answer.status.is_success() {
                    row.push(role.code());
                }
            }
            table.insert(path, row.join(" "));
        }
        // What changes something, in browsers of its own: an empty form is understood by nobody, but whoever may
        // not send it is told so before anything is read.
        for path in page_paths() {
            let address = filled(&world, &path).await;
            let mut row = Vec::new();
            for (role, browser) in &mut browsers {
                if ["/uitloggen", "/inloggen", "/inloggen/code"].contains(&path.as_str()) {
                    continue;
                }
                let answer = browser.post(&address, &[]).await;
                assert!(
                    answer.status != StatusCode::INTERNAL_SERVER_ERROR,
                    "{path} breaks for {role}: {}",
                    answer.text
                );
                if ![StatusCode::FORBIDDEN, StatusCode::METHOD_NOT_ALLOWED].contains(&answer.status)
                {
                    row.push(role.code());
                }
            }
            if !row.is_empty() {
                table.insert(format!("POST {path}"), row.join(" "));
            }
        }
        let table: Vec<String> =
            table.into_iter().map(|(path, roles)| format!("{path}: {roles}")).collect();
        insta::assert_snapshot!("pages", table.join("\n"));
    })
    .await;
}

#[tokio::test]
async fn nobody_gets_in_without_signing_in() {
    on_each_engine(async |world| {
        for path in page_paths() {
            let address = filled(&world, &path).await;
            let open = [
                "/inloggen",
                "/static",
                "/health",
                "/openapi.json",
                // What keeps a page on a telephone says nothing about anybody; the contact says 200 or "empty yourself".
                "/onderweg-wacht.js",
                "/onderweg/manifest.webmanifest",
                "/onderweg/toestel",
                // Whoever has the link; without a token that holds there is nothing.
                "/gedeeld/",
                "/l/",
                // Whoever wants to become a member, or asks for the own page.
                "/word-lid",
                "/mijn",
            ]
            .iter()
            .any(|open| path.starts_with(open));
            if open {
                continue;
            }
            for method in [Method::GET, Method::POST] {
                let answer = world.anonymous(method.clone(), &address).await;
                // The address of a form leads to its page, which asks who is there.
                let page = address.rsplit_once('/').map_or("", |(page, _)| page);
                let page = if page.is_empty() { "/" } else { page };
                let leads_to_its_page = method == Method::GET
                    && answer.status == StatusCode::SEE_OTHER
                    && answer.location() == page;
                let refused = leads_to_its_page
                    || answer.status == StatusCode::UNAUTHORIZED
                    || answer.status == StatusCode::METHOD_NOT_ALLOWED
                    || (answer.status == StatusCode::SEE_OTHER
                        && answer.location().starts_with("/inloggen"));
                assert!(
                    refused || path == "/uitloggen",
                    "{method} {path} answers {} {}",
                    answer.status,
                    answer.location()
                );
            }
        }
    })
    .await;
}

/// Every route of the API as its own description names it.
fn api_routes() -> Vec<(Method, String)> {
    let description = api::description(&wijland::areas("uploads".into()));
    let description = serde_json::to_value(description).unwrap();
    let mut routes = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            if let Ok(method) = method.to_uppercase().parse::<Method>()
                && [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE]
                    .contains(&method)
            {
                routes.push((method, path.clone()));
            }
        }
    }
    routes
}

#[tokio::test]
async fn every_route_of_the_api_answers_whom_it_may() {
    on_each_engine(async |world| {
        furnish(&world).await;
        let mut programs = Vec::new();
        for colleague in one_of_each() {
            programs.push((colleague.role, world.program(colleague.login).await));
        }
        let mut table = Vec::new();
        for (method, path) in api_routes() {
            let address = filled(&world, &path).await;
            let without = world.anonymous(method.clone(), &format!("/api/v1{address}")).await;
            assert_eq!(without.status, StatusCode::UNAUTHORIZED, "{method} {path} without a token");
            let mut row = Vec::new();
            for (role, program) in &programs {
                let body = json!({});
                let body = (method != Method::GET).then_some(&body);
                let answer = program.send(method.clone(), &address, body, None).await;
                assert!(
                    answer.status != StatusCode::INTERNAL_SERVER_ERROR,
                    "{method} {path} breaks for {role}: {}",
                    answer.text
                );
                // An empty command is understood by nobody; what counts is that it was looked at.
                if answer.status != StatusCode::FORBIDDEN {
                    row.push(role.code());
                }
            }
            table.push(format!("{method} {path}: {}", row.join(" ")));
        }
        insta::assert_snapshot!("api", table.join("\n"));
    })
    .await;
}

#[tokio::test]
async fn a_token_does_what_it_was_made_for() {
    use access::token::{NewToken, Scope};

    on_each_engine(async |world| {
        let mut made = Vec::new();
        for scopes in [vec![Scope::Read], vec![Scope::Write], vec![Scope::Read, Scope::Write]] {
            let token = world
                .db
                .write(kernel::Actor::SYSTEM, async |tx| {
                    let user = access::users::by_login(tx, "anna").await?.unwrap();
                    access::token::create(
                        tx,
                        NewToken { user, name: "test".into(), scopes, days: Some(1) },
                    )
                    .await
                })
                .await
                .unwrap();
            made.push(token);
        }
        let mut program = world.program("anna").await;
        assert_eq!(program.get("/events").await.status, StatusCode::OK);
        for token in made {
            program.token = token;
            assert_eq!(
                program.get("/events").await.status,
                StatusCode::FORBIDDEN,
                "not for administration"
            );
        }

        let mut noor = world.program("noor").await;
        assert_eq!(noor.get("/people").await.status, StatusCode::OK);
        noor.token = "wl_00".into();
        let answer = noor.get("/people").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
    })
    .await;
}
