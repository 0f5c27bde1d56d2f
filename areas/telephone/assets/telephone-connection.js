// The browser's end of a conversation: one connection with three audio sections, 0 the conversation, 1 and 2 extra ears.
const CONNECTS_WITHIN_MS = 10_000

// What went wrong, by the name of its text on the page.
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
  if (deviceId) audio.deviceId = { exact: deviceId }
  try {
    return await navigator.mediaDevices.getUserMedia({ audio })
  } catch (error) {
    const texts = { NotAllowedError: "denied", NotFoundError: "noMicrophone", OverconstrainedError: "noMicrophone", NotReadableError: "inUse" }
    throw new NoSound(texts[error.name] ?? "denied")
  }
}

export async function connect(stream, { onLost }) {
  const peer = new RTCPeerConnection()
  const [track] = stream.getAudioTracks()
  const { sender, receiver } = peer.addTransceiver(track, { direction: "sendrecv" })
  const ears = [1, 2].map(() => peer.addTransceiver("audio", { direction: "recvonly" }).receiver)
  await peer.setLocalDescription()
  await gathered(peer)
  const answer = await fetch("/geluid/verbinding", { method: "POST", body: peer.localDescription.sdp })
  if (!answer.ok) {
    peer.close()
    throw new NoSound("lost", answer.status === 503 || answer.status === 422 ? await answer.text() : "")
  }
  const { leg, answer: sdp } = await answer.json()
  await peer.setRemoteDescription({ type: "answer", sdp })
  try {
    await connected(peer)
  } catch (error) {
    peer.close()
    throw error
  }
  let isClosed = false
  peer.addEventListener("connectionstatechange", () => {
    if (!isClosed && ["failed", "closed"].includes(peer.connectionState)) onLost()
  })
  return {
    heard: [receiver, ...ears].map((receiver) => new MediaStream([receiver.track])),
    echo: () => fetch(`/geluid/verbinding/${leg}/echo`, { method: "POST" }),
    replaceTrack: (track) => sender.replaceTrack(track),
    close() {
      isClosed = true
      peer.close()
      // The page may be on its way out.
      fetch(`/geluid/verbinding/${leg}/sluit`, { method: "POST", keepalive: true }).catch(() => {})
    },
  }
}

const gathered = (peer) =>
  new Promise((resolve) => {
    const look = () => peer.iceGatheringState === "complete" && resolve()
    peer.addEventListener("icegatheringstatechange", look)
    look()
  })

const connected = (peer) =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new NoSound("blocked")), CONNECTS_WITHIN_MS)
    const look = () => {
      if (peer.connectionState === "connected") {
        clearTimeout(late)
        resolve()
      } else if (peer.connectionState === "failed") {
        clearTimeout(late)
        reject(new NoSound("blocked"))
      }
    }
    peer.addEventListener("connectionstatechange", look)
    look()
  })
