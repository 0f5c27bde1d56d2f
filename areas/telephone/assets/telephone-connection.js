// The browser's end of a conversation: one connection with three audio sections, 0 the conversation, 1 and 2 extra ears.
const CONNECTS_WITHIN_MS = 10_000
// Some seconds without an answer from the other side are a network that changes; more, and the connection is made anew.
const AWAY_MS = 3_000

// What went wrong, by the name of its text on the telephone.
export class NoSound extends Error {
  constructor(text, words = "") {
    super(words || text)
    this.text = text
    this.words = words
  }
}

export async function microphone(deviceId) {
  if (!navigator.mediaDevices) throw new NoSound("insecure")
  const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true }
  if (deviceId) audio.deviceId = { ideal: deviceId }
  try {
    return await navigator.mediaDevices.getUserMedia({ audio })
  } catch (error) {
    const texts = { NotAllowedError: "denied", NotFoundError: "noMicrophone", OverconstrainedError: "noMicrophone", NotReadableError: "inUse" }
    throw new NoSound(texts[error.name] ?? "denied")
  }
}

export async function connect(stream, { onLost }) {
  const peer = new RTCPeerConnection()
  let leg
  const close = async () => {
    peer.close()
    // The page may be on its way out.
    if (leg) await fetch(`/geluid/verbinding/${leg}/sluit`, { method: "POST", keepalive: true }).catch(() => {})
  }
  try {
    const [track] = stream.getAudioTracks()
    const { sender, receiver } = peer.addTransceiver(track, { direction: "sendrecv" })
    const ears = [1, 2].map(() => peer.addTransceiver("audio", { direction: "recvonly" }).receiver)
    await peer.setLocalDescription()
    await until(peer, "icegatheringstatechange", () => peer.iceGatheringState === "complete")
    const answer = await ask("/geluid/verbinding", peer.localDescription.sdp)
    const connected = await answer.json()
    leg = connected.leg
    await peer.setRemoteDescription({ type: "answer", sdp: connected.answer })
    await until(peer, "connectionstatechange", () => {
      if (peer.connectionState === "failed") throw new NoSound("blocked")
      return peer.connectionState === "connected"
    })
    let isClosed = false
    let away
    peer.addEventListener("connectionstatechange", () => {
      clearTimeout(away)
      const lost = () => isClosed || onLost()
      if (["failed", "closed"].includes(peer.connectionState)) lost()
      else if (peer.connectionState === "disconnected") away = setTimeout(lost, AWAY_MS)
    })
    return {
      heard: [receiver, ...ears].map((receiver) => new MediaStream([receiver.track])),
      echo: (isOn) => ask(`/geluid/verbinding/${leg}/${isOn ? "echo" : "stil"}`),
      replaceTrack: (track) => sender.replaceTrack(track),
      // Of several devices this one is used.
      uses: () => ask(`/geluid/verbinding/${leg}/hier`).catch(() => {}),
      press: (key) => sender.dtmf?.insertDTMF(key),
      statistics: () => receiver.getStats(),
      close() {
        isClosed = true
        return close()
      },
    }
  } catch (error) {
    close()
    throw error instanceof NoSound ? error : new NoSound("lost")
  }
}

async function ask(path, body) {
  const answer = await fetch(path, { method: "POST", body })
  if (answer.ok) return answer
  // What stands in the way is said by the server, in words.
  throw new NoSound("lost", [422, 503].includes(answer.status) ? await answer.text() : "")
}

// Waits for a state of the connection. What takes longer does not come: the network lets no sound through.
function until(peer, event, isSo) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => end(reject, new NoSound("blocked")), CONNECTS_WITHIN_MS)
    const end = (settle, value) => {
      clearTimeout(late)
      peer.removeEventListener(event, look)
      settle(value)
    }
    const look = () => {
      try {
        if (isSo()) end(resolve)
      } catch (error) {
        end(reject, error)
      }
    }
    peer.addEventListener(event, look)
    look()
  })
}
