//! What a trade association sees, and what is out of its sight.

use axum::http::StatusCode;

use crate::harness::on_each_trade_engine;

#[tokio::test]
async fn what_is_not_used_is_out_of_sight_and_not_locked_away() {
    on_each_trade_engine(async |world| {
        let mut corine = world.browser("corine").await;
        let page = corine.get("/organisaties").await;
        page.shows("Van Leeuwen Versmarkten");
        for place in ["/werkplek", "/campagnes", "/team", "/mijn-dag"] {
            page.hides(&format!("href=\"{place}\""));
        }
        assert_eq!(corine.get("/werkplek").await.status, StatusCode::OK);

        let mut ron = world.browser("ron").await;
        let sections = ron.get("/beheer").await;
        sections.shows("Het belcentrum: uit het zicht");
        sections.hides("/beheer/uitkomsten");
        sections.hides("/beheer/wachtrijen");
        assert_eq!(ron.get("/beheer/uitkomsten").await.status, StatusCode::OK);
    })
    .await;
}
