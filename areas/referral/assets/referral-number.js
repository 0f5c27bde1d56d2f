// Plus and minus beside a number; what the number comes to follows it.
export function start(form) {
  const number = form.querySelector("input[name=aantal]")
  const label = form.querySelector("[data-label]")
  const total = form.querySelector("[data-total]")

  const show = () => {
    const n = number.valueAsNumber
    if (Number.isNaN(n)) return
    label.textContent = (n === 1 ? label.dataset.one : label.dataset.label).replace("#", n)
    const money = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: "EUR" })
    total.textContent = total.dataset.total.replace("#", money.format((n * total.dataset.cents) / 100))
  }

  form.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]")?.dataset.step
    if (!step) return
    if (step === "1") number.stepUp()
    else number.stepDown()
    show()
  })
  number.addEventListener("input", show)
  for (const button of form.querySelectorAll("[data-step]")) button.hidden = false
  show()
}
