// The echo line: says at each moment what happens, what is wrong and what to do about it.
import { NoSound, connect, microphone } from "./telephone-connection.js"

const SPEAKS = 0.02
const SILENT_AFTER_MS = 6_000

export function start(panel) {
  const texts = panel.dataset
  const part = (css) => panel.querySelector(css)
  const [begin, stop, audio] = ["[data-begin]", "[data-stop]", "audio"].map(part)
  const during = panel.querySelectorAll("[data-while]")
  const [mic, speaker] = ["#microfoon", "#luidspreker"].map(part)
  let call

  const show = (isOn) => during.forEach((part) => (part.hidden = !isOn))
  // Who is there and who calls: asked now, and again with each change that the server tells of.
  const follow = () => document.dispatchEvent(new CustomEvent("wijland:changed", { detail: ["sound"] }))
  const say = (text) => (part("#geluid-stand").textContent = text)
  const sayWrong = (error) => {
    if (!(error instanceof NoSound)) throw error
    say(error.words || texts[error.text])
  }

  const end = (text) => {
    call?.stop()
    call = undefined
    show(false)
    stop.hidden = true
    begin.hidden = false
    begin.focus()
    say(text)
  }

  begin.addEventListener("click", async () => {
    begin.hidden = true
    stop.hidden = false
    stop.focus()
    say(texts.connecting)
    let stream
    try {
      stream = await microphone()
      const connection = await connect(stream, { onLost: () => end(texts.lost) })
      call = listen(stream, connection)
      await connection.echo()
      await list()
      show(true)
      follow()
      say(texts.speak)
    } catch (error) {
      stream?.getTracks().forEach((track) => track.stop())
      end("")
      sayWrong(error)
    }
  })
  stop.addEventListener("click", () => end(texts.stopped))
  panel.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-post]")
    if (!button) return
    part("[data-refused]").textContent = ""
    const answer = await fetch(button.dataset.post, { method: "POST" })
    if (answer.status === 409) part("[data-refused]").textContent = await answer.text()
    follow()
  })
  // The page goes, and the microphone with it.
  document.addEventListener("wijland:page", () => panel.isConnected || call?.stop())

  mic.addEventListener("change", async () => {
    try {
      await call.listenTo(await microphone(mic.value))
    } catch (error) {
      sayWrong(error)
    }
  })
  speaker.addEventListener("change", () => audio.setSinkId(speaker.value))

  async function list() {
    const devices = await navigator.mediaDevices.enumerateDevices()
    const fill = (select, kind) => {
      const found = devices.filter((device) => device.kind === kind)
      select.replaceChildren(...found.map((device) => new Option(device.label || device.deviceId, device.deviceId)))
      select.closest(".field").hidden = !found.length
    }
    fill(mic, "audioinput")
    fill(speaker, "audiooutput")
    speaker.closest(".field").hidden ||= !audio.setSinkId
  }

  function listen(stream, connection) {
    const context = new AudioContext()
    const meter = (stream, element) => {
      const analyser = context.createAnalyser()
      let source = context.createMediaStreamSource(stream)
      source.connect(analyser)
      const samples = new Float32Array(analyser.fftSize)
      return {
        level() {
          analyser.getFloatTimeDomainData(samples)
          const level = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length)
          element.value = Math.min(1, level * 4)
          return level
        },
        follow(stream) {
          source.disconnect()
          source = context.createMediaStreamSource(stream)
          source.connect(analyser)
        },
      }
    }
    // Chromium plays nothing into a meter that hangs on no element.
    audio.srcObject = connection.heard[0]
    const said = meter(stream, part("#ik-hoor"))
    const heard = meter(connection.heard[0], part("#echo-hoor"))
    let begun = performance.now()
    let spoke = false
    const bell = ringer(context)
    const looking = setInterval(() => {
      bell(panel.querySelector("[data-rings]") !== null)
      spoke ||= said.level() > SPEAKS
      if (heard.level() > SPEAKS && spoke) say(texts.heard)
      else if (!spoke && performance.now() - begun > SILENT_AFTER_MS) say(texts.silent)
    }, 100)
    return {
      async listenTo(fresh) {
        await connection.replaceTrack(fresh.getAudioTracks()[0])
        stream.getTracks().forEach((track) => track.stop())
        stream = fresh
        said.follow(fresh)
        begun = performance.now()
        spoke = false
        say(texts.speak)
      },
      stop() {
        clearInterval(looking)
        connection.close()
        stream.getTracks().forEach((track) => track.stop())
        audio.srcObject = null
        context.close()
      },
    }
  }
}

// Two tones, a second on and two off.
function ringer(context) {
  const volume = context.createGain()
  volume.gain.value = 0
  volume.connect(context.destination)
  for (const hertz of [440, 480]) {
    const tone = context.createOscillator()
    tone.frequency.value = hertz
    tone.connect(volume)
    tone.start()
  }
  return (rings) => (volume.gain.value = rings && context.currentTime % 3 < 1 ? 0.1 : 0)
}
