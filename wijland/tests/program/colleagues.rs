//! Who works here: accounts from the first day to the last, teams, tokens.

use axum::http::StatusCode;
use serde_json::json;

use crate::harness::{Answer, PASSWORD, World, on_each_engine};

async fn user(world: &World, login: &'static str) -> i64 {
    world
        .db
        .read(kernel::Actor::SYSTEM, async |tx| access::users::by_login(tx, login).await)
        .await
        .unwrap()
        .unwrap_or_else(|| panic!("no colleague {login}"))
        .0
}

const SANNE: [(&str, &str); 5] = [
    ("name", "Sanne de Wit"),
    ("first_name", "Sanne"),
    ("login", "Sanne"),
    ("email", "sanne@werkbond.example"),
    ("role_agent", "on"),
];

fn password_of(answer: &Answer) -> String {
    answer.between("id=\"wachtwoord\">", "<").to_owned()
}

#[tokio::test]
async fn a_new_colleague_chooses_her_own_password_before_anything_else() {
    on_each_engine(async |world| {
        let mut anna = world.browser("anna").await;
        let made = anna.post("/beheer/collegas/nieuw", &SANNE).await;
        let password = password_of(&made);

        let mut sanne = world.stranger();
        let signed_in =
            sanne.post("/inloggen", &[("user", "sanne"), ("password", &password)]).await;
        assert_eq!(signed_in.status, StatusCode::SEE_OTHER);
        for path in ["/", "/leden", "/werkplek", "/mijn-account"] {
            assert_eq!(
                sanne.get(path).await.location(),
                "/mijn-account/wachtwoord-kiezen",
                "{path}"
            );
        }
        assert_eq!(
            sanne.post("/status", &[("intent", "lunch")]).await.status,
            StatusCode::FORBIDDEN
        );
        let page = sanne.get("/mijn-account/wachtwoord-kiezen").await;
        page.shows("Kies je eigen wachtwoord");
        let choose = "/mijn-account/wachtwoord-kiezen";
        sanne
            .post(choose, &[("new", "kort"), ("again", "kort")])
            .await
            .shows("Neem minstens 12 tekens.");
        sanne
            .post(choose, &[("new", &password), ("again", &password)])
            .await
            .shows("dat je beheerder kent");
        let own = "een zin van sanne zelf";
        assert_eq!(sanne.post(choose, &[("new", own), ("again", own)]).await.location(), "/");
        assert_eq!(sanne.get("/leden").await.status, StatusCode::OK);

        let again = sanne.post(choose, &[("new", PASSWORD), ("again", PASSWORD)]).await;
        assert_eq!(again.status, StatusCode::FORBIDDEN, "once, and only with a temporary password");
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_an_account_is_said_and_nothing_typed_is_lost() {
    on_each_engine(async |world| {
        let mut anna = world.browser("anna").await;
        let form =
            [("name", "Sanne de Wit"), ("login", "s"), ("email", "sanne@"), ("regions", "7300-73")];
        let again = anna.post("/beheer/collegas/nieuw", &form).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        for text in [
            "value=\"Sanne de Wit\"",
            "Vul een voornaam in",
            "Neem 2 tot 40 letters",
            "Dit is geen e-mailadres.",
            "Kies minstens één rol",
            "Schrijf postcodes van vier cijfers",
        ] {
            again.shows(text);
        }
        let login = [("name", "N"), ("first_name", "N"), ("login", "NOOR"), ("role_agent", "on")];
        anna.post("/beheer/collegas/nieuw", &login)
            .await
            .shows("Deze gebruikersnaam is of was van een ander.");
        let mut email = SANNE;
        email[3].1 = "Noor@Werkbond.example";
        anna.post("/beheer/collegas/nieuw", &email)
            .await
            .shows("Dit e-mailadres is van een andere collega.");
        assert_eq!(world.count("select count(*) as value from temporary_passwords").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_role_that_is_taken_away_is_gone_at_once() {
    on_each_engine(async |world| {
        let (noor, mut hers) = (user(&world, "noor").await, world.browser("noor").await);
        assert_eq!(hers.get("/leden").await.status, StatusCode::OK);
        let mut anna = world.browser("anna").await;
        let page = anna.get(&format!("/beheer/collegas/{noor}")).await;
        page.shows("name=\"role_agent\" checked");
        let form = [
            ("name", "Noor Bakker"),
            ("first_name", "Noor"),
            ("login", "noor"),
            ("role_coach", "on"),
        ];
        let changed = anna.post(&format!("/beheer/collegas/{noor}"), &form).await;
        assert_eq!(changed.location(), format!("/beheer/collegas/{noor}?gedaan=gewijzigd"));
        assert_eq!(hers.get("/leden").await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn somebody_can_always_let_others_in() {
    on_each_engine(async |world| {
        let anna_id = user(&world, "anna").await;
        let mut anna = world.browser("anna").await;
        anna.post(&format!("/beheer/collegas/{anna_id}/stopt"), &[])
            .await
            .shows("Dit gaat over jezelf.");
        let demoted =
            [("name", "Anna"), ("first_name", "Anna"), ("login", "anna"), ("role_agent", "on")];
        anna.post(&format!("/beheer/collegas/{anna_id}"), &demoted)
            .await
            .shows("Dit gaat over jezelf.");
        assert_eq!(anna.get("/beheer/collegas").await.status, StatusCode::OK);
        // Nor does an open screen give her account to whoever finds it.
        for what in ["wachtwoord", "een-stap"] {
            let refused = anna.post(&format!("/beheer/collegas/{anna_id}/{what}"), &[]).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{what}");
        }
    })
    .await;
}

#[tokio::test]
async fn two_administrators_cannot_end_each_other_at_the_same_moment() {
    on_each_engine(async |world| {
        let mut anna = world.browser("anna").await;
        let mut form = SANNE;
        form[4].0 = "role_administrator";
        let password = password_of(&anna.post("/beheer/collegas/nieuw", &form).await);
        let mut sanne = world.stranger();
        sanne.post("/inloggen", &[("user", "sanne"), ("password", &password)]).await;
        let own = "een zin van sanne zelf";
        sanne.post("/mijn-account/wachtwoord-kiezen", &[("new", own), ("again", own)]).await;
        let (first, second) = (user(&world, "anna").await, user(&world, "sanne").await);
        let (one, other) =
            (format!("/beheer/collegas/{first}/stopt"), format!("/beheer/collegas/{second}/stopt"));
        tokio::join!(sanne.post(&one, &[]), anna.post(&other, &[]));
        let left = "select count(*) as value from users where ended_at is null and roles like '%administrator%'";
        assert_eq!(world.count(left).await, 1);
    })
    .await;
}

#[tokio::test]
async fn whoever_leaves_is_out_at_once_and_her_promises_go_to_the_team() {
    on_each_engine(async |world| {
        let noor = user(&world, "noor").await;
        world.clock("09:03");
        let (mut hers, program) = (world.browser("noor").await, world.program("noor").await);
        let claimed = program.post("/call-records/next", &json!({})).await;
        assert_eq!(claimed.status, StatusCode::OK);
        let open = "select count(*) as value from callbacks b join users u on u.id = b.owner_id
                     where b.ended_at is null and u.login = 'noor'";
        let promises = world.count(open).await;
        assert!(promises > 0, "the story's Tuesday begins with promises");

        let mut anna = world.browser("anna").await;
        let address = format!("/beheer/collegas/{noor}/stopt");
        anna.get(&address).await.shows(&format!("{promises} terugbelafspraken open"));
        anna.post(&address, &[("team", "")])
            .await
            .shows("Kies het team dat de afspraken overneemt.");
        // A page that was open while a team ended names one that keeps no promise.
        anna.post("/beheer/teams", &[("name", "Avondploeg")]).await;
        let gone = world.count("select max(id) as value from teams").await.to_string();
        anna.post(&format!("/beheer/teams/{gone}/stopt"), &[]).await;
        anna.post(&address, &[("team", &gone)])
            .await
            .shows("Kies het team dat de afspraken overneemt.");
        let mut form = SANNE.to_vec();
        form.push(("team", &gone));
        anna.post("/beheer/collegas/nieuw", &form).await.shows("Dit team is er niet meer.");
        assert_eq!(hers.get("/leden").await.status, StatusCode::OK, "nothing half done");

        let team = world
            .count("select team_id as value from users where login = 'noor'")
            .await
            .to_string();
        assert_eq!(
            anna.post(&address, &[("team", &team)]).await.location(),
            "/beheer/collegas?gedaan=gestopt"
        );
        assert_eq!(hers.get("/leden").await.status, StatusCode::SEE_OTHER);
        assert_eq!(program.get("/people").await.status, StatusCode::UNAUTHORIZED);
        let mut again = world.stranger();
        again
            .post("/inloggen", &[("user", "noor"), ("password", PASSWORD)])
            .await
            .shows("klopt niet");

        let orphans = "select count(*) as value from callbacks b join users u on u.id = b.owner_id
                        where b.ended_at is null and u.ended_at is not null";
        assert_eq!(world.count(orphans).await, 0);
        let teams =
            "select count(*) as value from callbacks where ended_at is null and owner_id is null";
        assert_eq!(world.count(teams).await, promises, "none of them died");
        let held = "select count(*) as value from claims where released_at is null";
        assert_eq!(world.count(held).await, 0);
        let stuck = "select count(*) as value from call_records where state = 'claimed'";
        assert_eq!(world.count(stuck).await, 0, "whom she had on the desk is back on the list");

        // She comes back: the same account, another password.
        let back = anna.post(&format!("/beheer/collegas/{noor}/terug"), &[]).await;
        let signed_in =
            again.post("/inloggen", &[("user", "noor"), ("password", &password_of(&back))]).await;
        assert_eq!(signed_in.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_put_out_in_the_middle_of_a_call() {
    on_each_engine(async |world| {
        world.clock("09:03");
        let noor = user(&world, "noor").await;
        let program = world.program("noor").await;
        let next = program.post("/call-records/next", &json!({})).await.json();
        let id = next["id"].as_str().unwrap();
        let body = json!({ "fence": next["fence"], "channel": "own_phone" });
        let began = program.post(&format!("/call-records/{id}/attempts"), &body).await;
        assert!(began.status.is_success(), "{}", began.text);
        let team = world
            .count("select team_id as value from users where login = 'noor'")
            .await
            .to_string();
        let mut anna = world.browser("anna").await;
        anna.post(&format!("/beheer/collegas/{noor}/stopt"), &[("team", &team)])
            .await
            .shows("Deze collega is in gesprek.");
        assert_eq!(program.get("/people").await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_lost_phone_is_no_lost_account() {
    on_each_engine(async |world| {
        let noor = user(&world, "noor").await;
        let secret = web::totp::new_secret();
        let code = web::totp::code_at(&secret, world.db.clock().now()).unwrap();
        let form = [("secret", secret.as_str()), ("code", &code), ("password", PASSWORD)];
        world
            .browser("noor")
            .await
            .post("/mijn-account/twee-stappen", &form)
            .await
            .shows("herstelcodes");
        let mut again = world.stranger();
        let half = again.post("/inloggen", &[("user", "noor"), ("password", PASSWORD)]).await;
        assert_eq!(half.location(), "/inloggen/code?naar=/");

        let mut anna = world.browser("anna").await;
        anna.post(&format!("/beheer/collegas/{noor}/een-stap"), &[]).await;
        assert_eq!(world.count("select count(*) as value from recovery_codes").await, 0);
        let whole = again.post("/inloggen", &[("user", "noor"), ("password", PASSWORD)]).await;
        assert_eq!(whole.location(), "/");
    })
    .await;
}

#[tokio::test]
async fn a_team_ends_when_nobody_is_in_it() {
    on_each_engine(async |world| {
        let mut anna = world.browser("anna").await;
        let team = world.count("select team_id as value from users where login = 'noor'").await;
        let refused = anna.post(&format!("/beheer/teams/{team}/stopt"), &[]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.shows("Hier zitten nog collega’s in:");
        refused.shows("Noor Bakker");

        anna.post("/beheer/teams", &[("name", "Avondploeg")]).await;
        anna.post("/beheer/teams", &[("name", " Avondploeg ")]).await.shows("Zo heet een team al");
        anna.post("/beheer/teams", &[("name", " ")]).await.shows("Vul een naam in");
        let new = world.count("select max(id) as value from teams").await;
        anna.post(&format!("/beheer/teams/{new}/naam"), &[("name", "Ochtendploeg")]).await;
        anna.get("/beheer/teams").await.shows("Ochtendploeg");
        anna.post(&format!("/beheer/teams/{new}/stopt"), &[]).await;
        anna.get("/beheer/teams").await.hides("Ochtendploeg");
    })
    .await;
}

#[tokio::test]
async fn a_token_is_shown_once_and_works_until_it_is_revoked() {
    on_each_engine(async |world| {
        let mut anna = world.browser("anna").await;
        let wrong = [("name", "Kaart"), ("login", "niemand"), ("may", "read"), ("days", "30")];
        let again = anna.post("/beheer/sleutels", &wrong).await;
        again.shows("Zo heet geen collega die hier werkt.");
        again.shows("value=\"Kaart\"");
        let form = [("name", "Kaart"), ("login", "noor"), ("may", "read"), ("days", "30")];
        let made = anna.post("/beheer/sleutels", &form).await;
        let mut program = world.program("noor").await;
        program.token = made.between("id=\"sleutel\">", "<").to_owned();
        assert_eq!(program.get("/people").await.status, StatusCode::OK);
        let written = program.post("/people", &json!({ "last_name": "Nieuw" })).await;
        assert_eq!(written.status, StatusCode::FORBIDDEN, "it may read");

        let listed = anna.get("/beheer/sleutels").await;
        listed.shows("Kaart");
        listed.hides(&program.token);
        let id = world.count("select max(id) as value from api_tokens where name = 'Kaart'").await;
        anna.post(&format!("/beheer/sleutels/{id}/intrekken"), &[]).await;
        assert_eq!(program.get("/people").await.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}
