// What the telephone says to the office, and how that can end:
// ok, offline, broken (the office is: try again later), session (sign in first), gone (empty yourself), refused.
const WAITS_MS = 20_000

async function post(path, body, headers = {}) {
  let answer
  try {
    answer = await fetch(path, { method: "POST", body, headers, redirect: "manual", signal: AbortSignal.timeout(WAITS_MS) })
  } catch {
    return { state: "offline" }
  }
  if (answer.status === 410) return { state: "gone" }
  if (answer.status === 401 || answer.status === 403 || answer.type === "opaqueredirect") return { state: "session" }
  const said = await answer.json().catch(() => ({}))
  if (answer.ok) return { state: "ok", ...said }
  if ([400, 404, 413, 422].includes(answer.status)) return { state: "refused", ...said }
  return { state: "broken" }
}

const json = (path, value) => post(path, JSON.stringify(value), { "content-type": "application/json" })

export const contact = (devices, wiped = false) => json("/onderweg/toestel", { devices, wiped })
export const takeDay = (devices, hasKey) => json("/onderweg/dag", { devices, has_key: hasKey })
export const bringHome = (device, visit, pairs) =>
  post(`/onderweg/verslag/${visit}`, new URLSearchParams([...pairs, ["device", device]]))
