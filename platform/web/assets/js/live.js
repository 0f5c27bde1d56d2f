// Parts of a page that follow what colleagues do: data-part says where to ask, data-topics when.
//
// One stream per browser, shared by its tabs: HTTP/1.1 allows six connections. The tab that holds
// the lock listens and passes on; when it closes, the next one takes over.
import { isUnderway, replaceWith, visit } from "./shell.js"

const CHANNEL = "wijland-live"

export function initLive() {
  if (!document.getElementById("app")) return
  poll()
  document.addEventListener("wijland:page", poll)
  document.addEventListener("wijland:changed", (event) => refresh(event.detail))
  const channel = new BroadcastChannel(CHANNEL)
  channel.onmessage = (event) => refresh(event.data)
  const listen = () => {
    const source = new EventSource("/live")
    source.onmessage = (event) => {
      const topics = event.data.split(" ")
      channel.postMessage(topics)
      refresh(topics)
    }
    // Whatever happened while the connection was away has to be asked for.
    let opened = false
    source.onopen = () => {
      if (opened) refresh(["own", "team", "campaigns", "imports", "service", "sound"])
      opened = true
    }
    // Held until the tab closes.
    return new Promise(() => {})
  }
  // Without TLS, and not on this machine, a browser has no locks: then each tab listens by itself.
  if (navigator.locks) navigator.locks.request(CHANNEL, listen)
  else listen()
}

// What has no topic of its own asks by itself while it runs: data-every, until data-until-gone is gone.
function poll() {
  for (const element of document.querySelectorAll("[data-every]")) {
    if (element.dataset.polling) continue
    element.dataset.polling = "1"
    const ticking = setInterval(async () => {
      if (!element.isConnected) return clearInterval(ticking)
      await ask(element)
      if (element.querySelector(element.dataset.untilGone)) return
      clearInterval(ticking)
      visit(location.href, {}, false)
    }, Number(element.dataset.every))
  }
}

function refresh(topics) {
  for (const element of document.querySelectorAll("[data-part]")) {
    if (element.dataset.topics.split(" ").some((topic) => topics.includes(topic))) ask(element)
  }
}

const asking = new WeakMap()
const IN_USE_MS = 300

// Nothing changes under somebody's hands or before the page that it belongs to: what has a menu open or a
// field with focus waits, and so does everything while a page is on its way.
function isInUse(element) {
  const inField = element.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")
  return isUnderway() || inField || element.querySelector(":popover-open, dialog[open]") !== null
}

async function ask(element) {
  if (isInUse(element)) {
    setTimeout(() => element.isConnected && ask(element), IN_USE_MS)
    return
  }
  asking.get(element)?.abort()
  const request = new AbortController()
  asking.set(element, request)
  try {
    const answer = await fetch(element.dataset.part, { signal: request.signal })
    if (!answer.ok) return
    const focused = element.contains(document.activeElement) ? document.activeElement.id : ""
    replaceWith(element, await answer.text())
    if (focused) document.getElementById(focused)?.focus()
  } catch (error) {
    // The stream reconnects by itself and asks again then.
    if (error.name !== "AbortError" && error.name !== "TypeError") throw error
  }
}
