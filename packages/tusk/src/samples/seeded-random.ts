/** Numbers that look random and are the same on every machine (mulberry32). */
export class SeededRandom {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
    for (let turn = 0; turn < 4; turn++) this.next()
  }

  /** In 0…1, 1 excluded. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(list: readonly T[]): T {
    const one = list[this.below(list.length)]
    if (one === undefined) throw new RangeError('an empty list')
    return one
  }

  /** `count` different ones, in the order of the list. */
  sample<T>(list: readonly T[], count: number): readonly T[] {
    const chosen = new Set<number>()
    while (chosen.size < Math.min(count, list.length)) chosen.add(this.below(list.length))
    return list.filter((_, index) => chosen.has(index))
  }
}
