//! A colleague tests her sound: what she says comes back, proved by its frequency; what is wrong is said with what to do.

use fantoccini::key::Key;
use journeys::{Browser, Look, on_each_engine};

/// A microphone that sounds at 1,000 Hz: the headless browser has none, and its processing takes a test tone for noise.
const MICROPHONE: &str = "(() => {
  navigator.mediaDevices.getUserMedia = async () => {
    const context = new AudioContext()
    const tone = context.createOscillator()
    tone.frequency.value = 1000
    const into = context.createMediaStreamDestination()
    tone.connect(into)
    tone.start()
    return into.stream
  }
})()";

/// The strongest frequency of what she hears, in Hz.
const HEARD: &str = "(() => {
  if (!window.ear) {
    const context = new AudioContext()
    window.ear = context.createAnalyser()
    window.ear.fftSize = 8192
    window.rate = context.sampleRate
    context.createMediaStreamSource(document.querySelector('#geluid audio').srcObject).connect(window.ear)
  }
  const strength = new Float32Array(window.ear.frequencyBinCount)
  window.ear.getFloatFrequencyData(strength)
  const at = strength.indexOf(Math.max(...strength))
  return strength[at] > -60 && Math.abs(at * window.rate / 8192 - 1000) < 20
})()";

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

        noor.evaluate(MICROPHONE).await;
        noor.tab_to("[data-begin]").await;
        noor.press(Key::Enter).await;
        noor.shows("Je geluid werkt").await;
        noor.until("1,000 Hz come back", HEARD).await;
        assert_eq!(noor.not_accessible().await, Vec::<String>::new());
        noor.tab_to("[data-stop]").await;
        noor.press(Key::Enter).await;
        noor.shows("Gestopt.").await;
        noor.close().await;
    })
    .await;
}
