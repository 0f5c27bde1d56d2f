// What a telephone sounds like on this side: the bell, the earpiece, and how loud something is.

// Two tones, a second on and two off, as long as it rings.
export function bell() {
  let context
  let volume
  let ticking
  const begin = () => {
    context = new AudioContext()
    volume = context.createGain()
    volume.gain.value = 0
    volume.connect(context.destination)
    for (const hertz of [440, 480]) {
      const tone = context.createOscillator()
      tone.frequency.value = hertz
      tone.connect(volume)
      tone.start()
    }
    ticking = setInterval(() => (volume.gain.value = context.currentTime % 3 < 1 ? 0.1 : 0), 100)
  }
  const end = () => {
    clearInterval(ticking)
    context.close()
    context = undefined
  }
  return (rings) => {
    if (rings && !context) begin()
    else if (!rings && context) end()
  }
}

// One element for each stream: the conversation and both extra ears. They stand outside the page, which changes.
export function earpiece() {
  const elements = [0, 1, 2].map(() => {
    const audio = document.createElement("audio")
    audio.autoplay = true
    audio.hidden = true
    audio.dataset.earpiece = ""
    document.body.append(audio)
    return audio
  })
  // A page that was loaded anew and not touched yet may not sound, unless it has a microphone.
  const play = async () => {
    const silent = elements.filter((audio) => audio.srcObject && audio.paused)
    const played = await Promise.allSettled(silent.map((audio) => audio.play()))
    return played.every(({ reason }) => reason?.name !== "NotAllowedError")
  }
  return {
    // Whether it can be heard.
    hear(streams) {
      elements.forEach((audio, at) => (audio.srcObject = streams[at] ?? null))
      return play()
    },
    play,
    canChoose: Boolean(elements[0].setSinkId),
    through: (deviceId) => Promise.all(elements.map((audio) => audio.setSinkId?.(deviceId))),
  }
}

export function meter(context, stream, element) {
  const analyser = context.createAnalyser()
  const samples = new Float32Array(analyser.fftSize)
  let source
  const follow = (stream) => {
    source?.disconnect()
    source = context.createMediaStreamSource(stream)
    source.connect(analyser)
  }
  follow(stream)
  return {
    follow,
    level() {
      analyser.getFloatTimeDomainData(samples)
      const level = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length)
      element.value = Math.min(1, level * 4)
      return level
    },
  }
}
