import type { ScriptStatement } from '../../../engine/dialect.ts'

export type Place = Pick<ScriptStatement, 'from' | 'to'>

/** Places of statements, in order. Scripts of a hundred thousand statements cost a key no more than copying two arrays of numbers. */
export class Places {
  static readonly none = new Places(new Int32Array(), new Int32Array())
  readonly #froms: Int32Array
  readonly #tos: Int32Array

  private constructor(froms: Int32Array, tos: Int32Array) {
    this.#froms = froms
    this.#tos = tos
  }

  /** Each moved by `shift`. */
  static of(places: readonly Place[], shift = 0): Places {
    return new Places(
      Int32Array.from(places, place => place.from + shift),
      Int32Array.from(places, place => place.to + shift),
    )
  }

  get length(): number {
    return this.#froms.length
  }

  at(index: number): Place | undefined {
    const from = this.#froms[index]
    return from === undefined ? undefined : { from, to: this.#tos[index]! }
  }

  /** The first `before`, then `middle`, then those from `after` on, moved by `shift`. */
  spliced(before: number, middle: Places, after: number, shift: number): Places {
    const join = (mine: Int32Array, between: Int32Array): Int32Array => {
      const joined = new Int32Array(before + between.length + mine.length - after)
      joined.set(mine.subarray(0, before))
      joined.set(between, before)
      for (let at = after, to = before + between.length; at < mine.length; at++, to++) joined[to] = mine[at]! + shift
      return joined
    }
    return new Places(join(this.#froms, middle.#froms), join(this.#tos, middle.#tos))
  }

  first(count: number): Places {
    return new Places(this.#froms.subarray(0, count), this.#tos.subarray(0, count))
  }

  /** Index of the first that starts at `position` or behind it. */
  startingAt(position: number): number {
    return lowerBound(this.#froms, position)
  }

  /** Index of the first that ends at `position` or behind it. */
  endingAt(position: number): number {
    return lowerBound(this.#tos, position)
  }
}

function lowerBound(numbers: Int32Array, wanted: number): number {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (numbers[middle]! < wanted) low = middle + 1
    else high = middle
  }
  return low
}
