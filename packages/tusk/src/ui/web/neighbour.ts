export interface NeighbourKeys {
  readonly back: string
  readonly forth: string
}

/** The element that a key goes to from `here`, with Home and End; the ends are joined. Undefined for other keys. */
export function neighbour(
  list: readonly HTMLElement[],
  here: Element | null,
  key: string,
  { back, forth }: NeighbourKeys,
): HTMLElement | undefined {
  const place = here instanceof HTMLElement ? list.indexOf(here) : -1
  if (key === 'Home') return list[0]
  if (key === 'End') return list.at(-1)
  if (key === forth) return list[(place + 1) % list.length]
  if (key === back) return list.at(place <= 0 ? -1 : place - 1)
  return undefined
}
