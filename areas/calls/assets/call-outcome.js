// A letter arms an outcome, Enter commits it. A callback asks when and who first.
export function start(form) {
  const dialog = form.querySelector("#terugbellen")
  const armed = form.querySelector("[data-armed]")
  const commit = form.querySelector("[data-commit]")

  const chosen = () => form.querySelector("input[name=outcome]:checked")

  // What a reason changes stands in the place of what usually follows.
  const follows = () => {
    const button = chosen()
    const line = button && form.querySelector(`#volgt-${CSS.escape(button.value)}`)
    if (!line) return
    line.dataset.usual ??= line.textContent
    const reason = form.querySelector(`input[name="reden-${button.value}"]:checked`)
    line.textContent = reason?.dataset.follows || line.dataset.usual
  }

  const more = form.querySelector(".more-outcomes")
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && more?.open) more.open = false
  })

  const show = () => {
    follows()
    const button = chosen()
    const label = button?.closest("label").querySelector("span").textContent
    const why = form.querySelector(`input[name="reden-${button?.value}"]:checked`)?.dataset.says
    const words = [label, why].filter(Boolean).join(", ")
    armed.textContent = words ? `${commit.dataset.label}: ${words}` : commit.dataset.label
  }

  const open = () => {
    if (dialog.open) return
    dialog.showModal()
    dialog.querySelector("[data-first]").focus()
    says()
  }

  const close = () => {
    dialog.close()
    const callback = form.querySelector("input[value=callback]")
    callback.checked = false
    callback.focus()
    show()
  }

  const says = () => {
    const day = form.querySelector("input[name=day]:checked")
    form.querySelector("[data-says-here]").textContent = day?.dataset.says ?? ""
    watchOut()
  }

  // What is worth knowing before it is promised: the roster, how full that hour is, the hours for calling.
  let asked = 0
  const warning = form.querySelector("[data-watch-out]")
  const watchOut = async () => {
    const mine = ++asked
    // No words of a person in an address.
    const typed = new FormData(form)
    const fields = new URLSearchParams()
    for (const name of ["day", "date", "time", "owner", "colleague"]) fields.set(name, typed.get(name) ?? "")
    if (typed.get("words")) fields.set("words", "ja")
    const answer = await fetch(`/terugbellen/let-op?${fields}`).catch(() => undefined)
    if (mine !== asked || !answer?.ok) return
    const text = await answer.text()
    warning.hidden = !text
    warning.querySelector("span").textContent = text
  }

  form.addEventListener("change", (event) => {
    if (event.target.name === "day") says()
    else if (dialog.open) watchOut()
    if (event.target.name.startsWith("reden-")) show()
    if (event.target.name !== "outcome") return
    if (more && !more.contains(event.target)) more.open = false
    show()
    if (event.target.value === "callback") open()
  })
  // A letter on what is chosen already brings its question back.
  form.addEventListener("click", (event) => {
    if (event.target.value === "callback" && event.target.checked) open()
    if (event.target.closest("[data-close]")) close()
  })
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault()
    close()
  })
  show()
  if (dialog.hasAttribute("data-open")) open()
}
