// Shows while somebody types who may already be there, whether a number is right and what it costs. The server is the only one who
// knows; without this module the same is said when the form is sent.
const AFTER_TYPING_MS = 250

export function start(form) {
  let waiting, request

  const glance = async () => {
    request?.abort()
    request = new AbortController()
    try {
      const answer = await fetch(form.dataset.glance, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        signal: request.signal,
      })
      if (!answer.ok) return
      const page = new DOMParser().parseFromString(await answer.text(), "text/html")
      for (const part of form.querySelectorAll("[data-follows]")) {
        const fresh = page.getElementById(part.id)
        if (!fresh || fresh.innerHTML === part.innerHTML) continue
        // What is typed in a part that asks more stays, and the focus in it.
        const focused = part.contains(document.activeElement) ? document.activeElement.id : ""
        const opened = [...part.querySelectorAll("details")].map((fold) => fold.open)
        part.replaceChildren(...fresh.childNodes)
        part.querySelectorAll("details").forEach((fold, nr) => (fold.open = opened[nr] ?? false))
        const field = focused && document.getElementById(focused)
        if (field) {
          field.focus()
          field.setSelectionRange?.(field.value.length, field.value.length)
        }
      }
    } catch (error) {
      if (error.name !== "AbortError") throw error
    }
  }

  // Masked once it was entered; it comes back to whoever goes on typing.
  const iban = form.querySelector("#iban")
  const mask = () => iban.type = document.activeElement !== iban && iban.value && form.querySelector("#iban-s .ok") ? "password" : "text"
  iban?.addEventListener("focus", mask)
  iban?.addEventListener("blur", () => glance().then(mask))

  form.addEventListener("input", (event) => {
    // What is typed over is no longer what we knew.
    event.target.classList.remove("is-known")
    clearTimeout(waiting)
    waiting = setTimeout(glance, AFTER_TYPING_MS)
  })
  // Enter in a field goes on to the next one: only Ctrl+Enter, or the button itself, makes somebody a member.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.target.closest("a, button, summary, textarea")) return
    event.preventDefault()
    const fields = [...form.querySelectorAll("input:not([type=hidden]), select, button")].filter((field) => field.checkVisibility())
    fields[fields.indexOf(event.target) + 1]?.focus()
  })
}
