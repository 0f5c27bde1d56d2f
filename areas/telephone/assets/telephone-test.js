// The echo line and the calls of colleagues: says at each moment what happens, what is wrong and what to do about it.
import { NoSound, connect, microphone } from "./telephone-connection.js"

const SPEAKS = 0.02
const SILENT_AFTER_MS = 6_000

const silence = (stream) => stream?.getTracks().forEach((track) => track.stop())

export function start(panel) {
  const texts = panel.dataset
  const part = (css) => panel.querySelector(css)
  const [begin, stop, audio] = ["[data-begin]", "[data-stop]", "audio"].map(part)
  const [mic, speaker] = ["#microfoon", "#luidspreker"].map(part)
  const during = panel.querySelectorAll("[data-while]")
  const left = new AbortController()
  // What is under way belongs to one press of Begin; a later one, or Stop, makes it void.
  let attempt = 0
  let call

  const show = (isOn) => during.forEach((part) => (part.hidden = !isOn))
  const say = (text) => {
    const at = part("#geluid-stand")
    if (at.textContent !== text) at.textContent = text
  }
  const sayWrong = (error) => {
    if (!(error instanceof NoSound)) throw error
    say(error.words || texts[error.text])
  }
  // Who is there and who calls: asked now, and again with each change that the server tells of.
  const follow = () => document.dispatchEvent(new CustomEvent("wijland:changed", { detail: ["sound"] }))

  const end = (text) => {
    const wasHere = panel.contains(document.activeElement)
    attempt += 1
    call?.stop()
    call = undefined
    show(false)
    stop.hidden = true
    begin.hidden = false
    if (wasHere) begin.focus()
    say(text)
  }

  begin.addEventListener("click", async () => {
    attempt += 1
    const mine = attempt
    const isOver = () => mine !== attempt || !panel.isConnected
    begin.hidden = true
    stop.hidden = false
    stop.focus()
    say(texts.connecting)
    let stream
    try {
      stream = await microphone()
      if (isOver()) return silence(stream)
      const connection = await connect(stream, { onLost: () => isOver() || end(texts.lost) })
      if (isOver()) {
        connection.close()
        return silence(stream)
      }
      call = listen(stream, connection)
      await connection.echo()
      await list()
      if (isOver()) return
      show(true)
      follow()
      say(texts.speak)
    } catch (error) {
      silence(stream)
      if (isOver()) return
      end("")
      sayWrong(error)
    }
  })
  stop.addEventListener("click", () => end(texts.stopped))
  panel.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-post]")
    if (!button) return
    part("[data-refused]").textContent = ""
    // The button may go with what it did; the keyboard stays near.
    part("#collegas-h").focus()
    const answer = await fetch(button.dataset.post, { method: "POST" })
    if (answer.status === 409) part("[data-refused]").textContent = await answer.text()
    follow()
  })
  // The page goes, and the microphone with it.
  document.addEventListener(
    "wijland:page",
    () => {
      if (panel.isConnected) return
      attempt += 1
      call?.stop()
      call = undefined
      left.abort()
    },
    { signal: left.signal },
  )
  window.addEventListener("pagehide", () => end(texts.stopped), { signal: left.signal })

  mic.addEventListener("change", async () => {
    const on = call
    try {
      const fresh = await microphone(mic.value)
      if (!on || on !== call) return silence(fresh)
      await on.listenTo(fresh)
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
    const { title } = document
    const bell = ringer(context)
    // A meter of a stream that comes from elsewhere stays empty unless the stream hangs on an element as well.
    audio.srcObject = connection.heard[0]
    const said = meter(context, stream, part("#ik-hoor"))
    const heard = meter(context, connection.heard[0], part("#echo-hoor"))
    let begun = performance.now()
    let spoke = false
    // Said once for each microphone, and of the echo line alone: in a call it is the colleague who is heard.
    let isSaid = false
    const looking = setInterval(() => {
      const rings = part("[data-rings] b")?.textContent ?? ""
      bell(rings !== "")
      // Seen on the tab as well, by whoever looks at another, and said aloud.
      document.title = rings ? `☎ ${rings}` : title
      if (part("[data-call]").textContent !== rings) part("[data-call]").textContent = rings
      spoke = said.level() > SPEAKS || spoke
      const comesBack = heard.level() > SPEAKS
      if (isSaid || part("[data-speaks]")) return
      if (comesBack && spoke) {
        isSaid = true
        say(texts.heard)
      } else if (!spoke && performance.now() - begun > SILENT_AFTER_MS) say(texts.silent)
    }, 100)
    return {
      async listenTo(fresh) {
        try {
          await connection.replaceTrack(fresh.getAudioTracks()[0])
        } catch {
          silence(fresh)
          throw new NoSound("lost")
        }
        silence(stream)
        stream = fresh
        said.follow(fresh)
        begun = performance.now()
        spoke = isSaid = false
        say(texts.speak)
      },
      stop() {
        clearInterval(looking)
        if (panel.isConnected) document.title = title
        connection.close()
        silence(stream)
        audio.srcObject = null
        context.close()
      },
    }
  }
}

function meter(context, stream, element) {
  const analyser = context.createAnalyser()
  const samples = new Float32Array(analyser.fftSize)
  let source
  const follow = (stream) => {
    source?.disconnect()
    source = context.createMediaStreamSource(stream)
    source.connect(analyser)
  }
  follow(stream)
  return {
    follow,
    level() {
      analyser.getFloatTimeDomainData(samples)
      const level = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length)
      element.value = Math.min(1, level * 4)
      return level
    },
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
