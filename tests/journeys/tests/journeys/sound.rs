//! The telephone in the browser: a colleague tests her sound, colleagues speak with each other, the desk calls and is called.
//! Sound is proved by its frequency; what is wrong is said with what to do.

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

/// What somebody says from the outside world of the demo.
const MEMBER: u32 = 440;

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

/// Whether exactly these of the tones of our journeys are heard now.
fn hears(tones: &[u32]) -> String {
    format!(
        "(() => {{
          const stream = document.querySelector('[data-earpiece]').srcObject
          if (!stream) return false
          if (window.heard !== stream) {{
            const context = new AudioContext()
            window.ear = context.createAnalyser()
            window.ear.fftSize = 8192
            window.ear.smoothingTimeConstant = 0
            window.rate = context.sampleRate
            window.heard = stream
            context.createMediaStreamSource(stream).connect(window.ear)
          }}
          const strength = new Float32Array(window.ear.frequencyBinCount)
          window.ear.getFloatFrequencyData(strength)
          const at = (hertz) => Math.max(...[-1, 0, 1].map((by) => strength[Math.round(hertz * 8192 / window.rate) + by]))
          const heard = [440, 1000, 1500].filter((hertz) => at(hertz) > -52)
          return JSON.stringify(heard) === JSON.stringify({tones:?})
        }})()"
    )
}

/// The telephone is on, though a page on which nothing goes on does not show it.
const IS_ON: &str =
    "document.querySelector('#telefoon [data-state]').textContent === 'Je telefoon staat aan.'";

/// A colleague at work whose telephone is on and who says a tone.
async fn on(program: &journeys::Program, login: &str, hertz: u32, look: Look) -> Browser {
    let browser = Browser::signed_in(program, login, look).await;
    browser.runs_first(&microphone(hertz)).await;
    browser.go("/werkplek").await;
    browser.tab_to("#tel-aan").await;
    browser.press(Key::Enter).await;
    browser.shows("Je telefoon staat aan.").await;
    browser
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

        // Stopped before the browser gave its microphone: the test does not begin by itself.
        noor.evaluate(MICROPHONE_LATER).await;
        noor.tab_to("[data-begin]").await;
        noor.press(Key::Enter).await;
        noor.has_focus("[data-stop]").await;
        noor.press(Key::Enter).await;
        noor.shows("Gestopt.").await;
        noor.evaluate("window.give()").await;
        noor.until("it is on", IS_ON).await;
        noor.is_there("[data-begin]:not([hidden])").await;

        noor.runs_first(&microphone(1_000)).await;
        noor.reload().await;
        noor.until("it is on", IS_ON).await;
        noor.tab_to("[data-begin]").await;
        noor.press(Key::Enter).await;
        noor.shows("Je geluid werkt").await;
        noor.until("what she says comes back", &hears(&[1_000])).await;
        assert_eq!(noor.not_accessible().await, Vec::<String>::new());
        noor.tab_to("[data-stop]").await;
        noor.press(Key::Enter).await;
        noor.shows("Gestopt.").await;
        noor.until("silence", &hears(&[])).await;
        noor.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_colleagues_speak_with_each_other() {
    on_each_engine(async |program| {
        program.clock("08:25");
        let noor = on(program, "noor", 1_000, Look::default()).await;
        noor.go("/geluid").await;
        noor.until("it is on", IS_ON).await;
        noor.shows("Er is geen collega vrij met de telefoon aan.").await;
        let bernd = on(program, "bernd", 1_500, Look { dark: true, ..Look::default() }).await;

        noor.shows("Bernd Eikelboom").await;
        noor.tab_to("[data-post^='/telefoon/collega/']").await;
        noor.press(Key::Enter).await;
        noor.shows("Gaat over").await;
        bernd.shows("Noor Bakker belt je").await;
        bernd.until("the tab says it", "document.title.startsWith('☎ Noor Bakker')").await;
        assert_eq!(bernd.not_accessible().await, Vec::<String>::new());
        bernd.press(Key::Enter).await;
        bernd.until("he hears her", &hears(&[1_000])).await;
        noor.until("she hears him", &hears(&[1_500])).await;
        bernd.until("the tab is as it was", "!document.title.startsWith('☎')").await;

        // She says nothing for a moment, and goes on.
        noor.tab_to("#tel-demp").await;
        noor.press(Key::Enter).await;
        noor.shows("Je microfoon is gedempt.").await;
        bernd.until("silence", &hears(&[])).await;
        noor.press(Key::Enter).await;
        bernd.until("he hears her again", &hears(&[1_000])).await;

        noor.tab_to("#tel-op").await;
        noor.press(Key::Enter).await;
        bernd.shows("Niemand aan de lijn").await;
        bernd.until("silence", &hears(&[])).await;
        // Whoever goes is not rung any more.
        bernd.close().await;
        noor.shows("Er is geen collega vrij met de telefoon aan.").await;
        noor.close().await;
    })
    .await;
}

/// As in a network that lets no UDP through: of the ways that the server names only those by TCP are left.
const WITHOUT_UDP: &str = "(() => {
  const { setRemoteDescription } = RTCPeerConnection.prototype
  RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
    const lines = sdp.split('\\r\\n').filter((line) => !(line.startsWith('a=candidate') && line.includes(' udp ')))
    return setRemoteDescription.call(this, { type, sdp: lines.join('\\r\\n') })
  }
})()";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_udp_a_colleague_hears_herself_as_well() {
    on_each_engine(async |program| {
        let noor = Browser::signed_in(program, "noor", Look::default()).await;
        noor.runs_first(WITHOUT_UDP).await;
        noor.runs_first(&microphone(1_000)).await;
        noor.go("/geluid").await;
        noor.tab_to("[data-begin]").await;
        noor.press(Key::Enter).await;
        noor.shows("Je geluid werkt").await;
        noor.until("what she says comes back", &hears(&[1_000])).await;
        noor.close().await;
    })
    .await;
}

