//! Axe finds nothing, on any page, light and dark, on a desk and on a telephone.

use fantoccini::key::Key;
use journeys::{Browser, Look, Program, on_each_engine, on_each_trade_engine};

async fn look_at(browser: &Browser, what: &str, wrong: &mut Vec<String>) {
    browser.is_seen("h1").await;
    // What lies under the bar at the bottom of a telephone comes out when one scrolls; axe looks without scrolling
    // and finds half a button.
    browser.is("document.querySelector('.rail')?.style.setProperty('position', 'static')").await;
    wrong
        .extend(browser.not_accessible().await.into_iter().map(|found| format!("{what}: {found}")));
    if browser
        .is("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        .await
    {
        wrong.push(format!("{what}: the page is wider than the screen"));
    }
}

async fn pages_of(
    program: &Program,
    look: Look,
    login: &str,
    paths: &[&str],
    wrong: &mut Vec<String>,
) {
    let browser = Browser::signed_in(program, login, look).await;
    for path in paths {
        browser.go(path).await;
        look_at(&browser, &format!("{login} {path} {look:?}"), wrong).await;
    }
    browser.close().await;
}

async fn the_team_lead(program: &Program, look: Look, wrong: &mut Vec<String>) {
    let campaign = format!("/campagnes/{}", program.campaign().await);
    let people = format!("{campaign}/mensen");
    let promise = format!("/terugbellen/{}", program.promise("W-1004").await);
    let pages = [
        "/campagnes",
        &campaign,
        &people,
        "/terugbellen",
        "/terugbellen?toon=team",
        &promise,
        "/rooster",
        "/team",
        "/team/muur",
        "/leden",
        "/mijn-dag",
    ];
    pages_of(program, look, "ingrid", &pages, wrong).await;
    // A guide is there once somebody begins one.
    let ingrid = Browser::signed_in(program, "ingrid", look).await;
    ingrid.go("/gesprekslijnen").await;
    ingrid.fill("#naam", "Proef").await;
    ingrid.click("form[action='/gesprekslijnen'] .btn--next").await;
    ingrid.is_there("#titel-0").await;
    let guide = ingrid.path().await;
    for path in ["/gesprekslijnen", &guide, &format!("{guide}/proef")] {
        ingrid.go(path).await;
        look_at(&ingrid, &format!("ingrid {path} {look:?}"), wrong).await;
    }
    ingrid.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing() {
    let done = std::sync::Mutex::new(false);
    on_each_engine(async |program| {
        // The pages are the same on both engines; once is enough.
        if std::mem::replace(&mut *done.lock().expect("alone"), true) {
            return;
        }
        program.clock("09:20");
        let mut wrong = Vec::new();
        for look in [
            Look::default(),
            Look { dark: true, ..Look::default() },
            Look { phone: true, ..Look::default() },
        ] {
            let door = Browser::open(program, look).await;
            door.go("/inloggen").await;
            look_at(&door, &format!("the door {look:?}"), &mut wrong).await;
            door.close().await;

            the_team_lead(program, look, &mut wrong).await;
            let person = program.person("1840227").await;
            let file = format!("/leden/{person}");
            let change = format!("/leden/{person}/wijzig");
            let consent = format!("/leden/{person}/toestemming");
            let proof = format!("/leden/{person}/bewijs");
            let calls = format!("/leden/{person}/gesprekken");
            let pages = [
                "/leden?q=vliet",
                &file,
                &change,
                &consent,
                &proof,
                &calls,
                "/leden/nieuw",
                "/mijn-account",
                "/leden?q=bestaatniet",
            ];
            pages_of(program, look, "noor", &pages, &mut wrong).await;
            let employer = format!("/organisaties/{}", program.employer("O-3").await);
            let change = format!("{employer}/wijzig");
            // One found person: in a long list the bar at the bottom of a telephone covers half of a radio button.
            let contact = format!("{employer}/contactpersonen/nieuw?q=2210418");
            let pages = [
                "/organisaties",
                &employer,
                &change,
                &contact,
                "/organisaties/nieuw",
                "/organisaties?q=bestaatniet",
            ];
            pages_of(program, look, "noor", &pages, &mut wrong).await;
            let pages = [
                "/import",
                "/import/voorbeeld/geen",
                "/beheer",
                "/beheer/collegas",
                "/beheer/collegas/nieuw",
                "/beheer/teams",
                "/beheer/rollen",
                "/beheer/sleutels",
                "/beheer/uitkomsten",
                "/beheer/uitkomsten/4",
                "/beheer/uitkomsten/nieuw",
                "/beheer/wachtrijen",
                "/beheer/wachtrijen/nieuw",
                "/beheer/wachtrijen/nummer",
                "/beheer/wachtrijen/kunde/nieuw",
                "/beheer/telefonie",
                "/beheer/regels",
                "/beheer/regels/retry.no_answer",
                "/beheer/regels/permission.p4",
                "/beheer/kalender",
            ];
            pages_of(program, look, "anna", &pages, &mut wrong).await;
            let pages = ["/beheer/leeslog", "/beheer/noodtoegang"];
            pages_of(program, look, "wim", &pages, &mut wrong).await;
            let pages = ["/leden/noodtoegang", "/mijn-account", "/mijn-account/twee-stappen"];
            pages_of(program, look, "david", &pages, &mut wrong).await;
        }
        for dark in [false, true] {
            let look = Look { dark, ..Look::default() };
            let login = if dark { "bernd" } else { "marit" };
            let desk = Browser::signed_in(program, login, look).await;
            look_at(&desk, "the empty desk", &mut wrong).await;
            desk.press(Key::Enter).await;
            desk.is_seen(".btn--dial").await;
            look_at(&desk, "the desk before the call", &mut wrong).await;
            desk.press(Key::Enter).await;
            desk.is_in_call().await;
            look_at(&desk, "the desk in a call", &mut wrong).await;
            desk.press('t').await;
            desk.is_seen("dialog#terugbellen[open]").await;
            look_at(&desk, "the dialog for a promise", &mut wrong).await;
            desk.press(Key::Escape).await;
            desk.press('?').await;
            desk.is_seen("dialog#sneltoetsen[open]").await;
            look_at(&desk, "the keys", &mut wrong).await;
            desk.close().await;
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}

/// Plans a visit and asks a question, so that there is one of each; gives their addresses.
async fn something_to_look_at(program: &Program, shop: i64) -> [String; 3] {
    let joris = Browser::signed_in(program, "joris", Look::default()).await;
    joris.go(&format!("/bezoeken/nieuw?organisatie={shop}")).await;
    joris.click("main .btn--next").await;
    joris.is_seen(".visit").await;
    let visit = joris.path().await;
    joris.go(&format!("/wensen/nieuw?organisatie={shop}")).await;
    joris.fill("#words", "Mag 95 procent?").await;
    joris.click("input[name=theme]").await;
    joris.click("main .btn--next").await;
    joris.shows("Wie weet dit?").await;
    let wish = joris.path().await;
    joris.go(&format!("/afspraken/nieuw?organisatie={shop}")).await;
    joris.fill("#what", "Voorbeeldrooster sturen").await;
    joris.click("main .btn--next").await;
    joris.is_seen("#beloofd-lijst a").await;
    joris.click("#beloofd-lijst a").await;
    joris.is_seen("form[action$='/verzet']").await;
    let agreement = joris.path().await;
    joris.close().await;
    [visit, wish, agreement]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing_in_member_service() {
    let done = std::sync::Mutex::new(false);
    on_each_trade_engine(async |program| {
        // The pages are the same on both engines; once is enough.
        if std::mem::replace(&mut *done.lock().expect("alone"), true) {
            return;
        }
        program.clock("09:20");
        let mut wrong = Vec::new();
        let shop = program.employer("T-4").await;
        let [visit, wish, agreement] = something_to_look_at(program, shop).await;
        let (place, other) =
            (format!("/organisaties/{shop}"), format!("/bezoeken/nieuw?organisatie={shop}"));
        let (ask, agree) = (
            format!("/wensen/nieuw?organisatie={shop}"),
            format!("/afspraken/nieuw?organisatie={shop}"),
        );
        for look in [
            Look::default(),
            Look { dark: true, ..Look::default() },
            Look { phone: true, ..Look::default() },
        ] {
            let pages = [
                "/bezoeken",
                "/bezoeken/toestellen",
                "/onderweg",
                &visit,
                &other,
                &place,
                &wish,
                &agreement,
                &ask,
                &agree,
            ];
            pages_of(program, look, "joris", &pages, &mut wrong).await;
            let pages = ["/bezoeken?stand=planned", "/afspraken?toon=alles", "/wensen?alles=ja"];
            pages_of(program, look, "corine", &pages, &mut wrong).await;
            pages_of(program, look, "sietske", &["/wensen/tellingen", "/afspraken"], &mut wrong)
                .await;
            let target = format!("/doelen/{}", program.target().await);
            let change = format!("{target}/wijzig");
            let pages = [
                "/cijfers",
                "/cijfers/alles",
                "/cijfers/retention",
                "/cijfers/joined",
                "/cijfers/survival",
                "/doelen",
                "/doelen/nieuw",
                &target,
                &change,
                "/bijeenkomsten",
                "/resultaat",
                "/resultaat?toon=muur",
                "/uitwisseling",
                "/plezier",
            ];
            pages_of(program, look, "marloes", &pages, &mut wrong).await;
            let pages = ["/cijfers/joined/achter?maand=2026-08"];
            pages_of(program, look, "corine", &pages, &mut wrong).await;
            let pages = [
                "/beheer",
                "/beheer/themas",
                "/beheer/themas/nieuw",
                "/beheer/contactnorm",
                "/beheer/contactnorm/1",
                "/beheer/contactnorm/nieuw",
            ];
            pages_of(program, look, "ron", &pages, &mut wrong).await;
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing_where_members_are_kept_and_pay() {
    let done = std::sync::Mutex::new(false);
    on_each_engine(async |program| {
        if std::mem::replace(&mut *done.lock().expect("alone"), true) {
            return;
        }
        program.clock("09:20");
        let mut wrong = Vec::new();
        for look in [
            Look::default(),
            Look { dark: true, ..Look::default() },
            Look { phone: true, ..Look::default() },
        ] {
            let person = program.person("2210418").await;
            let situation = format!("/lidmaatschap/situatie/lid/{person}");
            let notice = format!("/behoud/nieuw?lid={person}");
            let advocate = format!("/werving/{person}");
            let pages = [
                "/aanmelden",
                "/aanmelden/nieuw",
                "/werving",
                &advocate,
                "/behoud",
                "/behoud?toon=besloten",
                &notice,
                &situation,
                "/aow?maanden=24",
                "/kennis/1",
            ];
            pages_of(program, look, "noor", &pages, &mut wrong).await;
            // A case with a reason, open and on a screen.
            let noor = Browser::signed_in(program, "noor", look).await;
            noor.go(&notice).await;
            noor.click("main form .btn--next").await;
            noor.is_there("#behoud").await;
            noor.click("input[name=reden][value='2']").await;
            noor.is_there("input[name=arg]").await;
            look_at(&noor, &format!("a case {look:?}"), &mut wrong).await;
            noor.close().await;
            let pages = [
                "/beheer/aow",
                "/beheer/aow/nieuw",
                "/beheer/tarieven",
                "/beheer/opzegtermijnen",
                "/beheer/opzegtermijnen/soort/overig",
                "/beheer/opzegtermijnen/vertrekrecht",
                "/beheer/behoud",
                "/beheer/behoud/argument/1",
                "/beheer/behoud/reden/11",
                "/beheer/behoud/artikel/1",
                "/beheer/teksten",
                "/beheer/post",
            ];
            pages_of(program, look, "anna", &pages, &mut wrong).await;
            let anna = Browser::signed_in(program, "anna", look).await;
            anna.go("/beheer/tarieven").await;
            anna.click("main .btn--next").await;
            anna.is_there("#tarief").await;
            look_at(&anna, &format!("a draft {look:?}"), &mut wrong).await;
            anna.close().await;
            let pages = [
                "/incasso",
                "/incasso/nieuw",
                "/uitbetalen",
                "/incasso/bank",
                "/incasso/incassant",
                "/werving/premies",
            ];
            pages_of(program, look, "petra", &pages, &mut wrong).await;
            let stranger = Browser::open(program, look).await;
            for path in ["/word-lid", "/mijn"] {
                stranger.go(path).await;
                look_at(&stranger, &format!("{path} {look:?}"), &mut wrong).await;
            }
            stranger.close().await;
        }
        assert_eq!(wrong, Vec::<String>::new());
    })
    .await;
}
