// One polite live region for every short message; also seen, for a while.
let hide

export function say(text) {
  const box = document.getElementById("melding")
  if (!box || !text) return
  box.className = "toast"
  box.textContent = text
  clearTimeout(hide)
  hide = setTimeout(() => {
    box.className = "vh"
    box.textContent = ""
  }, 6000)
}
