// "I am there now": the place of this address, for the order of the way. It goes to the office with the report and to
// nobody else.
export function start(element) {
  if (!navigator.geolocation) return
  const [field, button, said] = ["input", "button", "[role=status]"].map((css) => element.querySelector(css))
  element.hidden = false
  button.addEventListener("click", () => {
    const found = ({ coords }) => {
      field.value = [coords.latitude, coords.longitude].map((degrees) => Math.round(degrees * 1e6)).join()
      field.dispatchEvent(new Event("input", { bubbles: true }))
      said.textContent = said.dataset.yes
    }
    const not = () => (said.textContent = element.dataset.no)
    navigator.geolocation.getCurrentPosition(found, not, { enableHighAccuracy: true, timeout: 20_000 })
  })
  if (field.value) said.textContent = said.dataset.yes
}
