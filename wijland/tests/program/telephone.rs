//! The telephone on the screen: what stands in the way is said in words. Sound itself is proved in a browser (`journeys::sound`).

use axum::http::StatusCode;

use crate::harness::on_each_engine;

#[tokio::test]
async fn what_is_in_the_way_of_sound_is_said_in_words() {
    on_each_engine(async |world| {
        let mut noor = world.browser("noor").await;
        noor.get("/geluid").await.shows("Test je geluid");
        noor.get("/geluid?lang=en").await.shows("Test your sound");
        let refused = noor.post("/geluid/verbinding", &[("v", "0")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.shows("This browser cannot make calls.");
        noor.get("/geluid?lang=nl").await;

        // Nobody is called without sound on both sides.
        let bernds = world.count("select id as value from users where login = 'bernd'").await;
        let refused = noor.post(&format!("/geluid/bel/{bernds}"), &[]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        refused.shows("Begin eerst hierboven");
        noor.get("/geluid/collegas").await.shows("Er is nog geen collega verbonden.");
        // What is not there, or is another's, is not found.
        for path in ["neem-op", "hang-op", "verbinding/7/echo", "verbinding/7/sluit"] {
            let answer = noor.post(&format!("/geluid/{path}"), &[]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        // Whoever does not call has no telephone.
        let mut wim = world.browser("wim").await;
        assert_eq!(wim.get("/geluid").await.status, StatusCode::FORBIDDEN);
        let refused = wim.post("/geluid/verbinding", &[("v", "0")]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    })
    .await;
}
