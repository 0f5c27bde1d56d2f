// Entry point. Pages work without it; each module only adds comfort.
import { initTheme } from "./theme.js"
import { initKeys } from "./keys.js"
import { initShell } from "./shell.js"
import { initLive } from "./live.js"
import { initSearch } from "./search.js"
import { loadModules, startModules } from "./modules.js"
import "./timer.js"

document.documentElement.classList.add("has-script")
initTheme()
initKeys()
initShell()
initLive()
initSearch()
await loadModules(document)
startModules()
document.documentElement.dataset.ready = ""
