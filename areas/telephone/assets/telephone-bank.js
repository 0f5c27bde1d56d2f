// Bank data in front of the agent is not recorded: while a field that is marked so has the focus, the server is told, and again when it is left.

let isOn = false
let said = Promise.resolve()

// It keeps the focus while another window has it for a moment: the account number may be read out all the same.
const hasFocus = () => Boolean(document.activeElement?.closest("[data-bank]"))

// Looks, and says so if it changed; in order, because the last word counts.
export function lookForBankData() {
  const now = hasFocus()
  if (now === isOn) return
  isOn = now
  const path = `/telefoon/opname/bankgegevens${now ? "" : "/klaar"}`
  said = said.then(() => fetch(path, { method: "POST", keepalive: true })).catch(() => {
    // It is said again with the next look.
    isOn = !now
  })
}

export function start() {
  document.addEventListener("focusin", lookForBankData)
  document.addEventListener("focusout", () => {
    // What gets the focus instead has it a moment later.
    setTimeout(lookForBankData)
  })
  window.addEventListener("pagehide", () => {
    if (isOn) navigator.sendBeacon("/telefoon/opname/bankgegevens/klaar")
  })
  lookForBankData()
}
