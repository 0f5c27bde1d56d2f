// The keyboard of a working day. Single letters work outside text fields and can be switched off
// (WCAG 2.1.4); Esc first leaves the field. No Alt or Ctrl with a letter: browsers own those.
import { say } from "./say.js"

const KEY = "wijland-letters-uit"
// Whoever was typing a moment ago is still typing, even if the focus moved.
const AFTER_TYPING_MS = 800
let typedAt = -Infinity

const isText = (element) =>
  element.isContentEditable ||
  /^(TEXTAREA|SELECT)$/.test(element.tagName) ||
  (element.tagName === "INPUT" && !/^(checkbox|radio|button|submit|file|range)$/.test(element.type))

export function initKeys() {
  for (const box of document.querySelectorAll("[data-single-keys]")) {
    box.checked = !localStorage.getItem(KEY)
    box.addEventListener("change", () => {
      if (box.checked) localStorage.removeItem(KEY)
      else localStorage.setItem(KEY, "1")
    })
  }
  document.addEventListener("keydown", onKey)
}

function onKey(event) {
  const dialog = document.querySelector("dialog[open]")
  if (event.ctrlKey || event.metaKey) {
    if (event.key === "Enter") {
      const here = dialog ?? event.target.closest("form") ?? document
      here.querySelector(".btn--next")?.click()
    }
    return
  }
  if (event.altKey) return
  if (isText(event.target)) {
    if (event.key === "Escape" && !dialog) event.target.blur()
    else if (event.key.length === 1) typedAt = performance.now()
    return
  }
  if (dialog || event.repeat) return
  if (event.key === "Enter") return onEnter(event)
  if (localStorage.getItem(KEY) || performance.now() - typedAt < AFTER_TYPING_MS) return
  onLetter(event)
}

// Enter commits what is armed, else does the next step; a focused control keeps its own Enter.
function onEnter(event) {
  if (event.target.closest("a, button, summary, [role=option]")) return
  const armed = document.querySelector(".outcomes:has([name=outcome]:checked) [data-commit]")
  const next = armed ?? seen("enter")
  if (!next) {
    // A chosen answer belongs to the form of the outcome; Enter on it does not send one that nobody chose.
    if (event.target.matches("[type=radio], [type=checkbox]")) event.preventDefault()
    return
  }
  event.preventDefault()
  next.click()
}

function onLetter(event) {
  const key = event.key.toLowerCase()
  const menu = document.querySelector(".pop:popover-open")
  if (menu && /^[1-9]$/.test(key)) {
    menu.querySelectorAll("button, a")[Number(key) - 1]?.click()
    return
  }
  if (key === "/") return focus(event, document.getElementById("zoek"))
  if (key === "?") return document.getElementById("sneltoetsen")?.showModal()
  if (key === "n") return focus(event, document.querySelector("[data-note]"))
  if (key === "s") return document.querySelector('[popovertarget="kies-status"]')?.click()
  if (key === "j" || key === "l") return step(key === "j" ? 1 : -1)
  const hot = seen(key)
  if (!hot) return
  event.preventDefault()
  if (hot.matches(":disabled, [aria-disabled=true]")) {
    say(hot.title || document.getElementById("melding").dataset.cannot)
    return
  }
  hot.click()
  if (hot.matches("input")) hot.focus()
}

// The control of a key that is on the screen now.
function seen(key) {
  const found = [...document.querySelectorAll(`[data-hot="${CSS.escape(key)}"]`)]
  const isSeen = (element) => (element.closest("label") ?? element).checkVisibility()
  // Whoever rings comes before everything else that the same key does.
  const rings = found.find((element) => element.closest("[data-rings]"))
  if (rings) return rings
  // A number answers what was asked last: the reason of an armed outcome before the question of the guide.
  return /[1-9]/.test(key) ? found.findLast(isSeen) : found.find(isSeen)
}

function focus(event, element) {
  if (!element) return
  event.preventDefault()
  element.focus()
  // One goes on where one was.
  if (element.matches("textarea")) element.setSelectionRange(element.value.length, element.value.length)
}

// Through my own list, without wrapping.
function step(by) {
  const items = [...document.querySelectorAll(".work")]
  if (!items.length) return
  const here = items.indexOf(document.activeElement)
  const from = here >= 0 ? here : items.findIndex((item) => item.matches(".is-now"))
  items[Math.min(items.length - 1, Math.max(0, from + by))].focus()
}
