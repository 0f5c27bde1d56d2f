// Entry point. Pages work without it; each module only adds comfort.
import { initTheme } from "./theme.js"
import { initKeys } from "./keys.js"
import { initShell } from "./shell.js"
import { initLive } from "./live.js"
import { initSearch } from "./search.js"
import "./timer.js"

document.documentElement.classList.add("has-script")
initTheme()
initKeys()
initShell()
initLive()
initSearch()

// What an area adds is named in the page, so that a page without it loads nothing: data-module="call-note.js"
// is started with the element that names it, once for each element.
const started = new WeakSet()

async function start() {
  for (const element of document.querySelectorAll("[data-module]")) {
    if (started.has(element)) continue
    started.add(element)
    const module = await import(`./${element.dataset.module}`)
    module.start(element)
  }
}
start()
document.addEventListener("wijland:page", start)
