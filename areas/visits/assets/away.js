// The day on a telephone: takes the list along, opens it with a code, keeps reports until there is a signal.
//
// What lies in the vault, by name: `devices` (tokens), `device` (the one of this colleague), `lock`, `day` (sealed),
// `out:<visit>` (a report with its form, sealed, and whose it is; draft, ready, trying or refused) and `sent:<visit>` (that
// it was sent).
import { initTheme } from "./theme.js"
import { say } from "./say.js"
import * as vault from "./away-vault.js"
import * as office from "./away-office.js"
import { fill, isTouched, missing, read } from "./away-form.js"
import * as here from "./visit-here.js"

const SAVES_AFTER_MS = 400
const TRIES_AGAIN_MS = 60_000
const LOCKS_AFTER_MS = 10 * 60_000

const main = document.getElementById("inhoud")
const badge = document.getElementById("stand")
const texts = document.getElementById("teksten").dataset
const language = document.documentElement.lang

// Only while the list is open.
let key, day
// What is being saved, and how to save at once what waits for the fingers to rest.
let saving = Promise.resolve()
let flush = () => {}
let needsSession = false

const clock = (ms) => new Date(ms).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" })
const filled = (text, value) => text.replace("…", value)

function show(name) {
  main.replaceChildren(document.getElementById(name).content.cloneNode(true))
  scrollTo(0, 0)
}

function warn(form, text, session = false) {
  const note = form.querySelector("[role=alert]")
  note.hidden = false
  note.querySelector("span").textContent = text
  note.scrollIntoView({ block: "nearest" })
  form.querySelector("a[data-session]")?.toggleAttribute("hidden", !session)
}

function signal() {
  badge.textContent = navigator.onLine ? badge.dataset.online : badge.dataset.offline
  badge.className = navigator.onLine ? "badge badge--good" : "badge badge--warn"
}

async function begin() {
  initTheme()
  signal()
  if (!isSecureContext || !crypto.subtle || !("indexedDB" in window) || !("serviceWorker" in navigator)) return show("t-cannot")
  // Without it the page works, until it is closed where there is no signal.
  navigator.serviceWorker.register("/onderweg-wacht.js", { scope: "/onderweg" }).catch((error) => console.warn(error))
  addEventListener("hashchange", () => (flush(), saving.then(route).then(send)))
  addEventListener("online", () => (signal(), send()))
  addEventListener("offline", signal)
  document.addEventListener("visibilitychange", hidden)
  document.addEventListener("click", onlyWithSignal)
  setInterval(tick, TRIES_AGAIN_MS)
  if (await isGone()) return
  await route()
}

// A page of the office needs a signal; the browser's own error would hide the list.
function onlyWithSignal(event) {
  const link = event.target.closest("a[href^='/']")
  if (!link || navigator.onLine) return
  event.preventDefault()
  say(texts.unreachable)
}

// Asks the office what is to be emptied, and does it. Whether this colleague's part was among it.
async function isGone() {
  const devices = (await vault.get("devices")) ?? []
  if (!devices.length || !navigator.onLine) return false
  const { gone = [] } = await office.contact(devices)
  return gone.length > 0 && wipe(devices, gone)
}

// Only what is to go: on a telephone that is shared, a colleague's reports stay.
async function wipe(devices, gone) {
  const isOwn = gone.includes(await vault.get("device"))
  const left = devices.filter((device) => !gone.includes(device))
  for (const [visit, out] of await vault.all("out:")) if (gone.includes(out.device)) await vault.remove(`out:${visit}`)
  if (isOwn) {
    key = day = undefined
    const sent = (await vault.all("sent:")).map(([visit]) => `sent:${visit}`)
    await vault.remove("lock", "day", "device", ...sent)
  }
  await vault.put("devices", left)
  if (!left.length) {
    await vault.removeAll()
    for (const name of await caches.keys()) await caches.delete(name)
    for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister()
  }
  await office.contact(gone, true)
  if (isOwn) show("t-wiped")
  return isOwn
}

let hiddenAt = 0

function hidden() {
  if (document.hidden) {
    flush()
    hiddenAt = Date.now()
  } else if (key && Date.now() - hiddenAt > LOCKS_AFTER_MS) {
    saving.then(() => {
      key = day = undefined
      return route()
    })
  } else {
    tick()
  }
}

