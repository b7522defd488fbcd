/** Milliseconds that `work` takes. */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/**
 * Runs each of the works once unmeasured, then `rounds` times in turns, and gives the median of each in milliseconds: what the
 * machine does meanwhile hits all of them alike. A work may give a function that tidies up after it, unmeasured.
 */
export async function inTurns<Name extends string>(
  works: Readonly<Record<Name, (round: number) => Promise<unknown>>>,
  { rounds = 3, warm = true }: { readonly rounds?: number; readonly warm?: boolean } = {},
): Promise<Readonly<Record<Name, number>>> {
  const names = Object.keys(works) as Name[]
  const times = new Map<Name, number[]>(names.map(name => [name, []]))
  for (let round = warm ? -1 : 0; round < rounds; round++)
    for (const name of names) {
      let tidy: unknown
      const time = await timeOf(async () => {
        tidy = await works[name](round)
      })
      if (round >= 0) times.get(name)!.push(time)
      if (typeof tidy === 'function') await tidy()
    }
  return Object.fromEntries(names.map(name => [name, median(times.get(name)!)])) as Record<Name, number>
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

/** `1.31 s`, `42 ms`, `0.8 ms`. */
export function duration(milliseconds: number): string {
  if (milliseconds >= 1_000) return `${(milliseconds / 1_000).toFixed(2)} s`
  return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`
}
