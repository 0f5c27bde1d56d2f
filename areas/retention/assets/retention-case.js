// A reason shows at once what works for it; a letter arms an outcome, Enter commits it. What an outcome asks besides
// comes into sight with it.
export function start(form) {
  const armed = form.querySelector("[data-armed]")
  const commit = form.querySelector("[data-commit]")
  const show = form.querySelector("button[value=toon]")
  const more = form.querySelectorAll(".case-more")

  const chosen = () => form.querySelector("input[name=uitkomst]:checked")

  const arm = () => {
    const button = chosen()
    const words = button?.closest("label").querySelector("span").textContent
    armed.textContent = words ? `${commit.dataset.label}: ${words}` : commit.dataset.label
    for (const part of more) part.hidden = !part.dataset.for.split(" ").includes(button?.value)
  }

  form.addEventListener("change", (event) => {
    const { name } = event.target
    if (name === "uitkomst") arm()
    else if (["reden", "reden2", "arg", "geen_aanbod"].includes(name)) form.requestSubmit(show)
  })
  // Enter in a field, or on what is armed, decides only when something is armed.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName === "TEXTAREA" || event.target.closest("a, button")) return
    event.preventDefault()
    form.requestSubmit(chosen() ? commit : show)
  })
  arm()
}