// The day is over, or reports wait.
async function tick() {
  const lock = await vault.get("lock")
  if (key && (!lock || Date.now() > lock.until)) {
    flush()
    await saving
    key = day = undefined
    return route()
  }
  return send()
}

async function route() {
  const lock = await vault.get("lock")
  if (!lock || Date.now() > lock.until) {
    key = day = undefined
    await vault.remove("lock", "day")
    return askTake()
  }
  if (!key) return askCode(lock)
  const id = /^#bezoek-(\d+)$/.exec(location.hash)?.[1]
  const visit = day.visits.find((visit) => visit.id === id)
  await (visit ? showVisit(visit) : showDay())
  const heading = main.querySelector("h1")
  heading?.focus({ preventScroll: true })
}

async function sayWaiting(form) {
  form.querySelector("[data-waiting]").hidden = !(await vault.all("out:")).some(([, out]) => out.state !== "draft")
}

async function askTake() {
  show("t-take")
  const form = document.getElementById("neem")
  await sayWaiting(form)
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    const said = form.querySelector("[role=alert] span").dataset
    const code = form.code1.value
    if (!/^\d{6,}$/.test(code) || /^(\d)\1*$/.test(code)) return warn(form, said.short)
    if (code !== form.code2.value) return warn(form, said.differs)
    const button = form.querySelector("button")
    button.disabled = true
    const devices = (await vault.get("devices")) ?? []
    const taken = await office.takeDay(devices, false)
    button.disabled = false
    if (taken.state === "gone") return isGone()
    if (taken.state === "session") return warn(form, said.session, true)
    if (taken.state !== "ok") return warn(form, said.offline)
    // Asked once; a browser that refuses may throw away what it keeps when its disk is full.
    navigator.storage?.persist?.()
    await take(code, devices, taken)
    location.hash = "#dag"
    await route()
    await send()
  })
  form.code1.focus()
}

// Puts the day under a new key, and what was kept under earlier ones with it.
async function take(code, devices, taken) {
  const fresh = await vault.keyOf(taken.key.secret)
  const lock = await vault.lock(code, taken.key.secret, Date.now() + taken.key_lasts_s * 1000)
  for (const { id, secret } of taken.old_keys) {
    const old = await vault.keyOf(secret)
    for (const [visit, out] of await vault.all("out:")) {
      if (out.keyId !== id) continue
      const report = await vault.open(old, out)
      await vault.put(`out:${visit}`, { ...out, keyId: taken.key.id, ...(await vault.seal(fresh, report)) })
    }
  }
  await vault.put("devices", [...new Set([...devices, taken.device])])
  await vault.put("device", taken.device)
  await vault.put("lock", { ...lock, keyId: taken.key.id })
  // From here on the day is open: not before the lock is there, or it would be shut again meanwhile.
  key = fresh
  await keepDay(taken)
}

// What was begun and is not in the new list any more stays until it is sent.
async function keepDay(taken) {
  const listed = new Set(taken.visits.map(({ id }) => id))
  const { keyId } = await vault.get("lock")
  const kept = []
  for (const [id, out] of await vault.all("out:")) {
    if (out.keyId !== keyId || listed.has(id)) continue
    const { place, html } = await vault.open(key, out)
    kept.push({ id, place, html })
  }
  for (const [visit] of await vault.all("sent:")) if (!listed.has(visit)) await vault.remove(`sent:${visit}`)
  day = { list: taken.list, visits: [...taken.visits, ...kept], kept: kept.map(({ id }) => id), ahead: taken.now - Date.now(), at: Date.now() }
  await vault.put("day", await vault.seal(key, day))
}

async function askCode(lock) {
  show("t-unlock")
  const form = document.getElementById("open")
  const until = form.querySelector("[data-until]")
  until.textContent = filled(until.dataset.until, new Date(lock.until).toLocaleString(language, { weekday: "long", hour: "2-digit", minute: "2-digit" }))
  await sayWaiting(form)
  const forget = async () => {
    await vault.remove("lock", "day")
    await route()
  }
  form.querySelector("[data-forgotten]").addEventListener("click", forget)
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    // Counted before it is tried, and as it stands now: neither closing the page nor a second one wins anything.
    const lock = await vault.get("lock")
    if (!lock) return route()
    lock.tries += 1
    await vault.put("lock", lock)
    const found = await vault.unlock(form.code.value, lock)
    if (!found && lock.tries >= vault.TRIES) return forget()
    form.code.value = ""
    if (!found) return warn(form, filled(form.querySelector("[role=alert] span").dataset.wrong, vault.TRIES - lock.tries))
    lock.tries = 0
    await vault.put("lock", lock)
    key = found
    day = await vault.open(key, await vault.get("day"))
    await route()
    await send()
  })
  form.code.focus()
}

