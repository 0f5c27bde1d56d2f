// Search as you type: a list of links under the field. The server decides what a text could mean.
const WAIT_MS = 80
let request, waiting

export function initSearch() {
  const field = document.getElementById("zoek")
  const list = document.getElementById("zoek-lijst")
  if (!field) return

  const close = () => {
    list.hidden = true
    field.setAttribute("aria-expanded", "false")
    field.removeAttribute("aria-activedescendant")
  }

  field.addEventListener("input", () => {
    clearTimeout(waiting)
    waiting = setTimeout(async () => {
      request?.abort()
      if (field.value.trim().length < 2) return close()
      request = new AbortController()
      try {
        const answer = await fetch(`/zoek?q=${encodeURIComponent(field.value)}`, { signal: request.signal })
        if (!answer.ok) return close()
        list.innerHTML = await answer.text()
        list.hidden = false
        field.setAttribute("aria-expanded", "true")
        field.removeAttribute("aria-activedescendant")
      } catch (error) {
        if (error.name !== "AbortError") close()
      }
    }, WAIT_MS)
  })

  field.addEventListener("keydown", (event) => {
    const options = [...list.querySelectorAll("[role=option]")]
    if (event.key === "Escape") return close()
    if (!options.length || list.hidden) return
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault()
      const here = options.findIndex((option) => option.ariaSelected === "true")
      const by = event.key === "ArrowDown" ? 1 : -1
      const next = options[(here + by + options.length) % options.length]
      for (const option of options) option.ariaSelected = String(option === next)
      field.setAttribute("aria-activedescendant", next.id)
      next.scrollIntoView({ block: "nearest" })
    } else if (event.key === "Enter") {
      const chosen = options.find((option) => option.ariaSelected === "true")
      if (!chosen) return
      event.preventDefault()
      close()
      chosen.click()
    }
  })

  document.addEventListener("click", (event) => {
    if (!event.target.closest(".top-search")) close()
  })
  document.addEventListener("wijland:page", close)
}
