//! A colleague tests her sound: what she says comes back, proved by its frequency; what is wrong is said with what to do.

use fantoccini::key::Key;
use journeys::{Browser, Look, on_each_engine};

const NO_MICROPHONE: &str = "(() => {
  navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotFoundError') }
})()";

/// A microphone that is given with `window.give()`.
const MICROPHONE_LATER: &str = "(() => {
  const into = new AudioContext().createMediaStreamDestination()
  window.track = into.stream.getAudioTracks()[0]
  navigator.mediaDevices.getUserMedia = () => new Promise((resolve) => { window.give = () => resolve(into.stream) })
})()";

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
        noor.evaluate(NO_MICROPHONE).await;
        noor.tab_to("[data-begin]").await;
        noor.press(Key::Enter).await;
        noor.shows("Er is geen microfoon.").await;

        // Stopped before the browser gave its microphone: nothing is left on.
        noor.evaluate(MICROPHONE_LATER).await;
        noor.tab_to("[data-begin]").await;
        noor.press(Key::Enter).await;
        noor.has_focus("[data-stop]").await;
        noor.press(Key::Enter).await;
        noor.shows("Gestopt.").await;
        noor.evaluate("window.give()").await;
        noor.until("the microphone is off", "window.track.readyState === 'ended'").await;

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
        bernd.until("the tab says it", "document.title === '☎ Noor Bakker belt je'").await;
        assert_eq!(bernd.not_accessible().await, Vec::<String>::new());
        bernd.tab_to("[data-post='/geluid/neem-op']").await;
        bernd.press(Key::Enter).await;
        bernd.until("the keyboard is near", "document.activeElement !== document.body").await;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_softphone_finds_the_demo_where_its_page_says() {
    on_each_engine(async |program| {
        let noor = Browser::signed_in(program, "noor", Look::default()).await;
        noor.go("/geluid").await;
        noor.shows("sip:echo@127.0.0.1:").await;
        let at = noor.read("[aria-labelledby=buiten-h] dd").await;
        let (_, at) = at.split_once('@').expect("an address");
        let phone = std::net::UdpSocket::bind("127.0.0.1:0").expect("a port");
        phone.set_read_timeout(Some(std::time::Duration::from_secs(10))).expect("a time");
        let here = phone.local_addr().expect("an address");
        let asks = format!(
            "OPTIONS sip:echo@{at} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bKvraag;rport\r\nMax-Forwards: 70\r\n\
             From: <sip:buiten@{here}>;tag=1\r\nTo: <sip:echo@{at}>\r\nCall-ID: vraag@{here}\r\nCSeq: 1 OPTIONS\r\n\
             Content-Length: 0\r\n\r\n"
        );
        phone.send_to(asks.as_bytes(), at).expect("sent");
        let mut answer = [0; 2_000];
        let size = phone.recv(&mut answer).expect("an answer");
        let answer = String::from_utf8_lossy(&answer[..size]);
        assert!(answer.starts_with("SIP/2.0 200 "), "{answer}");
        noor.close().await;
    })
    .await;
}
