import type { Limits } from '../../auth/limits.ts'

/** Limits as people read them. */
export const limitWords: Readonly<Record<keyof Limits, { readonly label: string; readonly help: string }>> = {
  seconds: { label: 'Seconds of a statement', help: 'Then it is stopped.' },
  rows: { label: 'Rows of a result', help: 'Then it is cut, and says so.' },
  resultMegabytes: { label: 'Megabytes of a result', help: 'Then it is cut, and says so.' },
  concurrentRuns: { label: 'Runs at the same time', help: 'More have to wait.' },
  duckdbMegabytes: { label: 'Megabytes of a DuckDB process', help: 'Then it spills to the disk.' },
}
