/** Whether the text is a number as JSON writes it, so that it can stand in JSON as it is. */
export function isJsonNumber(text: string): boolean {
  return jsonNumber.test(text)
}

/** The text itself when it is JSON, otherwise a JSON string of it: what a source calls JSON need not be. */
export function verbatimJson(text: string): string {
  try {
    JSON.parse(text)
    return text
  } catch {
    return JSON.stringify(text)
  }
}

/** Numbers as literals; NaN and infinities, which JSON lacks, as strings. */
export function numberJson(text: string): string {
  return isJsonNumber(text) ? text : JSON.stringify(text)
}

/** The names with ` (2)`, ` (3)` … after those that repeat, so that each can be a key of its own. */
export function uniqueNames(names: readonly string[]): readonly string[] {
  const taken = new Set(names)
  const seen = new Set<string>()
  return names.map(name => {
    let unique = name
    for (let number = 2; seen.has(unique) || (unique !== name && taken.has(unique)); number++)
      unique = `${name} (${number})`
    seen.add(unique)
    return unique
  })
}

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
