// Shows the steps that the answers lead to and saves the answers as they are given. Any step can be opened at any
// time: what is left out comes back with "all steps". Without this module the answers go along with the outcome.
export function start(guide) {
  const tabs = [...guide.querySelectorAll("[data-tab]")]
  const all = guide.querySelector("[data-all-steps]")
  const { url, person, fence, version, unsaved } = guide.dataset

  // One pass, from front to back, as the rule has it.
  const update = () => {
    const given = new Set()
    const shown = []
    for (const tab of tabs) {
      const isWalked = !tab.dataset.after || given.has(tab.dataset.after)
      const isLeftOut = !isWalked && !all?.checked
      tab.toggleAttribute("data-left-out", isLeftOut)
      if (!isLeftOut) shown.push(tab)
      if (!isWalked) continue
      const body = guide.querySelector(`[data-body="${tab.dataset.step}"]`)
      for (const answer of body.querySelectorAll("[data-answer]:checked")) given.add(answer.dataset.answer)
    }
    for (const tab of tabs) {
      const next = shown.find((other) => Number(other.dataset.tab) > Number(tab.dataset.tab))
      const body = guide.querySelector(`[data-body="${tab.dataset.step}"]`)
      const ways = body.querySelector("[data-ways]")
      if (ways) ways.hidden = Boolean(next)
      const button = body.querySelector("[data-next]")
      if (!button) continue
      button.hidden = !next
      if (!next) continue
      button.htmlFor = `stap-${next.dataset.tab}`
      button.querySelector("span").textContent = next.dataset.to
    }
  }

  const AGAIN_MS = 4000
  let waiting
  const save = async () => {
    clearTimeout(waiting)
    const body = new URLSearchParams({ person, fence, lijn: version })
    for (const answer of guide.querySelectorAll("[data-answer]:checked")) body.append(answer.name, answer.value)
    const told = guide.querySelector("[data-guide-saved]")
    try {
      const saved = await fetch(url, { method: "POST", body })
      if (!saved.ok) throw new Error(String(saved.status))
      told.textContent = await saved.text()
    } catch {
      told.textContent = unsaved
      if (guide.isConnected) waiting = setTimeout(save, AGAIN_MS)
    }
  }

  guide.addEventListener("change", (event) => {
    if (event.target.matches("[data-all-steps], [data-answer]")) update()
    if (url && event.target.matches("[data-answer]")) save()
  })
  update()
}
