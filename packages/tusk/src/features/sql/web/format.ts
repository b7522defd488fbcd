/** Numbers and times as the studio shows them. */

/** `950`, `1.2K`, `3.4M`. */
export function shortCount(count: number): string {
  for (const [size, unit] of countUnits) {
    if (count >= size * 0.9995) return `${trimmed(count / size)}${unit}`
  }
  return String(Math.round(count))
}

const countUnits = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'K'],
] as const

export function exactCount(count: number): string {
  return count.toLocaleString('en-US')
}

/** `1 row`, `2,000 rows`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${exactCount(count)} ${count === 1 ? one : many}`
}

/** `0.4 ms`, `24 ms`, `1.24 s`, `3 min 05 s`, `2 h 14 min`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 10) return `${trimmed(milliseconds)} ms`
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`
  const seconds = milliseconds / 1_000
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`
  const whole = Math.floor(seconds)
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
  return `${Math.floor(whole / 3_600)} h ${String(Math.floor((whole % 3_600) / 60)).padStart(2, '0')} min`
}

/** `12 s`, `3 min 05 s`: whole seconds, for what goes on for long. */
export function age(milliseconds: number): string {
  return milliseconds < 60_000 ? `${Math.floor(milliseconds / 1_000)} s` : duration(milliseconds)
}

/** A counter that runs: whole tenths, so that it does not jump about. */
export function elapsed(milliseconds: number): string {
  return milliseconds < 60_000 ? `${(milliseconds / 1_000).toFixed(1)} s` : duration(milliseconds)
}

export function bytes(count: number): string {
  if (count < 1_000) return `${count} B`
  if (count < 1e6) return `${trimmed(count / 1e3)} kB`
  if (count < 1e9) return `${trimmed(count / 1e6)} MB`
  return `${trimmed(count / 1e9)} GB`
}

export function clockTime(iso: string): string {
  return new Date(iso).toLocaleTimeString('en-GB')
}

/** `14:05` today, `yesterday 14:05`, `3 Nov 14:05`, `3 Nov 2025 14:05`. */
export function whenRun(iso: string, now: Date = new Date()): string {
  const time = new Date(iso)
  const clock = time.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate())
  if (time >= midnight) return clock
  const yesterday = new Date(midnight)
  yesterday.setDate(midnight.getDate() - 1)
  if (time >= yesterday) return `yesterday ${clock}`
  const year = time.getFullYear() === now.getFullYear() ? '' : ` ${time.getFullYear()}`
  return `${time.getDate()} ${time.toLocaleDateString('en-GB', { month: 'short' })}${year} ${clock}`
}

/** The first words of a statement in one line. */
export function firstWords(sql: string, length: number): string {
  const line = sql
    .slice(0, length * 8)
    .replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return line.length > length ? `${line.slice(0, length - 1).trimEnd()}…` : line
}

function trimmed(value: number): string {
  return value >= 99.95 ? String(Math.round(value)) : value.toFixed(1).replace(/\.0$/, '')
}
