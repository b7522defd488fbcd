import { readdirSync, readFileSync } from 'node:fs'

const ticksPerSecond = 100

/** Resident memory in MB (10⁶ bytes), as the kernel counts it. */
export function residentMemory(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return (Number(line?.[1] ?? Number.NaN) * 1024) / 1e6
}

/** Processor time used so far, in milliseconds, to 10 ms; undefined when the process is gone. */
export function processorTime(pid: number): number | undefined {
  const fields = statusFields(pid)
  if (fields === undefined || fields[0] === 'Z') return undefined
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1_000
}

/** Living children of a process. */
export function childrenOf(parent: number): readonly number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => Number(statusFields(pid)?.[1]) === parent)
}

/** State, parent, … of /proc/PID/stat, after the name (which may hold anything). */
function statusFields(pid: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined // ended between the two looks
  }
}
