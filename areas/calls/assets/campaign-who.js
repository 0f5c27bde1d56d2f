// How many are meant by the conditions, and some of them, while they are filled in.
const WAITS_MS = 300

export function start(element) {
  const form = element.closest("form")
  let asked = 0
  let timer

  const ask = async () => {
    const mine = ++asked
    const fields = new URLSearchParams(new FormData(form))
    const answer = await fetch(`/campagnes/wie?${fields}`).catch(() => undefined)
    if (mine !== asked || !answer?.ok) return
    element.innerHTML = await answer.text()
  }

  form.addEventListener("input", (event) => {
    if (!element.parentElement.contains(event.target) && !["source", "ground"].includes(event.target.name)) return
    clearTimeout(timer)
    timer = setTimeout(ask, WAITS_MS)
  })
  ask()
}
