// The echo line: says at each moment what happens, what is wrong and what to do about it.
import { NoSound } from "./telephone-connection.js"
import { meter } from "./telephone-sounds.js"
import { start as startTelephone, telephone } from "./telephone.js"

const SPEAKS = 0.02
const SILENT_AFTER_MS = 6_000

export function start(panel) {
  startTelephone()
  const texts = panel.dataset
  const part = (css) => panel.querySelector(css)
  const [begin, stop] = ["[data-begin]", "[data-stop]"].map(part)
  const [mic, speaker] = ["#microfoon", "#luidspreker"].map(part)
  const during = panel.querySelectorAll("[data-while]")
  const left = new AbortController()
  // What is under way belongs to one press of Begin; a later one, or Stop, makes it void.
  let attempt = 0
  let test

  const show = (isOn) => during.forEach((part) => (part.hidden = !isOn))
  const say = (text) => {
    const at = part("#geluid-stand")
    if (at.textContent !== text) at.textContent = text
  }
  const sayWrong = (error) => {
    if (!(error instanceof NoSound)) throw error
    say(error.words)
  }
  const end = (text) => {
    const wasHere = panel.contains(document.activeElement)
    attempt += 1
    test?.stop()
    test = undefined
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
    try {
      await telephone.ready()
      if (isOver()) return
      test = listen()
      await telephone.echo(true)
      await list()
      if (isOver()) return
      show(true)
      say(texts.speak)
    } catch (error) {
      if (isOver()) return
      end("")
      sayWrong(error)
    }
  })
  stop.addEventListener("click", () => end(texts.stopped))
  // The page goes, and the test with it; the telephone stays on.
  document.addEventListener(
    "wijland:page",
    () => {
      if (panel.isConnected) return
      attempt += 1
      test?.stop()
      left.abort()
    },
    { signal: left.signal },
  )

  mic.addEventListener("change", async () => {
    try {
      await telephone.microphone(mic.value)
      test?.again()
    } catch (error) {
      sayWrong(error)
    }
  })
  speaker.addEventListener("change", () => telephone.speaker(speaker.value))

  async function list() {
    const devices = await navigator.mediaDevices.enumerateDevices()
    const fill = (select, kind) => {
      const found = devices.filter((device) => device.kind === kind)
      select.replaceChildren(...found.map((device) => new Option(device.label || device.deviceId, device.deviceId)))
      select.closest(".field").hidden = !found.length
    }
    fill(mic, "audioinput")
    fill(speaker, "audiooutput")
    speaker.closest(".field").hidden ||= !telephone.canChooseSpeaker()
  }

  function listen() {
    const context = new AudioContext()
    const said = meter(context, telephone.stream, part("#ik-hoor"))
    const heard = meter(context, telephone.heard, part("#echo-hoor"))
    let begun = performance.now()
    let spoke = false
    // Said once for each microphone.
    let isSaid = false
    const looking = setInterval(() => {
      spoke = said.level() > SPEAKS || spoke
      const comesBack = heard.level() > SPEAKS
      if (isSaid) return
      if (comesBack && spoke) {
        isSaid = true
        say(texts.heard)
      } else if (!spoke && performance.now() - begun > SILENT_AFTER_MS) say(texts.silent)
    }, 100)
    return {
      again() {
        said.follow(telephone.stream)
        begun = performance.now()
        spoke = isSaid = false
        say(texts.speak)
      },
      stop() {
        clearInterval(looking)
        telephone.echo(false)?.catch(() => {})
        context.close()
      },
    }
  }
}
