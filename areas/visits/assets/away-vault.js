// What lies on the telephone, and under which key.
//
// The list and every report are encrypted with the key of the day (AES-GCM). That key lies here under the colleague's
// code only (PBKDF2, so that trying codes is slow), and only until the day is over; then it is thrown away. In memory it
// cannot be taken out of the browser.
const NAME = "wijland-onderweg"
const STORE = "kept"
const ROUNDS = 600_000
export const TRIES = 5

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

let opened

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  return opened
}

const store = async (mode) => (await database()).transaction(STORE, mode).objectStore(STORE)

export const get = async (name) => done((await store("readonly")).get(name))

// Resolves when it is on the disk, not when it was asked.
export async function put(name, value) {
  const kept = await store("readwrite")
  kept.put(value, name)
  return committed(kept.transaction)
}

export async function remove(...names) {
  const kept = await store("readwrite")
  for (const name of names) kept.delete(name)
  return committed(kept.transaction)
}

export async function removeAll() {
  const kept = await store("readwrite")
  kept.clear()
  return committed(kept.transaction)
}

const committed = (transaction) =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = transaction.onerror = () => reject(transaction.error)
  })

// All whose name begins so, without the beginning.
export async function all(prefix) {
  const kept = await store("readonly")
  const range = IDBKeyRange.bound(prefix, prefix + "\uffff")
  const [names, values] = await Promise.all([done(kept.getAllKeys(range)), done(kept.getAll(range))])
  return names.map((name, nr) => [name.slice(prefix.length), values[nr]])
}

const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16))
const random = (length) => crypto.getRandomValues(new Uint8Array(length))

export const keyOf = (secret) => crypto.subtle.importKey("raw", bytes(secret), "AES-GCM", false, ["encrypt", "decrypt"])

async function keyOfCode(code, salt) {
  const typed = await crypto.subtle.importKey("raw", new TextEncoder().encode(code), "PBKDF2", false, ["deriveKey"])
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }
  return crypto.subtle.deriveKey(how, typed, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"])
}

// The key of the day under a code.
export async function lock(code, secret, until) {
  const salt = random(16)
  const iv = random(12)
  const under = await keyOfCode(code, salt)
  const wrapped = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, under, bytes(secret))
  return { salt, iv, wrapped, until, tries: 0 }
}

// Undefined if the code is not right.
export async function unlock(code, { salt, iv, wrapped }) {
  const under = await keyOfCode(code, salt)
  try {
    const secret = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, under, wrapped)
    return await crypto.subtle.importKey("raw", secret, "AES-GCM", false, ["encrypt", "decrypt"])
  } catch {
    return undefined
  }
}

export async function seal(key, value) {
  const iv = random(12)
  const text = new TextEncoder().encode(JSON.stringify(value))
  return { iv, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, text) }
}

export async function open(key, { iv, sealed }) {
  const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed)
  return JSON.parse(new TextDecoder().decode(text))
}
