// Saves the note while it is typed. What could not be saved is tried again; the words stay on screen.
const AFTER_MS = 1000
const AGAIN_MS = 4000

for (const field of document.querySelectorAll("textarea[data-note]")) {
  if (field.dataset.ready) continue
  field.dataset.ready = "1"
  const saved = document.querySelector("[data-saved]")
  let waiting

  const save = async () => {
    const { url, person, fence } = field.dataset
    try {
      const body = new URLSearchParams({ person, fence, note: field.value })
      const answer = await fetch(url, { method: "POST", body })
      if (!answer.ok) throw new Error(String(answer.status))
      saved.textContent = await answer.text()
    } catch {
      saved.textContent = field.dataset.unsaved
      if (field.isConnected) waiting = setTimeout(save, AGAIN_MS)
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(waiting)
    waiting = setTimeout(save, AFTER_MS)
  })
  field.addEventListener("blur", () => {
    if (!waiting) return
    clearTimeout(waiting)
    waiting = undefined
    save()
  })
}
