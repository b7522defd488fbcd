import type { PlanBuffers } from '../../../../engine/plan.ts'
import { exactCount, shortCount } from '../format.ts'

/** `0.041 ms`, `12.4 ms`, `3.21 s`. */
export function planTime(milliseconds: number): string {
  if (milliseconds >= 10_000) return `${(milliseconds / 1_000).toFixed(1)} s`
  if (milliseconds >= 1_000) return `${(milliseconds / 1_000).toFixed(2)} s`
  return `${milliseconds >= 100 ? milliseconds.toFixed(0) : milliseconds >= 1 ? milliseconds.toFixed(1) : milliseconds.toFixed(3)} ms`
}

export function rowsText(rows: number): string {
  return rows < 100_000 ? exactCount(Math.round(rows)) : shortCount(rows)
}

export function percent(share: number): string {
  const hundredths = share * 100
  return `${hundredths >= 10 || hundredths === 0 ? hundredths.toFixed(0) : hundredths.toFixed(1)} %`
}

/** How far the planner was off: `×12 more`, `×8 fewer`. Undefined where it was right within a half. */
export function estimateText(factor: number): string | undefined {
  const off = factor >= 1 ? factor : 1 / factor
  if (off < 1.5) return undefined
  return `×${off >= 10 ? shortCount(Math.round(off)) : off.toFixed(1).replace(/\.0$/, '')} ${factor >= 1 ? 'more' : 'fewer'}`
}

/** How much that matters. */
export function estimateTone(factor: number): 'plain' | 'warn' | 'error' {
  const off = factor >= 1 ? factor : 1 / factor
  return off >= 100 ? 'error' : off >= 10 ? 'warn' : 'plain'
}

/** `1,204 pages, 12 read`: pages touched, and those that were not in memory. */
export function buffersText({ hit, read, temporary }: PlanBuffers): string {
  return [
    shortCount(hit + read),
    read > 0 && `${shortCount(read)} read`,
    temporary > 0 && `${shortCount(temporary)} temp`,
  ]
    .filter(Boolean)
    .join(' · ')
}

export function buffersTitle({ hit, read, dirtied, written, temporary }: PlanBuffers): string {
  return [
    `${exactCount(hit)} pages found in memory`,
    `${exactCount(read)} read`,
    dirtied > 0 && `${exactCount(dirtied)} changed`,
    written > 0 && `${exactCount(written)} written`,
    temporary > 0 && `${exactCount(temporary)} of temporary files`,
  ]
    .filter(Boolean)
    .join(', ')
}
