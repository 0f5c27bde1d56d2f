//! The second story from the visit to the results: the list on a telephone, a shop without a signal, a program that dies; the
//! office answers, the director acts on what lags, everybody sees what came of it; and a telephone that is lost.

use journeys::{Browser, Look, Program, on_each_trade_engine};
use kernel::Actor;

const CODE: &str = "135790";

async fn count(program: &Program, sql: &'static str) -> i64 {
    let read = async |tx: &mut db::Tx| tx.value::<i64>(sql, vec![]).await;
    program.app.db().read(Actor::SYSTEM, read).await.expect("a number")
}

async fn takes_the_day_along(joris: &Browser) {
    joris.go("/bezoeken").await;
    joris.click("form[action='/bezoeken/week'] button").await;
    joris.shows("bezoeken gepland voor volgende week").await;
    joris.click("a[href='/onderweg']").await;
    joris.is_seen("#code1").await;
    joris.types("123").await;
    joris.click("#neem .btn--next").await;
    joris.shows("Kies minstens zes cijfers").await;
    joris.is("(document.querySelector('#code1').value = '', true)").await;
    joris.fill("#code1", CODE).await;
    joris.fill("#code2", CODE).await;
    joris.click("#neem .btn--next").await;
    joris.is_seen("#lijst a").await;
    // From now on the page stands on the telephone.
    joris.until("the page is kept", "navigator.serviceWorker.controller").await;
}

async fn opens(joris: &Browser) {
    joris.shows("Je dag is op slot").await;
    joris.fill("#code", CODE).await;
    joris.click("#open .btn--next").await;
}

/// Reports the visit that lies open, with one hand: no typing but the words.
async fn reports(joris: &Browser, lives: &str, asks: &str) {
    joris.is_seen(".visit").await;
    joris.fill("#lives", lives).await;
    joris.fill("#ww0", asks).await;
    joris.is("(document.querySelector('.q').scrollIntoView({block: 'center'}), true)").await;
    joris.click("input[name=spoke]").await;
    joris.is("(document.querySelector('.save').scrollIntoView({block: 'center'}), true)").await;
    joris.click(".save .btn--next").await;
    // What the office would refuse is said at the door.
    joris.shows("Kies bij elke vraag het thema.").await;
    joris.choose("#wt0", "Franchise").await;
    joris.fill("#aw0", "Voorbeeldrooster sturen").await;
    joris.is("(document.querySelector('#ad0').value = '2026-12-01', true)").await;
    joris.is("(document.querySelector('.save').scrollIntoView({block: 'center'}), true)").await;
    joris.click(".save .btn--next").await;
    joris.is_seen("#post").await;
}

/// Within a minute: what lags, why, and who acts on it.
async fn acts_on_what_lags(program: &Program) {
    let marloes = Browser::signed_in(program, "marloes", Look::default()).await;
    marloes.go("/cijfers").await;
    marloes.shows("Hoe staan we ervoor?").await;
    // The program counts what came home within moments.
    marloes.shows("Achter loopt").await;
    marloes.click(".page-head .btn--next").await;
    marloes.shows("wordt niet gehaald").await;
    marloes.shows("Nog niemand. Spreek af wie wat doet.").await;
    marloes.fill("#what", "Elke vrijdag twee bezoeken extra").await;
    marloes.choose("#owner", "Kees").await;
    marloes.is("(document.querySelector('#due').value = '2026-12-04', true)").await;
    marloes.click("form[action$='/afspraak'] .btn--next").await;
    marloes.shows("Afgesproken. Het staat op de lijst van wie het doet.").await;
    marloes.go("/resultaat").await;
    marloes.shows("Elke vrijdag twee bezoeken extra").await;
    marloes.click("form[action='/resultaat/deel'] button").await;
    marloes.is_seen("a[href^='/gedeeld/']").await;
    let link = marloes.evaluate("document.querySelector(\"a[href^='/gedeeld/']\").pathname").await;
    marloes.close().await;

    // Whoever has the link, on a big screen, without signing in and without names.
    let wall = Browser::open(program, Look::default()).await;
    wall.go(link.as_str().expect("an address")).await;
    wall.shows("1 afspraak loopt").await;
    wall.hides("Elke vrijdag twee bezoeken extra").await;
    wall.hides("Kees").await;
    assert_eq!(wall.not_accessible().await, Vec::<String>::new());
    wall.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_second_story_loses_nothing_from_the_visit_to_the_results() {
    on_each_trade_engine(async |program| {
        program.clock("09:00");
        let phone = Look { phone: true, ..Look::default() };
        let joris = Browser::signed_in(program, "joris", phone).await;
        takes_the_day_along(&joris).await;
        let mut wrong = joris.not_accessible().await;
        let plans = count(program, "select count(*) as value from visits where state = 'planned'").await;

        // In the shop.
        joris.has_signal(false).await;
        joris.reload().await;
        joris.shows("Geen bereik").await;
        joris.fill("#code", "999999").await;
        joris.click("#open .btn--next").await;
        joris.shows("Deze code klopt niet").await;
        wrong.extend(joris.not_accessible().await);
        opens(&joris).await;
        joris.click("#lijst li:nth-child(1) a").await;
        joris.is_seen(".visit").await;
        wrong.extend(joris.not_accessible().await);
        joris.fill("#lives", "Inkoopverplichting").await;
        joris.click(".v-head a[href='#dag']").await;
        joris.shows("begonnen").await;
        // The browser is ended by the telephone; what was typed is there.
        joris.reload().await;
        opens(&joris).await;
        joris.click("#lijst li:nth-child(1) a").await;
        joris.until("the words are there", "document.querySelector('#lives')?.value === 'Inkoopverplichting'").await;
        reports(&joris, " naar 95 procent", "Mag 95 procent?").await;
        joris.shows("Verslagen die wachten op bereik: 1.").await;
        joris.click("#lijst li:nth-child(2) a").await;
        reports(&joris, "Zoekt vulploegleiders", "Wie kent een rooster voor kerst?").await;
        joris.shows("Verslagen die wachten op bereik: 2.").await;
        assert_eq!(count(program, "select count(*) as value from wishes").await, 0);
        // Outside there is a signal, and the program is dead.
        program.dies().await;
        joris.has_signal(true).await;
        joris.click("[data-refresh]").await;
        joris.shows("Verslagen die wachten op bereik: 2.").await;
        program.comes_back().await;
        joris.click("[data-refresh]").await;
        joris.shows("Alles is verstuurd.").await;

        assert_eq!(count(program, "select count(*) as value from wishes").await, 2);
        assert_eq!(count(program, "select count(*) as value from agreements").await, 2);
        let open = count(program, "select count(*) as value from visits where state = 'planned'").await;
        assert_eq!(open, plans - 2);
        let words = "select count(*) as value from visit_fields where value = 'Inkoopverplichting naar 95 procent'";
        assert_eq!(count(program, words).await, 1);

        crate::visit::answers(program).await;
        acts_on_what_lags(program).await;

        // At home the telephone is lost. It opens nothing, and empties itself at its next contact.
        let desk = Browser::signed_in(program, "joris", Look::default()).await;
        desk.go("/bezoeken/toestellen").await;
        desk.click("form[action$='/wis'] button").await;
        desk.shows("Op dat toestel gaat niets meer open").await;
        joris.reload().await;
        joris.shows("Deze telefoon is gewist").await;
        desk.go("/bezoeken/toestellen").await;
        desk.shows("Gewist").await;
        desk.close().await;
        joris.close().await;
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}