async function showDay() {
  show("t-day")
  document.getElementById("lijst").innerHTML = day.list
  const list = document.querySelector("#lijst ol")
  for (const id of day.kept) {
    const item = list.appendChild(document.createElement("li"))
    const link = item.appendChild(document.createElement("b")).appendChild(document.createElement("a"))
    link.href = `#bezoek-${id}`
    link.textContent = day.visits.find((visit) => visit.id === id).place
    const state = item.appendChild(document.createElement("span"))
    state.className = "badge"
    state.dataset.state = id
  }
  main.querySelector("[data-refresh]").addEventListener("click", refresh)
  await showStates()
}

const TONES = { draft: "badge badge--line", ready: "badge badge--warn", trying: "badge badge--warn", refused: "badge badge--bad", sent: "badge badge--good" }

// The state of each report, and of the post.
async function showStates() {
  const states = new Map((await vault.all("sent:")).map(([visit]) => [visit, "sent"]))
  const { keyId } = (await vault.get("lock")) ?? {}
  let waiting = 0
  let refused = 0
  let others = false
  for (const [visit, out] of await vault.all("out:")) {
    states.set(visit, out.state)
    if (out.keyId !== keyId) others = true
    else if (out.state === "refused") refused += 1
    else if (out.state !== "draft") waiting += 1
  }
  for (const element of main.querySelectorAll("[data-state]")) {
    const state = states.get(element.dataset.state)
    element.hidden = !state
    element.className = TONES[state] ?? "badge"
    element.textContent = state ? texts[state === "trying" ? "ready" : state] : ""
  }
  const post = document.getElementById("post")
  if (!post) return
  const said = []
  if (waiting) said.push(filled(needsSession ? texts.session : texts.waits, waiting))
  if (refused) said.push(filled(texts.look, refused))
  if (!said.length) said.push(texts.none)
  said.push(filled(texts.fresh, clock(day.at)))
  if (others) said.push(texts.others)
  post.className = waiting || refused ? "note is-warn" : "note"
  post.querySelector("span").textContent = said.join(" ")
  post.querySelector("[data-session]").hidden = !(needsSession && waiting)
}

async function refresh() {
  const devices = await vault.get("devices")
  const taken = await office.takeDay(devices, true)
  if (taken.state === "gone") return isGone()
  needsSession = taken.state === "session"
  // Another colleague signed in on this telephone: she chooses a code of her own.
  if (taken.state === "ok" && taken.key) {
    await vault.remove("lock", "day")
    return route()
  }
  if (taken.state !== "ok") {
    await showStates()
    return say(texts.notFresh)
  }
  await keepDay(taken)
  await send()
  await route()
}

async function showVisit(visit) {
  const sent = await vault.get(`sent:${visit.id}`)
  const out = await vault.get(`out:${visit.id}`)
  if (sent) return showSent(visit, sent.text)
  main.innerHTML = visit.html
  scrollTo(0, 0)
  const form = main.querySelector("form")
  const nobody = main.querySelector("[data-nobody]")
  // A colleague's, under a key that is not here: neither read nor written over.
  const isOwn = !out || out.keyId === (await vault.get("lock")).keyId
  if (out && isOwn) {
    const report = await vault.open(key, out)
    fill(form, report.pairs)
    fill(nobody, report.pairs)
    if (report.wrong) warn(main, report.wrong)
    else if (out.state === "ready") warn(main, filled(texts.kept, clock(out.at)))
  }
  if (!isOwn) {
    for (const field of [...form.elements, ...nobody.elements]) field.disabled = true
    return warn(main, texts.others)
  }
  // What may have arrived is read and not changed any more: it would be there in two versions.
  if (out?.state === "trying") {
    for (const field of [...form.elements, ...nobody.elements]) field.disabled = true
    return warn(main, filled(texts.kept, clock(out.at)))
  }
  const place = form.querySelector("[data-module]")
  if (place) here.start(place)

  const keep = (state, pairs) => {
    saving = saving.then(() => keepReport(visit, state, pairs))
    return saving
  }
  let waiting
  const saveNow = () => {
    clearTimeout(waiting)
    flush = () => {}
    keep("draft", read(form))
  }
  form.addEventListener("input", () => {
    clearTimeout(waiting)
    waiting = setTimeout(saveNow, SAVES_AFTER_MS)
    flush = saveNow
  })
  const finish = async (pairs) => {
    clearTimeout(waiting)
    flush = () => {}
    if (!(await keep("ready", pairs))) return
    location.hash = "#dag"
    say(filled(texts.kept, clock(Date.now())))
    await send()
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    const lacks = missing(form, officeDay())
    if (lacks) {
      warn(main, main.querySelector("[data-wrong] span").dataset[lacks[0]])
      lacks[1]?.closest("details")?.setAttribute("open", "")
      return lacks[1]?.focus()
    }
    const pairs = read(form)
    if (!pairs.some(([name, value]) => name === "visited_on" && value)) pairs.push(["visited_on", officeDay()])
    finish(pairs)
  })
  let wasAsked = false
  nobody.addEventListener("submit", (event) => {
    event.preventDefault()
    const said = main.querySelector("[data-wrong] span").dataset
    if (!nobody.nobody.value) {
      warn(nobody, said.why)
      return nobody.nobody.focus()
    }
    // What was typed does not go along with it: said first, done when it is pressed again.
    if (isTouched(form) && !wasAsked) {
      wasAsked = true
      return warn(nobody, said.loses)
    }
    finish(read(nobody))
  })
}

