//! A travelling colleague plans a week and reports a visit on a telephone; the office answers what the member asked.

use journeys::{Browser, Look, Program, on_each_trade_engine};

/// The first visit on the list.
const FIRST: &str = "ol.todo a";

/// The driver scrolls to the very edge, where the rail of a telephone lies; a thumb stops before it.
async fn save(joris: &Browser) {
    let middle = "(document.querySelector('.save').scrollIntoView({block: 'center'}), true)";
    joris.is(middle).await;
    joris.click(".save .btn--next").await;
}

async fn reports(joris: &Browser) {
    joris.go("/bezoeken").await;
    joris.click("form[action='/bezoeken/week'] button").await;
    joris.shows("bezoeken gepland voor volgende week").await;
    joris.click(FIRST).await;
    joris.is_seen(".visit").await;
    let visit = joris.path().await;
    joris.shows("Wie sprak je?").await;
    // A question without its theme: nothing of what was typed is lost.
    joris.fill("#lives", "Inkoopverplichting gaat naar 95 procent").await;
    joris.fill("#ww0", "Mag 95 procent?").await;
    save(joris).await;
    joris.shows("Kies bij elke vraag het thema.").await;
    assert_eq!(
        joris.evaluate("document.querySelector('#lives').value").await,
        "Inkoopverplichting gaat naar 95 procent"
    );
    joris.is("(document.querySelector('.q').scrollIntoView({block: 'center'}), true)").await;
    joris.click("input[name=spoke]").await;
    joris.choose("#wt0", "Franchise").await;
    joris.fill("#aw0", "Voorbeeldrooster sturen").await;
    joris.is("(document.querySelector('#ad0').value = '2026-12-01', true)").await;
    joris.is("(document.querySelector('.mood').scrollIntoView({block: 'center'}), true)").await;
    joris.click(".mood label:nth-child(4)").await;
    save(joris).await;
    joris.shows("Verslag bewaard. Het kantoor ziet het nu.").await;
    joris.go(&visit).await;
    joris.shows("Verslag gemaakt").await;
    joris.shows("Mag 95 procent?").await;
    joris.go("/afspraken").await;
    joris.shows("Voorbeeldrooster sturen").await;
}

pub(crate) async fn answers(program: &Program) {
    let rianne = Browser::signed_in(program, "rianne", Look::default()).await;
    rianne.go("/afspraken").await;
    rianne.shows("Mag 95 procent?").await;
    rianne.click("#beloofd-lijst a").await;
    rianne.is_seen("#words").await;
    rianne.fill("#words", "Nee, artikel 7 geeft de grens.").await;
    rianne.click("form[action$='/antwoord'] .btn--next").await;
    rianne.shows("Vertel het antwoord aan het lid").await;
    rianne.click("input[name=how][value=call]").await;
    rianne.click("input[name=solved][value=ja]").await;
    rianne.click("form[action$='/verteld'] .btn--next").await;
    rianne.shows("Opgelost.").await;
    rianne.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visit_becomes_an_answer() {
    on_each_trade_engine(async |program| {
        program.clock("09:00");
        let joris =
            Browser::signed_in(program, "joris", Look { phone: true, ..Look::default() }).await;
        reports(&joris).await;
        joris.close().await;
        answers(program).await;
    })
    .await;
}
