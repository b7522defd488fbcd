import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Whether a process runs; one that has ended but is not yet reaped does not. */
export function isRunning(pid: number): boolean {
  const state = stateOf(pid)
  return state !== undefined && state !== 'Z' && state !== 'X'
}

/** Whether its main thread computes at this moment. */
export function isComputing(pid: number): boolean {
  return stateOf(pid) === 'R'
}

/** Resolves once `holds` does; rejects with `what` when that takes longer than any healthy run needs. */
export async function until(holds: () => boolean, what: string, withinMs = 20_000): Promise<void> {
  const end = performance.now() + withinMs
  while (!holds()) {
    if (performance.now() > end) throw new Error(`never came true: ${what}`)
    await sleep(10)
  }
}

function stateOf(pid: number): string | undefined {
  try {
    return /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  } catch {
    return undefined // There is no such process any more.
  }
}
