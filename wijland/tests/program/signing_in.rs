use axum::http::{Method, StatusCode};

use crate::harness::{PASSWORD, on_each_engine};

#[tokio::test]
async fn a_page_waits_for_a_name_and_a_password() {
    on_each_engine(async |world| {
        let answer = world.anonymous(Method::GET, "/leden").await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/inloggen?naar=/leden"));

        let mut browser = world.stranger();
        let wrong = browser.post("/inloggen", &[("user", "noor"), ("password", "polder")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        wrong.shows("Naam of wachtwoord klopt niet.");
        wrong.shows("value=\"noor\"");
        wrong.hides("polder\"");

        let right = browser
            .post("/inloggen", &[("user", "Noor@werkbond.example"), ("password", PASSWORD), ("naar", "/leden")])
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

        assert_eq!(noor.post("/inloggen", &right).await.status, StatusCode::SEE_OTHER, "she is not kept out");
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
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["cache-control"], "no-store");
        answer.hides("<script>");
        answer.hides("style=");
    })
    .await;
}
