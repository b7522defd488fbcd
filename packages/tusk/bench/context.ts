import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startStudioProcess } from '../test/support/studio-process.ts'
import { DuckdbYardstick } from './support/duckdb-yardstick.ts'
import { residentMemory } from './support/processes.ts'
import { Studio } from './support/studio.ts'
import { duckdbTable } from './support/tables.ts'

/** What several benchmarks share, made when the first of them asks: data, a studio, the big result. Disposing removes everything. */
export class BenchContext implements AsyncDisposable {
  /** Rows of the small tables and of the big one. */
  readonly rows: { readonly small: number; readonly big: number }
  readonly directory: string
  readonly #stack = new AsyncDisposableStack()
  readonly #made = new Map<string, Promise<unknown>>()
  readonly #say: (text: string) => void

  constructor(bigRows: number, say: (text: string) => void) {
    this.rows = { big: bigRows, small: Math.max(1_000, Math.trunc(bigRows / 10)) }
    this.#say = say
    this.directory = mkdtempSync(join(tmpdir(), 'tusk-bench-'))
    this.#stack.defer(() => rmSync(this.directory, { recursive: true, force: true, maxRetries: 3 }))
  }

  say(text: string): void {
    this.#say(text)
  }

  /** Makes something once; `closing` takes what is to be called in the end, last first. */
  once<T>(name: string, make: (closing: (close: () => void | Promise<void>) => void) => Promise<T>): Promise<T> {
    const known = this.#made.get(name) as Promise<T> | undefined
    if (known !== undefined) return known
    const made = make(close => this.#stack.defer(close))
    this.#made.set(name, made)
    return made
  }

  studio(): Promise<Studio> {
    return this.once('studio', async closing => {
      const home = join(this.directory, 'studio')
      const process = await startStudioProcess(
        { after: stop => closing(async () => void (await stop())) },
        { home, arguments: ['--no-samples'] },
      )
      await sleep(3_000)
      return new Studio(process, home, residentMemory(process.pid))
    })
  }

  /** A DuckDB file with the tables `small` and `big`, on disk in full. */
  duckdbFile(): Promise<string> {
    return this.once('duckdb file', async () => {
      this.say(`making ${this.rows.big.toLocaleString('en')} rows in a DuckDB file`)
      const file = join(this.directory, 'measured.duckdb')
      using duckdb = await DuckdbYardstick.open(file)
      await duckdb.run(duckdbTable('small', this.rows.small))
      await duckdb.run(duckdbTable('big', this.rows.big))
      await duckdb.run('CHECKPOINT')
      return file
    })
  }

  /** Id of a connection of the studio to that file. */
  duckdbConnection(): Promise<string> {
    return this.once('duckdb connection', async () => {
      const file = await this.duckdbFile()
      return (await this.studio()).connect('duckdb', 'Measured DuckDB', { path: file, read_only: true })
    })
  }

  /** Id of a stored result of the studio: the whole of `big`. */
  bigResult(): Promise<string> {
    return this.once('big result', async () => {
      const connection = await this.duckdbConnection()
      this.say(`storing ${this.rows.big.toLocaleString('en')} rows as a result`)
      return (await (await this.studio()).run(connection, 'SELECT * FROM big')).resultId
    })
  }

  /** DuckDB in memory with `big`: the yardstick of everything that computes on the big result. */
  duckdbInMemory(): Promise<DuckdbYardstick> {
    return this.once('duckdb in memory', async closing => {
      const file = await this.duckdbFile()
      this.say('loading the same rows into DuckDB in memory')
      const duckdb = await DuckdbYardstick.open(':memory:')
      closing(() => duckdb[Symbol.dispose]())
      await duckdb.run(`ATTACH '${file.replaceAll("'", "''")}' AS source (READ_ONLY)`)
      await duckdb.run('CREATE TABLE big AS FROM source.big')
      await duckdb.run('DETACH source')
      return duckdb
    })
  }

  /** DuckDB on the file itself. */
  duckdbOnFile(): Promise<DuckdbYardstick> {
    return this.once('duckdb on file', async closing => {
      const duckdb = await DuckdbYardstick.open(await this.duckdbFile(), { access_mode: 'READ_ONLY' })
      closing(() => duckdb[Symbol.dispose]())
      return duckdb
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync()
  }
}
