// The browser as a telephone, from sign-in on, whatever page is open: one connection in one tab, made again when it is lost.
import { NoSound, connect, microphone } from "./telephone-connection.js"
import { lookForBankData, start as watchForBankData } from "./telephone-bank.js"
import { bell, earpiece } from "./telephone-sounds.js"
import { say } from "./say.js"
import { visit } from "./shell.js"

// What this browser remembers.
const [WANTED, MICROPHONE, SPEAKER] = ["wijland-telephone", "wijland-microphone", "wijland-speaker"]
const AGAIN_AFTER_MS = 1_000
const LOOKS_EVERY_MS = 5_000
// Share of packets that did not come, and their unevenness in seconds, from which on a call is worse than it should be.
const WEAK = { loss: 0.03, jitter: 0.03 }
const BAD = { loss: 0.08, jitter: 0.08 }

let stream, connection, ear, ring
let release
let isMuted = false
// off, connecting, on, elsewhere, or what went wrong.
let state = "off"
let wrong = ""
let quality = ""
let received

const here = () => document.querySelector("#telefoon .phone")
const text = (name) => here()?.dataset[name] ?? ""
const silence = (stream) => stream?.getTracks().forEach((track) => track.stop())

// A page with a telephone is there: the first begins, the others find it.
export function start() {
  if (ring) return
  ring = bell()
  ear = earpiece()
  const chosen = localStorage.getItem(SPEAKER)
  if (chosen) ear.through(chosen).catch(() => localStorage.removeItem(SPEAKER))
  document.addEventListener("click", onClick)
  document.addEventListener("submit", onSubmit, { capture: true })
  document.addEventListener("keydown", touched)
  new MutationObserver(paint).observe(document.getElementById("telefoon"), { childList: true })
  // On in one tab is on in all: the next takes over when this one closes.
  window.addEventListener("storage", (event) => {
    if (event.key !== WANTED) return
    if (event.newValue) turnOn()
    else turnOff()
  })
  window.addEventListener("focus", uses)
  window.addEventListener("pagehide", () => connection?.close())
  setInterval(measure, LOOKS_EVERY_MS)
  watchForBankData()
  if (localStorage.getItem(WANTED)) turnOn()
  paint()
}

export const telephone = {
  get isOn() {
    return state === "on"
  },
  get stream() {
    return stream
  },
  get heard() {
    return connection?.heard[0]
  },
  turnOn,
  // Resolves when it is on, or with what stands in the way.
  async ready() {
    turnOn()
    await until(() => !["off", "connecting"].includes(state))
    if (state !== "on") throw new NoSound("", stateText())
  },
  echo: (isOn) => connection?.echo(isOn),
  canChooseSpeaker: () => ear.canChoose,
  async speaker(deviceId) {
    localStorage.setItem(SPEAKER, deviceId)
    await ear.through(deviceId)
  },
  async microphone(deviceId) {
    localStorage.setItem(MICROPHONE, deviceId)
    await listenTo(await microphone(deviceId))
  },
}

function turnOn() {
  if (release) return
  localStorage.setItem(WANTED, "on")
  become("connecting")
  if (Notification?.permission === "default" && navigator.userActivation?.isActive) Notification.requestPermission()
  const off = new Promise((resolve) => (release = resolve))
  const hold = async (lock) => {
    if (!release) return
    if (!lock) {
      become("elsewhere")
      return navigator.locks.request(WANTED, hold)
    }
    await Promise.race([open(), off])
    await off
  }
  // Without TLS, and not on this machine, a browser has neither locks nor a microphone.
  if (navigator.locks) navigator.locks.request(WANTED, { ifAvailable: true }, hold)
  else open()
}

function turnOff(why = "") {
  localStorage.removeItem(WANTED)
  release?.()
  release = undefined
  close()
  become(why ? "wrong" : "off", why)
}

function close() {
  const closed = connection?.close()
  connection = undefined
  silence(stream)
  stream = undefined
  isMuted = false
  ear.hear([])
  return closed
}

async function open() {
  become("connecting")
  const mine = release
  const isOver = () => mine !== release
  try {
    const fresh = await microphone(localStorage.getItem(MICROPHONE))
    if (isOver()) return silence(fresh)
    follow(fresh)
    await join(isOver)
  } catch (error) {
    if (isOver()) return
    if (!(error instanceof NoSound)) throw error
    turnOff(error.words || text(error.text))
  }
}

// Connects, and connects again as long as it is wanted: the call goes on where it was.
async function join(isOver) {
  for (let isFirst = true; !isOver(); isFirst = false) {
    try {
      const fresh = await connect(stream, {
        onLost: async () => {
          if (isOver() || connection !== fresh) return
          become("wrong", text("lost"))
          await fresh.close()
          join(isOver)
        },
      })
      if (isOver()) return fresh.close()
      connection = fresh
      mute(isMuted)
      become("on")
      if (!(await ear.hear(connection.heard)) && connection === fresh) become("wrong", text("touch"))
      return
    } catch (error) {
      // What never worked is said; what worked before comes back with the network.
      if (isFirst && !connection) throw error
      await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS))
    }
  }
}

