// What an area adds is named in the page, so that a page without it loads nothing: data-module="call-note.js"
// is started with the element that names it, once for each element.
const loaded = new Map()
const started = new WeakSet()

const named = (page) => [...page.querySelectorAll("[data-module]")]

// Before the page is shown: a key that is pressed at its first sight must find what it is for.
export async function loadModules(page) {
  const names = new Set(named(page).map((element) => element.dataset.module))
  await Promise.all([...names].map(async (name) => loaded.set(name, await import(`./${name}`))))
}

export function startModules() {
  for (const element of named(document)) {
    if (started.has(element)) continue
    started.add(element)
    loaded.get(element.dataset.module).start(element)
  }
}
