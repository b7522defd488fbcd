export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** A value of a fact as a person reads it. */
export function factText(value: unknown): string {
  if (Array.isArray(value)) return value.map(factText).join(', ')
  if (isObject(value))
    return Object.entries(value)
      .map(([key, member]) => `${key}: ${factText(member)}`)
      .join(', ')
  return String(value)
}

/** Undefined when it is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