function follow(fresh) {
  const before = stream
  stream = fresh
  if (before !== fresh) silence(before)
  const [track] = fresh.getAudioTracks()
  track.addEventListener("ended", async () => {
    if (stream !== fresh) return
    say(text("gone"))
    try {
      await listenTo(await microphone())
    } catch {
      become("wrong", text("gone"))
    }
  })
}

async function listenTo(fresh) {
  if (!connection) return silence(fresh)
  await connection.replaceTrack(fresh.getAudioTracks()[0])
  follow(fresh)
  mute(isMuted)
  become("on")
}

function mute(on) {
  isMuted = on
  stream?.getAudioTracks().forEach((track) => (track.enabled = !on))
  paint()
}

// Where it rings on several devices, it is answered on the one that is used.
async function uses() {
  if (here()?.hasAttribute("data-several")) await connection?.uses()
}

// A browser that would not sound by itself does so now.
async function touched() {
  if (connection && wrong === text("touch") && (await ear.play())) become("on")
}

function become(now, why = "") {
  state = now
  wrong = why
  paint()
}

function stateText() {
  if (state === "wrong") return wrong
  return { connecting: text("connecting"), on: isMuted ? text("muted") : text("on"), elsewhere: text("elsewhere") }[state] ?? ""
}

// The server writes what goes on; what only this browser knows is written into it.
function paint() {
  const phone = here()
  if (!phone) return
  const inCall = phone.querySelector(".keys") !== null
  if (isMuted && !inCall) return mute(false)
  put(phone.querySelector("[data-state]"), stateText())
  const isOn = ["on", "connecting", "elsewhere"].includes(state)
  show(phone.querySelector("[data-telephone=on]"), !isOn)
  show(phone.querySelector("[data-telephone=off]"), isOn && !inCall)
  phone.querySelector("[data-telephone=mute]")?.setAttribute("aria-pressed", String(isMuted))
  const light = phone.querySelector("[data-quality]")
  show(light, inCall && quality !== "")
  put(light, text(quality))
  announce(phone.querySelector("[data-who]")?.dataset.who ?? "")
}

function show(element, isShown) {
  if (element && element.hidden === isShown) element.hidden = !isShown
}

function put(element, words) {
  if (element && element.textContent !== words) element.textContent = words
}

let announced = ""
let notification
// Seen on the tab and beside it by whoever looks elsewhere, and heard.
function announce(who) {
  ring(who !== "" && state === "on")
  if (who === announced) return
  if (announced) document.title = document.title.replace(/^☎ .*? · /, "")
  announced = who
  notification?.close()
  notification = undefined
  if (!who) return
  document.title = `☎ ${who} · ${document.title}`
  if (!document.hidden || globalThis.Notification?.permission !== "granted") return
  notification = new Notification(document.querySelector("#telefoon [data-who]").textContent)
  notification.onclick = () => window.focus()
}

async function measure() {
  // A field that went with its page says nothing.
  lookForBankData()
  if (!connection || !here()?.querySelector(".keys")) {
    received = undefined
    quality = ""
    return
  }
  for (const found of (await connection.statistics()).values()) {
    if (found.type !== "inbound-rtp") continue
    const now = { came: found.packetsReceived, lost: found.packetsLost }
    const [came, lost] = [now.came - (received?.came ?? now.came), now.lost - (received?.lost ?? now.lost)]
    received = now
    if (came + lost === 0) continue
    const loss = lost / (came + lost)
    const is = (limit) => loss > limit.loss || found.jitter > limit.jitter
    quality = is(BAD) ? "bad" : is(WEAK) ? "weak" : "good"
  }
  paint()
}

async function onClick(event) {
  touched()
  const button = event.target.closest("button[data-telephone], button[data-post]")
  if (!button) return
  if (button.dataset.post) return post(button, button.dataset.post)
  const { telephone: what, key } = button.dataset
  if (what === "on") turnOn()
  else if (what === "off") turnOff()
  else if (what === "mute") mute(!isMuted)
  else if (what === "key") connection?.press(key)
}

function onSubmit(event) {
  const { post: path } = event.target.dataset
  if (!path) return
  event.preventDefault()
  event.stopPropagation()
  post(event.target, path, new URLSearchParams(new FormData(event.target)))
}

async function post(element, path, body) {
  const refused = () => here()?.querySelector("[data-refused]")
  put(refused(), "")
  const { then } = element.dataset
  element.closest("[popover]")?.hidePopover()
  let words
  try {
    await uses()
    const answer = await fetch(path, { method: "POST", body })
    if (answer.status === 409) words = await answer.text()
    else if (answer.ok && then) await visit(new URL(then, location.href))
  } catch {
    words = document.getElementById("melding").dataset.offline
  }
  document.dispatchEvent(new CustomEvent("wijland:changed", { detail: ["own", "sound"] }))
  if (!words) return
  put(refused(), words)
  say(words)
}

const until = (isSo) =>
  new Promise((resolve) => {
    const looking = setInterval(() => {
      if (!isSo()) return
      clearInterval(looking)
      resolve()
    }, 50)
  })
