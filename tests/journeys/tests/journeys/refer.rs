//! He stays, and knows somebody: a code is handed out in the call, and who gets it joins with it; by keyboard alone.

use fantoccini::key::Key;
use journeys::{Browser, Look, on_each_engine_with_mail};

use crate::join::{collects, link_of};
use crate::keep::wants_to_cancel;

const JOINS: &str = "kleindochter@voorbeeld.example";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_is_handed_out_and_somebody_joins_with_it() {
    on_each_engine_with_mail(async |program, mail| {
        program.clock("08:30");
        collects(program).await;
        let noor = Browser::signed_in(program, "noor", Look::default()).await;
        wants_to_cancel(&noor).await;
        noor.press('b').await;
        noor.shows("Leg vast: Behouden").await;
        noor.tab_to("a[href^='/werving/']").await;
        noor.press(Key::Enter).await;
        noor.is_seen("#aantal").await;
        assert_eq!(noor.not_accessible().await, Vec::<String>::new());
        noor.tab_to("input[name=via][value=email]").await;
        noor.press(Key::Space).await;
        noor.tab_to("main form .btn--next").await;
        noor.press(Key::Enter).await;
        noor.is_seen("#code-h").await;
        let his = program.email("1840227").await;
        let link = link_of(mail, &his, "word-lid?code=");
        // Back to his case: he stays.
        noor.tab_to(".page-head a[href^='/behoud/']").await;
        noor.press(Key::Enter).await;
        noor.is_seen("form#behoud").await;
        noor.press('b').await;
        noor.shows("Leg vast: Behouden").await;
        noor.press(Key::Enter).await;
        noor.shows("Klaar voor de volgende").await;

        // Whoever got the link decides alone, on a telephone.
        let joins = Browser::open(program, Look { phone: true, ..Look::default() }).await;
        joins.go(&link).await;
        joins.is_seen("#referral").await;
        for (field, text) in [
            ("#first_name", "Fenna"),
            ("#last_name", "Vliet"),
            ("#birth_date", "02-09-1998"),
            ("#email", JOINS),
            ("#postcode", "7201 ES"),
            ("#house_number", "14"),
            ("#street", "Voorbeeldweg"),
            ("#town", "Zutphen"),
            ("#iban", "NL91 ABNA 0417 1643 00"),
        ] {
            joins.tab_to(field).await;
            joins.types(text).await;
        }
        joins.tab_to("button[value=bekijk]").await;
        joins.press(Key::Enter).await;
        joins.is_seen("button[value=lid]").await;
        for tick in ["[name=told]", "[name=yes]"] {
            joins.tab_to(tick).await;
            joins.press(Key::Space).await;
        }
        joins.tab_to("button[value=lid]").await;
        joins.press(Key::Enter).await;
        joins.hides("button[value=lid]").await;
        let confirm = link_of(mail, JOINS, "l/");
        joins.go(&confirm).await;
        joins.tab_to("main button").await;
        joins.press(Key::Enter).await;
        joins.shows("Dank u wel, uw aanmelding is bevestigd.").await;
        joins.close().await;

        // His page shows that somebody came with his code.
        noor.go(&format!("/werving/{}", program.person("1840227").await)).await;
        noor.is_seen("#geworven-h").await;
        noor.is_seen("section[aria-labelledby=geworven-h] .todo li").await;
        noor.close().await;
    })
    .await;
}