/// The desk calls somebody: it rings, is answered, is on hold, outlives a page that is loaded anew and a network that is away, and
/// ends; what came of it is logged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_desk_calls_with_the_headset() {
    on_each_engine(async |program| {
        program.clock("09:30");
        let noor = on(program, "noor", 1_000, Look::default()).await;
        noor.go("/werkplek").await;
        noor.shows("Je telefoon staat aan.").await;
        noor.tab_to("main [data-hot=enter]").await;
        noor.press(Key::Enter).await;
        noor.shows("De heer P. Jansen").await;
        noor.tab_to(".btn--dial").await;
        noor.press(Key::Enter).await;
        noor.shows("Gaat over").await;
        noor.until("the member answers", &hears(&[MEMBER])).await;
        noor.shows("In gesprek").await;
        assert_eq!(noor.not_accessible().await, Vec::<String>::new());

        noor.tab_to("#tel-wacht").await;
        noor.press(Key::Enter).await;
        noor.shows("In de wacht").await;
        noor.until("on hold she hears nobody", &hears(&[])).await;
        noor.press(Key::Enter).await;
        noor.until("and then again", &hears(&[MEMBER])).await;

        // Another page, and the same one anew: the call goes on.
        noor.go("/leden").await;
        noor.until("on another page", &hears(&[MEMBER])).await;
        noor.reload().await;
        noor.until("after a reload", &hears(&[MEMBER])).await;
        noor.shows("In gesprek").await;

        noor.tab_to("#tel-op").await;
        noor.press(Key::Enter).await;
        noor.go("/werkplek").await;
        noor.shows("Leg vast hoe het gesprek afliep.").await;
        noor.close().await;
    })
    .await;
}

