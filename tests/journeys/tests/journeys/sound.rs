//! A colleague tests her sound: what she says comes back, proved by its frequency; what is wrong is said with what to do.

use fantoccini::key::Key;
use journeys::{Browser, Look, on_each_engine};

/// A microphone that sounds at so many Hz: the headless browser has none, and its processing takes a test tone for noise.
fn microphone(hertz: u32) -> String {
    format!(
        "(() => {{
          navigator.mediaDevices.getUserMedia = async () => {{
            const context = new AudioContext()
            const tone = context.createOscillator()
            tone.frequency.value = {hertz}
            const into = context.createMediaStreamDestination()
            tone.connect(into)
            tone.start()
            return into.stream
          }}
        }})()"
    )
}

/// Whether that is the strongest of what is heard.
fn hears(hertz: u32) -> String {
    format!(
        "(() => {{
          if (!window.ear) {{
            const context = new AudioContext()
            window.ear = context.createAnalyser()
            window.ear.fftSize = 8192
            window.rate = context.sampleRate
            const heard = document.querySelector('#geluid audio').srcObject
            context.createMediaStreamSource(heard).connect(window.ear)
          }}
          const strength = new Float32Array(window.ear.frequencyBinCount)
          window.ear.getFloatFrequencyData(strength)
          const at = strength.indexOf(Math.max(...strength))
          return strength[at] > -60 && Math.abs(at * window.rate / 8192 - {hertz}) < 20
        }})()"
    )
}

async fn begins(browser: &Browser, hertz: u32) {
    browser.go("/geluid").await;
    browser.evaluate(&microphone(hertz)).await;
    browser.tab_to("[data-begin]").await;
    browser.press(Key::Enter).await;
    browser.shows("Je geluid werkt").await;
    browser.until("what she says comes back", &hears(hertz)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_colleague_hears_herself_on_the_echo_line() {
    on_each_engine(async |program| {
        program.clock("08:25");
        let noor = Browser::signed_in(program, "noor", Look::default()).await;
        noor.go("/geluid").await;
        noor.shows("Wat je zegt, hoor je een seconde later terug").await;
        assert_eq!(noor.not_accessible().await, Vec::<String>::new());
        // Without a microphone she is told so, and nothing hangs.
        noor.tab_to("[data-begin]").await;
        noor.press(Key::Enter).await;
        noor.shows("Er is geen microfoon.").await;

        begins(&noor, 1_000).await;
        assert_eq!(noor.not_accessible().await, Vec::<String>::new());
        noor.tab_to("[data-stop]").await;
        noor.press(Key::Enter).await;
        noor.shows("Gestopt.").await;
        noor.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_colleagues_speak_with_each_other() {
    on_each_engine(async |program| {
        program.clock("08:25");
        let noor = Browser::signed_in(program, "noor", Look::default()).await;
        let bernd =
            Browser::signed_in(program, "bernd", Look { dark: true, ..Look::default() }).await;
        begins(&noor, 1_000).await;
        noor.shows("Er is nog geen collega verbonden.").await;
        begins(&bernd, 1_500).await;

        noor.shows("Bernd Eikelboom").await;
        noor.tab_to("[data-post^='/geluid/bel/']").await;
        noor.press(Key::Enter).await;
        noor.shows("Je belt Bernd Eikelboom").await;
        bernd.shows("Noor Bakker belt je").await;
        assert_eq!(bernd.not_accessible().await, Vec::<String>::new());
        bernd.tab_to("[data-post='/geluid/neem-op']").await;
        bernd.press(Key::Enter).await;
        for (browser, with, hertz) in
            [(&noor, "Bernd Eikelboom", 1_500), (&bernd, "Noor Bakker", 1_000)]
        {
            browser.shows(&format!("Je spreekt met {with}")).await;
            browser.until(&format!("{hertz} Hz of {with}"), &hears(hertz)).await;
        }

        noor.tab_to("[data-post='/geluid/hang-op']").await;
        noor.press(Key::Enter).await;
        bernd.hides("Je spreekt met").await;
        bernd.until("silence", &format!("!{}", hears(1_000))).await;
        // Whoever goes is not rung any more.
        noor.close().await;
        bernd.shows("Er is nog geen collega verbonden.").await;
        bernd.close().await;
    })
    .await;
}
