// Counts on from the seconds that the server gave: <call-timer data-seconds="252">.
//
// By the page's own steady clock, so that a wrong clock on the laptop shows no wrong time.
class CallTimer extends HTMLElement {
  #ticking
  #begun

  connectedCallback() {
    this.#begun = performance.now() - Number(this.dataset.seconds) * 1000
    this.#show()
    this.#ticking = setInterval(this.#show, 1000)
  }

  disconnectedCallback() {
    clearInterval(this.#ticking)
  }

  #show = () => {
    const seconds = Math.max(0, Math.floor((performance.now() - this.#begun) / 1000))
    const two = (number) => String(number).padStart(2, "0")
    this.textContent = `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`
  }
}

customElements.define("call-timer", CallTimer)
