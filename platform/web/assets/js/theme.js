// Light, dark, or as the system has it. The choice belongs to the device.
const KEY = "wijland-thema"

export function initTheme() {
  const root = document.documentElement
  const stored = localStorage.getItem(KEY)
  if (stored) root.dataset.theme = stored
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"
    const theme = (root.dataset.theme ?? system) === "dark" ? "light" : "dark"
    root.dataset.theme = theme
    localStorage.setItem(KEY, theme)
  })
}
