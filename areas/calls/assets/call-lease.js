// While the page is open, the person stays on this desk.
import { say } from "./say.js"

const EVERY_MS = 60_000

export function start(mark) {
  const ticking = setInterval(async () => {
    if (!mark.isConnected) return clearInterval(ticking)
    try {
      const body = new URLSearchParams({ person: mark.dataset.person, fence: mark.dataset.fence })
      const answer = await fetch(mark.dataset.lease, { method: "POST", body })
      if (answer.status === 409) {
        say(mark.dataset.gone)
        clearInterval(ticking)
      }
    } catch {
      // Without a connection the next minute tries again; the lease is longer than that.
    }
  }, EVERY_MS)
}