/// A member rings, as in the first story: his name is on the screen, a colleague thinks along while he waits, all three speak, and
/// she goes on with him.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_member_rings_and_is_passed_on() {
    on_each_engine(async |program| {
        program.clock("08:35");
        let noor = on(program, "noor", 1_000, Look::default()).await;
        noor.tab_to("[data-post='/telefoon/proefbeller/0']").await;
        noor.press(Key::Enter).await;
        noor.shows("De heer W. van Vliet belt je").await;
        noor.shows("Zutphen").await;
        assert_eq!(noor.not_accessible().await, Vec::<String>::new());
        let marit = on(program, "marit", 1_500, Look::default()).await;
        noor.press(Key::Enter).await;
        noor.until("she hears him", &hears(&[MEMBER])).await;

        noor.tab_to("#tel-ruggespraak").await;
        noor.press(Key::Enter).await;
        noor.tab_to("#tel-vraag [data-post^='/telefoon/collega/']").await;
        noor.press(Key::Enter).await;
        marit.shows("Noor Bakker belt je").await;
        marit.press(Key::Enter).await;
        marit.until("they speak, and he does not hear it", &hears(&[1_000])).await;
        noor.until("nor she him", &hears(&[1_500])).await;
        noor.shows("In de wacht").await;

        noor.tab_to("#tel-drie").await;
        noor.press(Key::Enter).await;
        noor.until("all three", &hears(&[MEMBER, 1_500])).await;
        marit.until("all three", &hears(&[MEMBER, 1_000])).await;

        noor.tab_to("#tel-verbind").await;
        noor.press(Key::Enter).await;
        marit.until("it is hers", &hears(&[MEMBER])).await;
        noor.until("she is out of it", &hears(&[])).await;
        noor.shows("Niemand aan de lijn").await;
        // He is on her desk with it, and what came of it is hers to say.
        marit.go("/werkplek").await;
        marit.shows("De heer W. van Vliet").await;
        marit.until("the call goes on", &hears(&[MEMBER])).await;
        marit.tab_to("#tel-op").await;
        marit.press(Key::Enter).await;
        marit.shows("Leg vast hoe het gesprek afliep.").await;
        noor.close().await;
        marit.close().await;
    })
    .await;
}

/// Recording for learning is switched on, with what is said before.
async fn allows_recording(program: &journeys::Program) {
    let anna = Browser::signed_in(program, "anna", Look::default()).await;
    anna.evaluate(
        "(async () => {
          const rule = { keuze_yes: 'ja', valid_from: '2026-11-24', source: 'Besluit', grade: 'D' }
          const policy = { doel: 'training', dagen: '30', nl: 'Ik neem dit gesprek op.', en: 'I record this call.', weigeren: 'ja' }
          for (const [path, form] of [['/beheer/regels/record.training', rule], ['/beheer/opnemen/uit', policy]]) {
            const answer = await fetch(path, { method: 'POST', body: new URLSearchParams(form) })
            if (!answer.ok) return
          }
          window.isSet = true
        })()",
    )
    .await;
    anna.until("recording is allowed", "window.isSet === true").await;
    anna.go("/beheer/opnemen").await;
    anna.until(
        "it is set",
        "document.getElementById('nl-uit').value === 'Ik neem dit gesprek op.'",
    )
    .await;
    assert_eq!(anna.not_accessible().await, Vec::<String>::new());
    anna.close().await;
}

/// Nobody is recorded before being told; a key stops it and goes on; a coach hears it again, with a reason.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_is_recorded_and_heard_again() {
    on_each_engine(async |program| {
        program.clock("09:30");
        allows_recording(program).await;
        let noor = on(program, "noor", 1_000, Look { dark: true, ..Look::default() }).await;
        noor.go("/werkplek").await;
        noor.shows("Je telefoon staat aan.").await;
        noor.tab_to("main [data-hot=enter]").await;
        noor.press(Key::Enter).await;
        noor.shows("De heer P. Jansen").await;
        noor.tab_to(".btn--dial").await;
        noor.press(Key::Enter).await;
        noor.until("the member answers", &hears(&[MEMBER])).await;
        noor.shows("Zeg dit voor de opname begint").await;
        noor.tab_to("#tel-gezegd").await;
        noor.press(Key::Enter).await;
        noor.shows("Opname loopt").await;
        assert_eq!(noor.not_accessible().await, Vec::<String>::new());
        noor.until(
            "for two seconds",
            "performance.now() > (window.from ??= performance.now()) + 2000",
        )
        .await;
        noor.press('p').await;
        noor.shows("Opname gepauzeerd").await;
        noor.press('p').await;
        noor.shows("Opname loopt").await;
        noor.tab_to("#tel-op").await;
        noor.press(Key::Enter).await;
        noor.shows("Leg vast hoe het gesprek afliep.").await;

        let david = Browser::signed_in(program, "david", Look::default()).await;
        david.go("/opnames").await;
        assert_eq!(david.not_accessible().await, Vec::<String>::new());
        david.click("main a[href^='/opnames/']").await;
        david.shows("gepauzeerd").await;
        david.fill("[name=woorden]", "Bespreken met Noor").await;
        assert_eq!(david.not_accessible().await, Vec::<String>::new());
        david.click("form[action$='/luister'] button").await;
        david.until("it can be heard", "document.querySelector('audio')?.duration > 1").await;
        david.close().await;
        noor.close().await;
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
