// Saves the note while it is typed. What could not be saved is tried again; the words stay on screen, and
// on this device until the server has them: a crash of either loses nothing.
const AFTER_MS = 1000
const AGAIN_MS = 4000

export function start(field) {
  const saved = document.querySelector("[data-saved]")
  const { url, person, fence } = field.dataset
  const kept = `wijland-notitie-${person}-${fence}`
  let waiting

  const save = async () => {
    waiting = undefined
    const note = field.value
    try {
      const answer = await fetch(url, { method: "POST", body: new URLSearchParams({ person, fence, note }) })
      if (!answer.ok) throw new Error(String(answer.status))
      if (field.value === note) sessionStorage.removeItem(kept)
      saved.textContent = await answer.text()
    } catch {
      saved.textContent = field.dataset.unsaved
      if (field.isConnected) waiting ??= setTimeout(save, AGAIN_MS)
    }
  }

  const unsaved = sessionStorage.getItem(kept)
  if (unsaved !== null && unsaved !== field.value) {
    field.value = unsaved
    save()
  }
  field.addEventListener("input", () => {
    sessionStorage.setItem(kept, field.value)
    clearTimeout(waiting)
    waiting = setTimeout(save, AFTER_MS)
  })
  field.addEventListener("blur", () => {
    if (waiting === undefined) return
    clearTimeout(waiting)
    save()
  })
}
