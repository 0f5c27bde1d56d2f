// Entry point. Pages work without it; each module only adds comfort.
import { initTheme } from "./theme.js"
import { initKeys } from "./keys.js"
import { initShell } from "./shell.js"
import { initLive } from "./live.js"
import { initSearch } from "./search.js"
import "./timer.js"

initTheme()
initKeys()
initShell()
initLive()
initSearch()

// What an area adds is named in the page, so that a page without it loads nothing.
const load = () => {
  for (const element of document.querySelectorAll("[data-module]")) {
    import(`./${element.dataset.module}`)
  }
}
load()
document.addEventListener("wijland:page", load)
