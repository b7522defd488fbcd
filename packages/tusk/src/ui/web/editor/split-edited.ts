import { type Place, Places } from './places.ts'

/** An edited script: what was between `from` and `oldTo` is now between `from` and `newTo`. */
export interface EditedScript {
  readonly from: number
  readonly oldTo: number
  readonly newTo: number
  readonly length: number
  /** Text of the script as it is now. */
  slice(from: number, to: number): string
}

const firstReach = 4_096

/**
 * Splits an edited script by reading only around the edit. A splitter is in the same state at each start of a statement: so it is
 * read from the statement before the edit to the first one behind it that starts where one started before. Undefined when that
 * takes more than `limit` characters.
 */
export function splitEdited(
  known: Places,
  script: EditedScript,
  split: (text: string) => readonly Place[],
  limit = Number.POSITIVE_INFINITY,
): Places | undefined {
  const before = Math.max(0, known.startingAt(script.from) - 1)
  const start = known.length === 0 || before === 0 ? 0 : known.at(before)!.from
  const shift = script.newTo - script.oldTo
  let read = 0
  for (let reach = firstReach; ; reach *= 4) {
    const end = Math.min(script.length, script.newTo + reach)
    read += end - start
    if (read > limit) return undefined
    const found = Places.of(split(script.slice(start, end)), start)
    if (end === script.length) return known.spliced(before, found, known.length, 0)
    for (let at = found.startingAt(script.newTo); at < found.length; at++) {
      const { from } = found.at(at)!
      const same = known.startingAt(Math.max(from - shift, script.oldTo))
      if (known.at(same)?.from === from - shift) return known.spliced(before, found.first(at), same, shift)
    }
  }
}
