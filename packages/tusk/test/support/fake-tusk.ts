import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Logger, pino } from 'pino'
import type { Tusk } from '../../src/plugins/tusk.ts'

export interface FakeTusk extends Disposable {
  readonly tusk: Tusk
  readonly directory: string
  /** What was logged, as pino's JSON lines. */
  readonly lines: readonly Readonly<Record<string, unknown>>[]
  readonly log: Logger
}

/** As much of Tusk as the server and the settings page touch: a state directory, a log, hosts and results that can be listed. */
export function createFakeTusk(parts: Partial<Tusk> = {}): FakeTusk {
  const directory = mkdtempSync(join(tmpdir(), 'tusk-server-test-'))
  mkdirSync(join(directory, 'results'))
  const lines: Readonly<Record<string, unknown>>[] = []
  const log = pino({ level: 'debug' }, { write: line => void lines.push(JSON.parse(line) as Record<string, unknown>) })
  const tusk = {
    version: '1.2.3-test',
    stateFile: (name: string) => join(directory, name),
    log,
    engines: [],
    exporters: [],
    hosts: { list: () => [] },
    plugins: { list: () => [], running: () => [] },
    timetable: { list: () => [] },
    preferences: { of: () => ({}), change: (_actor: unknown, change: unknown) => Promise.resolve(change) },
    results: { usage: () => ({ bytes: 0, quotaBytes: 1, results: 0 }) },
    ...parts,
  } as unknown as Tusk
  return { tusk, directory, lines, log, [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }) }
}
