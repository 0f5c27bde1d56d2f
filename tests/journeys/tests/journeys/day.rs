//! Noor's morning, by keyboard alone.

use api::summary;
use fantoccini::key::Key;
use journeys::{Browser, Look, on_each_engine};

use crate::join::{collects, signs_up};

/// What the API says of the day, for comparing with the screen.
mod api {
    use access::token::{NewToken, Scope};
    use journeys::Program;
    use kernel::Actor;
    use serde_json::Value;

    pub(super) async fn summary(program: &Program, login: &str) -> Value {
        let db = program.app.db();
        let token = db
            .write(Actor::SYSTEM, async |tx| {
                let user = access::users::by_login(tx, login).await?.expect("a colleague");
                let token = NewToken {
                    user,
                    name: "journey".into(),
                    scopes: vec![Scope::Read],
                    days: Some(1),
                };
                access::token::create(tx, token).await
            })
            .await
            .expect("a token");
        let url = format!("{}/api/v1/days/2026-11-24/summary", program.url);
        tokio::task::spawn_blocking(move || {
            let mut answer = ureq::get(url)
                .header("authorization", format!("Bearer {token}"))
                .call()
                .expect("a summary");
            answer.body_mut().read_json().expect("JSON")
        })
        .await
        .expect("it answers")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_signing_in_to_the_day_summary_by_keyboard_alone() {
    on_each_engine(async |program| {
        let noor = Browser::signed_in(program, "noor", Look::default()).await;
        noor.shows("De lijnen gaan om 8:30 open").await;
        program.clock("08:48");

        // The next: Mrs Arslan, with her reason on top.
        noor.press(Key::Enter).await;
        noor.shows("Mevrouw S. Arslan").await;
        noor.shows("Twee weken geleden brochure Werkdruk aangevraagd").await;
        // One press and the call begins; the number is a link for the own telephone.
        noor.press(Key::Enter).await;
        noor.is_in_call().await;
        noor.is_seen("a[href='tel:+31612345678']").await;

        // Through the guide with Enter, to the question that closes.
        for step in ["stap-2", "stap-3", "stap-4"] {
            noor.is_seen(&format!("label.btn[for={step}]")).await;
            noor.press(Key::Enter).await;
            noor.until(step, &format!("document.getElementById('{step}').checked")).await;
        }
        noor.shows("Zal ik het nu direct voor u in orde maken?").await;

        // A note that saves itself.
        noor.press('n').await;
        noor.types("Thuiszorg, wijkteam Noord.").await;
        // Letters are ignored for a moment after typing: nothing is armed by a word that was meant for the note.
        noor.press(Key::Escape).await;
        noor.press('i').await;
        assert!(
            !noor.is("document.querySelector('[name=outcome]:checked')").await,
            "typing armed an outcome"
        );
        noor.shows("Bewaard 8:4").await;
        tokio::time::sleep(std::time::Duration::from_millis(900)).await;

        // "Over 3 werkdagen, ik": a letter and Enter.
        noor.press('t').await;
        noor.is_seen("dialog#terugbellen[open]").await;
        noor.shows("Vrijdag").await;
        noor.press(Key::Enter).await;
        noor.shows("Vastgelegd: terugbellen op vr 27 november").await;

        // Somebody who does not answer.
        program.clock("09:03");
        noor.press(Key::Enter).await;
        noor.shows("Gaf toestemming").await;
        noor.press(Key::Enter).await;
        noor.is_in_call().await;
        noor.press('o').await;
        noor.shows("Leg vast hoe het gesprek afliep").await;
        noor.press('g').await;
        noor.shows("Leg vast: Geen gehoor").await;
        noor.press(Key::Enter).await;
        noor.shows("Klaar voor de volgende").await;

        // Somebody who joins.
        collects(program).await;
        noor.press(Key::Enter).await;
        noor.is_seen(".btn--dial").await;
        noor.press(Key::Enter).await;
        noor.is_in_call().await;
        signs_up(&noor, "nieuw.lid@voorbeeld.example").await;
        noor.tab_to("a.btn--next[href='/werkplek']").await;
        noor.press(Key::Enter).await;
        noor.shows("Klaar voor de volgende").await;

        // The promise of 9:15 comes first, and is kept.
        program.clock("09:16");
        noor.press(Key::Enter).await;
        noor.shows("De heer P. Jansen").await;
        noor.press(Key::Enter).await;
        noor.is_in_call().await;
        noor.press('i').await;
        noor.shows("Leg vast: Geen interesse").await;
        noor.press(Key::Enter).await;
        noor.shows("Klaar voor de volgende").await;
        noor.until("one is kept", "document.getElementById('dag').innerText.includes('1 van 5')")
            .await;

        // The day, by its place in the rail.
        noor.tab_to(".rail a[href='/mijn-dag']").await;
        noor.press(Key::Enter).await;
        noor.shows("Zo liep je dag").await;
        let stats = noor.read(".stats").await;
        let day = summary(program, "noor").await;
        for name in ["attempts", "callbacks_kept", "callbacks_made"] {
            assert!(stats.contains(&day[name].to_string()), "{name} of {day} is not in {stats}");
        }
        assert_eq!(
            (day["attempts"].as_i64(), day["new_members"].as_i64(), day["callbacks_kept"].as_i64()),
            (Some(4), Some(1), Some(1)),
            "{day}"
        );
        noor.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_note_survives_a_crash_of_the_browser_and_a_click_away() {
    on_each_engine(async |program| {
        program.clock("08:48");
        let noor = Browser::signed_in(program, "noor", Look::default()).await;
        noor.press(Key::Enter).await;
        noor.shows("Mevrouw S. Arslan").await;
        noor.press(Key::Enter).await;
        noor.is_in_call().await;
        noor.press('n').await;
        noor.types("Belt liever na vijven").await;
        noor.shows("Bewaard").await;
        noor.crash().await;

        let again = Browser::signed_in(program, "noor", Look::default()).await;
        again.go("/werkplek").await;
        again
            .until(
                "the note is there",
                "document.getElementById('notitie').value === 'Belt liever na vijven'",
            )
            .await;
        // And a second one after a click away and back, in the same frame.
        again.tab_to(".rail a[href='/leden']").await;
        again.press(Key::Enter).await;
        again.shows("Lidnummer").await;
        again.tab_to(".rail a[href='/werkplek']").await;
        again.press(Key::Enter).await;
        again.is_seen("#notitie").await;
        again.press('n').await;
        again.press(Key::End).await;
        again.types("!").await;
        again.shows("Bewaard").await;
        again.go("/werkplek").await;
        again
            .until("the sign is there", "document.getElementById('notitie').value.includes('!')")
            .await;
        again.close().await;
    })
    .await;
}
