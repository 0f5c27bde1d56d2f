use axum::http::{Method, StatusCode};

use crate::harness::{Browser, PASSWORD, World, on_each_engine};

#[tokio::test]
async fn a_page_waits_for_a_name_and_a_password() {
    on_each_engine(async |world| {
        let answer = world.anonymous(Method::GET, "/leden").await;
        assert_eq!(
            (answer.status, answer.location()),
            (StatusCode::SEE_OTHER, "/inloggen?naar=/leden")
        );

        let mut browser = world.stranger();
        let wrong = browser.post("/inloggen", &[("user", "noor"), ("password", "polder")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        wrong.shows("Naam of wachtwoord klopt niet.");
        wrong.shows("value=\"noor\"");
        wrong.hides("polder\"");

        let right = browser
            .post(
                "/inloggen",
                &[("user", "Noor@werkbond.example"), ("password", PASSWORD), ("naar", "/leden")],
            )
            .await;
        assert_eq!((right.status, right.location()), (StatusCode::SEE_OTHER, "/leden"));
        let cookie = right.headers["set-cookie"].to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        browser.get("/leden").await.shows("Noor Bakker");

        browser.post("/uitloggen", &[]).await;
        assert_eq!(browser.get("/leden").await.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn a_way_on_never_leads_elsewhere() {
    on_each_engine(async |world| {
        for naar in ["//elders.example", "https://elders.example", "/\\elders.example", "leden"] {
            let mut browser = world.stranger();
            let form = [("user", "noor"), ("password", PASSWORD), ("naar", naar)];
            assert_eq!(browser.post("/inloggen", &form).await.location(), "/", "{naar}");
        }
    })
    .await;
}

#[tokio::test]
async fn who_guesses_waits_and_keeps_nobody_out() {
    on_each_engine(async |world| {
        // Noor's own browser knows her.
        let mut noor = world.browser("noor").await;
        noor.post("/uitloggen", &[]).await;

        let mut guesser = world.stranger();
        let guess = [("user", "noor"), ("password", "verkeerd")];
        let mut answers = Vec::new();
        for _ in 0..8 {
            answers.push(guesser.post("/inloggen", &guess).await);
        }
        answers.last().unwrap().shows("Te vaak geprobeerd");
        // Now even the right password does not help the stranger.
        let right = [("user", "noor"), ("password", PASSWORD)];
        guesser.post("/inloggen", &right).await.shows("Te vaak geprobeerd");

        assert_eq!(
            noor.post("/inloggen", &right).await.status,
            StatusCode::SEE_OTHER,
            "she is not kept out"
        );
    })
    .await;
}

#[tokio::test]
async fn another_site_cannot_change_anything() {
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt as _;

    on_each_engine(async |world| {
        let mut noor = world.browser("noor").await;
        let (_, session) = noor.cookies.iter().find(|(name, _)| name == "wijland").unwrap().clone();
        let request = Request::post("/status")
            .header("host", "wijland.test")
            .header("origin", "https://elders.example")
            .header("sec-fetch-site", "cross-site")
            .header("cookie", format!("wijland={session}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from("intent=lunch"))
            .unwrap();
        let router = wijland::router(&world.app, wijland::areas(world.path().join("uploads")));
        assert_eq!(router.oneshot(request).await.unwrap().status(), StatusCode::FORBIDDEN);
        noor.get("/werkplek").await.shows("Beschikbaar");
    })
    .await;
}

#[tokio::test]
async fn a_browser_is_told_to_trust_only_us() {
    on_each_engine(async |world| {
        let answer = world.anonymous(Method::GET, "/inloggen").await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        // Recordings are played.
        assert!(policy.contains("media-src 'self'"), "{policy}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["cache-control"], "no-store");
        answer.hides("<script>");
        answer.hides("style=");
    })
    .await;
}

/// What an app does with the secret that the page shows.
async fn set_up_two_steps(world: &World, browser: &mut Browser<'_>) -> (String, Vec<String>) {
    let page = browser.get("/mijn-account/twee-stappen").await;
    let secret = page.between("name=\"secret\" value=\"", "\"").to_owned();
    let code = web::totp::code_at(&secret, world.db.clock().now()).unwrap();
    let form = [("secret", secret.as_str()), ("code", &code), ("password", PASSWORD)];
    let done = browser.post("/mijn-account/twee-stappen", &form).await;
    done.shows("Je herstelcodes");
    let codes: Vec<String> = done
        .text
        .split("<li class=\"num\">")
        .skip(1)
        .filter_map(|rest| rest.split('<').next())
        .map(str::to_owned)
        .collect();
    assert_eq!(codes.len(), 10);
    (secret, codes)
}

#[tokio::test]
async fn whoever_wants_signs_in_in_two_steps() {
    on_each_engine(async |world| {
        let mut elsewhere = world.browser("noor").await;
        let mut noor = world.browser("noor").await;
        let (secret, codes) = set_up_two_steps(&world, &mut noor).await;
        assert_eq!(noor.get("/leden").await.status, StatusCode::OK, "this browser stays signed in");
        assert_eq!(
            elsewhere.get("/leden").await.status,
            StatusCode::SEE_OTHER,
            "any other does not"
        );

        let half = elsewhere.post("/inloggen", &[("user", "noor"), ("password", PASSWORD)]).await;
        assert_eq!(half.location(), "/inloggen/code?naar=/");
        assert_eq!(
            elsewhere.get("/leden").await.status,
            StatusCode::SEE_OTHER,
            "a password is half"
        );

        // The code with which it was switched on was used: who looked over her shoulder has nothing.
        let used = web::totp::code_at(&secret, world.db.clock().now()).unwrap();
        elsewhere
            .post("/inloggen/code", &[("code", &used)])
            .await
            .shows("klopt niet of is al gebruikt");
        world.clock("08:21");
        let fresh = web::totp::code_at(&secret, world.db.clock().now()).unwrap();
        assert_eq!(elsewhere.post("/inloggen/code", &[("code", &fresh)]).await.location(), "/");
        assert_eq!(elsewhere.get("/leden").await.status, StatusCode::OK);

        // A lost phone: a recovery code works, once.
        for works in [true, false] {
            let mut another = world.stranger();
            another.post("/inloggen", &[("user", "noor"), ("password", PASSWORD)]).await;
            let answer =
                another.post("/inloggen/code", &[("code", &codes[3].to_uppercase())]).await;
            assert_eq!(answer.status == StatusCode::SEE_OTHER, works, "{}", answer.text);
        }
        noor.get("/mijn-account/twee-stappen").await.shows("Je hebt nog 9 herstelcodes");
    })
    .await;
}

#[tokio::test]
async fn two_steps_are_not_switched_by_whoever_finds_an_open_screen() {
    on_each_engine(async |world| {
        let mut noor = world.browser("noor").await;
        let secret = web::totp::new_secret();
        let code = web::totp::code_at(&secret, world.db.clock().now()).unwrap();
        let wrong_password =
            [("secret", secret.as_str()), ("code", &code), ("password", "geraden")];
        let again = noor.post("/mijn-account/twee-stappen", &wrong_password).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        again.shows("Je huidige wachtwoord klopt niet.");
        again.shows(&secret);
        let wrong_code = [("secret", secret.as_str()), ("code", "12"), ("password", PASSWORD)];
        noor.post("/mijn-account/twee-stappen", &wrong_code).await.shows("Deze code klopt niet.");
        assert_eq!(world.count("select count(totp_secret) as value from users").await, 0);

        set_up_two_steps(&world, &mut noor).await;
        noor.post("/mijn-account/twee-stappen/uit", &[("password", "geraden")])
            .await
            .shows("klopt niet");
        assert_eq!(world.count("select count(totp_secret) as value from users").await, 1);
        noor.post("/mijn-account/twee-stappen/uit", &[("password", PASSWORD)]).await;
        assert_eq!(world.count("select count(totp_secret) as value from users").await, 0);
        assert_eq!(world.count("select count(*) as value from recovery_codes").await, 0);
        world.browser("noor").await;
    })
    .await;
}

#[tokio::test]
async fn a_new_password_signs_out_every_other_browser() {
    on_each_engine(async |world| {
        let (mut here, mut there) = (world.browser("noor").await, world.browser("noor").await);
        let new = "een zin die alleen ik ken";
        here.post("/mijn-account/wachtwoord", &[("old", PASSWORD), ("new", new), ("again", new)])
            .await;
        assert_eq!(here.get("/leden").await.status, StatusCode::OK);
        assert_eq!(there.get("/leden").await.status, StatusCode::SEE_OTHER);
        assert_eq!(
            there.post("/inloggen", &[("user", "noor"), ("password", new)]).await.location(),
            "/"
        );
    })
    .await;
}

#[tokio::test]
async fn everybody_lands_on_the_first_page_of_hers() {
    on_each_engine(async |world| {
        let mut youssef = world.browser("youssef").await;
        assert_eq!(youssef.get("/").await.location(), "/cijfers");
        let mut noor = world.browser("noor").await;
        assert_eq!(noor.get("/").await.location(), "/werkplek");
        noor.get("/mijn-account").await.hides("nog geen eigen pagina");
    })
    .await;
}
