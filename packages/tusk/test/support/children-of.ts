import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Pids of the processes that `parent` started and that run. */
export function childrenOf(parent: number): readonly number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => {
      const status = readOrNothing(() => readFileSync(`/proc/${pid}/status`, 'utf8'))
      return (
        status !== undefined && !/^State:\s+Z/m.test(status) && /^PPid:\s+(\d+)/m.exec(status)?.[1] === String(parent)
      )
    })
}

/** Whether a process has a file open whose path holds `part`. */
export function hasOpen(pid: number, part: string): boolean {
  const descriptors = readOrNothing(() => readdirSync(`/proc/${pid}/fd`)) ?? []
  return descriptors.some(name => readOrNothing(() => readlinkSync(`/proc/${pid}/fd/${name}`))?.includes(part) === true)
}

/** A process may end between two questions about it. */
function readOrNothing<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
