import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import type { ConnectionConfig } from '../engine/engine.ts'

export interface SampleConnection {
  readonly id: string
  readonly name: string
  readonly engine: string
  readonly config: ConnectionConfig
}

/**
 * The sample databases under `<state>/samples`, made by child processes where they are absent (a few seconds, once).
 * One that cannot be made is logged and left out: Tusk starts all the same.
 */
export async function ensureSamples(options: {
  readonly stateDirectory: string
  readonly log: Logger
  /** Called once when something has to be made. */
  readonly onStart?: () => void
}): Promise<readonly SampleConnection[]> {
  const directory = join(options.stateDirectory, 'samples')
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const samples: readonly SampleConnection[] = [
    {
      id: 'sample-sqlite',
      name: 'Sample shop (SQLite)',
      engine: 'sqlite',
      config: { path: join(directory, 'shop.sqlite') },
    },
    {
      id: 'sample-duckdb',
      name: 'Sample shop (DuckDB)',
      engine: 'duckdb',
      config: { path: join(directory, 'shop.duckdb') },
    },
  ]
  const absent = samples.filter(({ config }) => !existsSync(String(config.path)))
  if (absent.length > 0) options.onStart?.()
  const failed = new Set<string>()
  await Promise.all(
    absent.map(({ id, engine, config }) =>
      make(engine, String(config.path)).catch((error: unknown) => {
        failed.add(id)
        options.log.warn({ error, sample: id }, 'a sample database could not be made')
      }),
    ),
  )
  return samples.filter(({ id }) => !failed.has(id))
}

function make(kind: string, file: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const entry = fileURLToPath(new URL(`make-samples${extname(import.meta.url)}`, import.meta.url))
  const child = spawn(process.execPath, [entry, kind, file], { stdio: ['ignore', 'ignore', 'pipe'], timeout: 120_000 })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-4_000)
  })
  child.once('error', reject)
  child.once('exit', (code, signal) =>
    code === 0 ? resolve() : reject(new Error(`exit ${signal ?? code}: ${complaint}`)),
  )
  return promise
}
