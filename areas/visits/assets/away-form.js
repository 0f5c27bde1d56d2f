// The form of a report, as pairs of name and value and back.

export const read = (form) => [...new FormData(form)]

export function fill(form, pairs) {
  const left = new Map()
  for (const [name, value] of pairs) left.set(name, [...(left.get(name) ?? []), value])
  for (const field of form.elements) {
    const values = left.get(field.name) ?? []
    if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value)
    else if (values.length) field.value = values.shift()
  }
  // What was filled in is seen.
  for (const folded of form.querySelectorAll("details")) {
    folded.open ||= [...folded.querySelectorAll("input")].some((field) =>
      field.type === "checkbox" ? field.checked : field.value !== "",
    )
  }
}

// Whether anything was filled in.
export const isTouched = (form) =>
  [...form.elements].some((field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked
    return field.type !== "hidden" && "defaultValue" in field && field.value !== field.defaultValue
  })

// What the office would refuse, said while one is still at the door: spoke, day, wish, agreement, past, or nothing.
export function missing(form, today) {
  const value = (field) => field?.value.trim() ?? ""
  const rows = (name) => [...form.querySelectorAll(`[name="${name}"]`)]
  const spoke = form.querySelector("[name=spoke]:checked") ?? form.querySelector("[name=met_last_name]")
  if (!value(spoke)) return ["spoke", form.querySelector("[name=spoke], [name=met_last_name]")]
  const visited = form.querySelector("[name=visited_on]")
  if (value(visited) > today) return ["day", visited]
  const days = rows("agreement_due")
  for (const [nr, what] of rows("agreement_what").entries()) {
    if (value(what) && !value(days[nr])) return ["agreement", days[nr]]
    if (value(what) && value(days[nr]) < today) return ["past", days[nr]]
  }
  const themes = rows("wish_theme")
  for (const [nr, words] of rows("wish_words").entries()) if (value(words) && !value(themes[nr])) return ["wish", themes[nr]]
  return undefined
}
