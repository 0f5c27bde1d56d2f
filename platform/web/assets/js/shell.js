// Pages change inside <main>; rail, top bar and telephone stay, so that a call survives every click.
//
// Links and forms are ordinary ones: without this module each is a plain page load. An element with
// data-full, another origin, a download or a modifier key is left to the browser.
import { loadModules, startModules } from "./modules.js"
import { say } from "./say.js"

let request

export function initShell() {
  history.replaceState({ shell: true }, "")
  document.addEventListener("click", onClick)
  document.addEventListener("submit", onSubmit)
  document.addEventListener("click", (event) => event.target.closest("[data-print]") && print())
  window.addEventListener("popstate", () => visit(location.href, {}, false))
  settle()
}

function onClick(event) {
  const link = event.target.closest("a[href]")
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return
  if (link.target || link.hasAttribute("download") || "full" in link.dataset) return
  const url = new URL(link.href)
  if (url.origin !== location.origin || !/^https?:$/.test(url.protocol)) return
  if (url.pathname === location.pathname && url.search === location.search && url.hash) return
  event.preventDefault()
  visit(url)
}

function onSubmit(event) {
  const form = event.target
  if (event.defaultPrevented || form.method === "dialog" || "full" in form.dataset) return
  event.preventDefault()
  const fields = new FormData(form, event.submitter)
  const url = new URL(event.submitter?.getAttribute("formaction") ?? form.action, document.baseURI)
  form.closest("dialog")?.close()
  if (form.method === "get") {
    url.search = new URLSearchParams(fields)
    return visit(url)
  }
  const body = form.enctype === "multipart/form-data" ? fields : new URLSearchParams(fields)
  // A second click on the same button sends nothing twice.
  const button = event.submitter
  if ("quiet" in form.dataset) return quietly(url, body, form)
  button?.setAttribute("aria-busy", "true")
  if (button) button.disabled = true
  visit(url, { method: "POST", body }).finally(() => {
    button?.removeAttribute("aria-busy")
    if (button) button.disabled = false
  })
}

// A choice that changes only parts of the shell: what is being typed in the page stays.
async function quietly(url, body, form) {
  form.closest("[popover]")?.hidePopover()
  try {
    const answer = await fetch(url, { method: "POST", body, redirect: "manual" })
    if (answer.type !== "opaqueredirect" && !answer.ok) throw new Error(String(answer.status))
    document.dispatchEvent(new CustomEvent("wijland:changed", { detail: ["own", "team"] }))
  } catch {
    say(document.getElementById("melding").dataset.offline)
  }
}

// While a page is on its way, its parts are: one that comes alone would not fit the page that is still there.
let underway = 0
export const isUnderway = () => underway > 0

export async function visit(url, options = {}, push = true) {
  underway += 1
  try {
    await load(url, options, push)
  } finally {
    underway -= 1
  }
}

async function load(url, options, push) {
  request?.abort()
  request = new AbortController()
  const texts = document.getElementById("melding").dataset
  const { signal } = request
  let answer, page
  try {
    answer = await fetch(url, { ...options, signal, headers: { accept: "text/html" } })
    page = new DOMParser().parseFromString(await answer.text(), "text/html")
    await loadModules(page)
    if (signal.aborted) return
  } catch (error) {
    if (error.name !== "AbortError") say(texts.offline)
    return
  }
  const main = page.getElementById("inhoud")
  const isShell = page.getElementById("app")
  if (!isShell || page.documentElement.dataset.version !== document.documentElement.dataset.version) {
    // Another frame: signed out, or a new version of the program. An error keeps what was typed.
    if (options.method === "POST" && answer.status >= 500) say(texts.broken)
    else if (options.method === "POST" && !answer.redirected) say(page.querySelector("h1")?.textContent ?? texts.broken)
    else location.assign(answer.url)
    return
  }
  if (push && answer.url !== location.href) history.pushState({ shell: true }, "", answer.url)
  swap(page, main)
}

function swap(page, main) {
  document.title = page.title
  document.getElementById("app").className = page.getElementById("app").className
  for (const id of ["place", "rail", "rail-end", "demo-clock", "klok", "dag", "status", "collegas"]) replaceInside(id, page)
  // The telephone is only touched when something about it changed: its timer goes on.
  replaceInside("telefoon", page)
  const old = document.getElementById("inhoud")
  old.replaceWith(document.adoptNode(main))
  scrollTo(0, 0)
  settle()
  // First the page that goes, then the one that comes: a module of this one must not keep the last from ending.
  document.dispatchEvent(new Event("wijland:page"))
  startModules()
}

// What the server rendered last, by element: the page itself may have changed since (a timer counts).
const rendered = new Map()

export function replaceInside(id, page) {
  const here = document.getElementById(id)
  const there = page.getElementById(id)
  if (here && there) replaceWith(here, there.innerHTML)
}

export function replaceWith(element, text) {
  const key = element.id
  // As a browser writes it: what the server sent and what a page holds are compared like with like.
  const fresh = document.createElement("template")
  fresh.innerHTML = text
  const html = fresh.innerHTML
  const before = rendered.get(key) ?? element.innerHTML
  // How long a call lasts is no news.
  const comparable = (text) => text.replace(/<call-timer[^>]*>[^<]*/g, "").trim()
  if (comparable(before) === comparable(html)) return
  rendered.set(key, html)
  element.innerHTML = html
}

// Focus goes where reading begins, or to the field that the page wants filled first.
function settle() {
  const first = document.querySelector("#inhoud [autofocus]")
  if (first) {
    first.focus()
  } else {
    const heading = document.querySelector("#inhoud h1")
    if (heading && document.activeElement === document.body) {
      heading.tabIndex = -1
      heading.focus({ preventScroll: true })
    }
  }
  // Of months that do not fit the screen the latest are seen first.
  for (const months of document.querySelectorAll("#inhoud [data-at-end]")) months.scrollLeft = months.scrollWidth
  const notice = document.querySelector("#inhoud [data-notice]")
  if (notice) say(notice.dataset.notice)
}
