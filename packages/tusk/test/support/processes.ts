import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Whether a process runs; one that has ended but is not yet reaped does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false // ESRCH, or gone between the two questions.
  }
}

/** Resolves once `holds` does; rejects with `what` when that takes longer than any healthy run needs. */
export async function until(holds: () => boolean, what: string, withinMs = 20_000): Promise<void> {
  const end = performance.now() + withinMs
  while (!holds()) {
    if (performance.now() > end) throw new Error(`never came true: ${what}`)
    await sleep(10)
  }
}
