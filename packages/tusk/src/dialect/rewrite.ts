/** A text in which places were written anew, and where a place of it was before. */
export interface Rewritten {
  readonly sql: string
  /** In the old text; inside of what was replaced: its beginning. */
  positionOf(position: number): number
}

/** Writes each of the places, which are in order, anew. */
export function rewrite<Place extends { readonly from: number; readonly to: number }>(
  sql: string,
  places: readonly Place[],
  textOf: (place: Place) => string,
): Rewritten {
  const parts: { readonly at: number; readonly length: number; readonly from: number; readonly to: number }[] = []
  let out = ''
  let done = 0
  for (const place of places) {
    out += sql.slice(done, place.from)
    const text = textOf(place)
    parts.push({ at: out.length, length: text.length, from: place.from, to: place.to })
    out += text
    done = place.to
  }
  out += sql.slice(done)
  return {
    sql: out,
    positionOf(position) {
      let moved = 0
      for (const { at, length, from, to } of parts) {
        if (position < at) break
        if (position < at + length) return from
        moved += to - from - length
      }
      return position + moved
    },
  }
}