// Today, as the office counts it.
const officeDay = () => new Date(Date.now() + day.ahead).toLocaleDateString("sv-SE", { timeZone: "Europe/Amsterdam" })

async function keepReport(visit, state, pairs) {
  try {
    const { keyId } = await vault.get("lock")
    const { id, place, html } = visit
    const sealed = await vault.seal(key, { pairs, place, html })
    await vault.put(`out:${id}`, { state, keyId, device: await vault.get("device"), at: Date.now(), ...sealed })
    return true
  } catch (error) {
    console.error(error)
    say(texts.full)
    return false
  }
}

function showSent(visit, text) {
  show("t-sent")
  main.querySelector("h1").textContent = visit.place
  main.querySelector("[role=status] span").textContent = text
  main.querySelector("[data-more]").href = `/bezoeken/${visit.id}`
}

let sending

// One at a time, in the order in which they were made; asked while it is underway, it looks once more.
function send() {
  sending = (sending ?? Promise.resolve()).then(sendAll).catch((error) => console.error(error))
  return sending
}

async function sendAll() {
  if (!key || !navigator.onLine) return showStates()
  const { keyId } = (await vault.get("lock")) ?? {}
  const waits = (await vault.all("out:")).filter(([, out]) => out.keyId === keyId && ["ready", "trying"].includes(out.state))
  if (!waits.length) return (await isGone()) || showStates()
  // Before anything leaves: whatever begins to be sent cannot be changed any more.
  const devices = await vault.get("devices")
  const { state, gone = [] } = await office.contact(devices)
  if (gone.length && (await wipe(devices, gone))) return
  if (state !== "ok") return showStates()
  for (const [visit, out] of waits.sort(([, a], [, b]) => a.at - b.at)) {
    // What lies open may still be changed; it leaves when the list is shown again.
    if (location.hash === `#bezoek-${visit}`) continue
    if (!(await sendOne(visit, out))) break
  }
  return showStates()
}

// Whether the next may follow.
async function sendOne(visit, found) {
  // It may have been corrected, or sent, while others were sent.
  const out = await vault.get(`out:${visit}`)
  if (!out || out.at !== found.at || out.state !== found.state) return true
  const report = await vault.open(key, out)
  await vault.put(`out:${visit}`, { ...out, state: "trying" })
  const said = await office.bringHome(await vault.get("device"), visit, report.pairs)
  needsSession = said.state === "session"
  if (said.state === "ok") {
    await vault.put(`sent:${visit}`, { text: said.text })
    await vault.remove(`out:${visit}`)
    say(said.text)
  } else if (said.state === "refused") {
    const wrong = said.text ?? texts.unread
    await vault.put(`out:${visit}`, { ...out, state: "refused", ...(await vault.seal(key, { ...report, wrong })) })
  } else if (said.state === "session") {
    await vault.put(`out:${visit}`, out)
  } else if (said.state === "gone") {
    await isGone()
  }
  // One report that the office cannot take keeps no other back.
  return ["ok", "refused", "broken"].includes(said.state)
}

begin()
