import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { enableCompileCache } from 'node:module'
import { Readable, type Writable } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import type { RecordBatch } from '../arrow/record-batch.ts'
import type { Schema } from '../arrow/schema.ts'
import { localActor } from '../auth/actor.ts'
import type { ParameterValues } from '../engine/parameters.ts'
import { TuskError } from '../errors.ts'
import { checkExportOptions } from '../export/export-options.ts'
import type { Exporter } from '../export/exporter.ts'
import { exporters } from '../export/index.ts'
import { Home } from '../home/home.ts'
import type { HostSession } from '../host/host-pool.ts'
import { checkLosses } from '../query/check-losses.ts'
import type { Datasets } from '../query/datasets.ts'
import { SavedConnections } from '../query/saved-connections.ts'
import type { ResultStore, StoredResult } from '../results/result-store.ts'
import type { Command, CommandCall } from './command.ts'
import { openQueries, pluginOptions } from './open-queries.ts'
import { parameterValues } from './parameter-values.ts'
import { writeTable } from './table.ts'
import { resolveTarget, type Target } from './target.ts'

const OWNER = 'cli'

export const command: Command = {
  usage: ['[-c NAME|FILE|URL] [--format FORMAT] [-o FILE] "SQL"', '[-c …] -f script.sql', '[-c …] < script.sql'],
  description: 'Runs SQL and writes the result. Without -c it runs in an empty DuckDB that can read files.',
  options: {
    connection: {
      type: 'string',
      short: 'c',
      value: 'NAME|FILE|URL',
      help: 'saved connection, database or data file, or URL',
    },
    format: {
      type: 'string',
      value: 'FORMAT',
      help: `table (default), ${[...exporters.map(one => one.format), 'parquet'].join(', ')}, or one of a plugin`,
    },
    output: { type: 'string', short: 'o', value: 'FILE', help: 'write there instead of to the terminal' },
    file: { type: 'string', short: 'f', value: 'FILE', help: 'read the script from a file' },
    json: { type: 'boolean', help: 'the same as --format json' },
    confirmed: {
      type: 'boolean',
      help: 'run UPDATE and DELETE without WHERE, DROP and TRUNCATE on a connection marked production',
    },
    'keep-going': { type: 'boolean', help: 'go on after a statement failed' },
    option: {
      type: 'string',
      value: 'KEY=VALUE',
      multiple: true,
      help: 'an option of the format, as in the export dialog; may be repeated',
    },
    param: {
      type: 'string',
      value: 'NAME=VALUE',
      multiple: true,
      help: 'the value of :NAME or {{NAME}}; NAME:number=VALUE for a number (also boolean, date, timestamp), NAME:null= for NULL; may be repeated',
    },
    'formula-safe': { type: 'boolean', help: 'CSV: the same as --option formulaSafe=true' },
    plugin: { type: 'string', value: 'DIRS', help: 'folders of plugins to load as well, separated by commas' },
    'no-plugins': { type: 'boolean', help: 'without engines, formats and datasets of plugins' },
    quiet: { type: 'boolean', short: 'q', help: 'no notices and no counts' },
  },
  notes: [
    'Connections by URL need no saved entry: postgres://user:password@host/database, sqlite:path, duckdb:path.',
    'A data file (CSV, Parquet, JSON …) becomes a view with the name of the file.',
    'Datasets of plugins are tables in DuckDB: SELECT * FROM plugin_ID.NAME. Their engines and formats are known as in the studio.',
    'Exit codes: 0 done, 1 a statement failed, 2 wrong call, 130 interrupted (the query is cancelled at its source).',
  ],
  async run({ values, lists, positionals, signal }) {
    const script = await scriptFrom(positionals, typeof values.file === 'string' ? values.file : undefined)
    const format = values.json === true ? 'json' : typeof values.format === 'string' ? values.format : 'table'
    const home = Home.open()
    enableCompileCache(home.path('cache', 'compiled'))
    await using stack = new AsyncDisposableStack()
    const queries = stack.use(await openQueries({ home, ...pluginOptions(values) }))
    const { engines, hosts, results: store, datasets } = queries
    const formats = ['table', ...queries.exporters.map(one => one.format), 'parquet']
    if (!formats.includes(format))
      throw new TuskError('USAGE', `There is no format “${format}”.`, { hint: `Formats: ${formats.join(', ')}` })
    const exporter = queries.exporters.find(one => one.format === format)
    const options = formatOptions(format, exporter, { values, lists })
    const connections = new SavedConnections({ file: home.path('connections.toml'), engines, secrets: home.secrets })
    const target = resolveTarget(typeof values.connection === 'string' ? values.connection : undefined, connections)
    const session = stack.use(
      await hosts.openSession(
        { engine: target.engine, config: target.config, connectionId: randomUUID(), label: target.name },
        { signal },
      ),
    )

    const output = typeof values.output === 'string' ? values.output : undefined
    const writer = new ResultWriter({
      format,
      exporter,
      file: output,
      options,
      async parquet(result) {
        const { createResultCompute } = await import('../results/compute/create-result-compute.ts')
        await using compute = createResultCompute({ hosts, store })
        return createReadStream(await compute.parquet(OWNER, result.id, { signal }))
      },
    })
    const statements = target.engine.dialect.split(script).map(statement => statement.text)
    if (statements.length === 0) throw new TuskError('USAGE', 'There is nothing to run.')
    if (target.environment === 'production' && values.confirmed !== true)
      checkLosses(
        target.name,
        target.engine.dialect,
        statements.map(sql => ({ sql })),
        'Look at it once more. With --confirmed it runs.',
      )
    const given = parameterValues(lists.param ?? [])
    const place = { target, session, store, datasets, writer, signal }
    if (target.setup !== undefined) await runStatement({ ...place, sql: target.setup, quiet: true })
    let failures = 0
    for (const statement of statements) {
      try {
        await runStatement({ ...place, sql: statement, quiet: values.quiet === true, values: given })
      } catch (error) {
        if (!(error instanceof TuskError)) throw error
        if (error.code === 'QUERY_CANCELLED' || values['keep-going'] !== true) throw withPlace(error, statement)
        process.stderr.write(`tusk: ${error.message}\n`)
        failures++
      }
    }
    await writer.close()
    return failures === 0 ? 0 : 1
  },
}

async function runStatement(run: {
  readonly sql: string
  readonly target: Target
  readonly session: HostSession
  readonly store: ResultStore
  readonly datasets: Datasets | undefined
  readonly writer: ResultWriter
  readonly quiet: boolean
  readonly signal: AbortSignal
  readonly values?: ParameterValues | undefined
}): Promise<void> {
  const { sql: written, target, session, store, datasets, writer, quiet, signal } = run
  const { parameters } = target.engine.dialect
  const bound =
    run.values === undefined || parameters === undefined || parameters.find(written).length === 0
      ? undefined
      : parameters.bind(written, run.values)
  const sql = bound?.sql ?? written
  await using _mounted = await datasets?.mountFor(localActor, target.engine, session, sql, { signal })
  const pending = await store.create({
    owner: OWNER,
    provenance: { sql: written, engine: target.engine.id, startedAt: new Date().toISOString() },
  })
  const stop = new AbortController()
  const hostRun = await session
    .run(
      {
        sql,
        ...(bound === undefined ? {} : { parameters: bound.parameters }),
        directory: pending.directory,
        onProgress: progress => pending.progress(progress),
        onNotice: notice => {
          if (!quiet) process.stderr.write(`${notice.severity}: ${notice.message}\n`)
        },
      },
      { signal: AbortSignal.any([signal, stop.signal]) },
    )
    .catch(async (error: unknown) => {
      await pending.finish({ state: 'failed', rowCount: 0, byteCount: 0, error: TuskError.from(error) })
      throw error
    })
  pending.started(hostRun.schema)
  const finished = hostRun.done.then(async outcome => {
    await pending.finish(outcome)
    return outcome
  })
  if (hostRun.schema.fields.length > 0) {
    try {
      await writer.write(pending.result, finished)
    } catch (error) {
      // Nobody reads on (`| head`), or the output cannot be written: the query must not go on for nothing.
      stop.abort(new TuskError('QUERY_CANCELLED'))
      await finished
      throw error
    }
  }
  const { error, affectedRows, command: done, state } = await finished
  if (error !== undefined && state !== 'truncated') throw error
  if (hostRun.schema.fields.length === 0 && !quiet)
    process.stderr.write(`${[done ?? 'done', affectedRows].filter(part => part !== undefined).join(' ')}\n`)
  await store.remove(OWNER, pending.id)
}

interface ResultWriterOptions {
  readonly format: string
  /** Absent for `table` and `parquet`, which are not written by one. */
  readonly exporter: Exporter | undefined
  /** Default: the terminal. */
  readonly file: string | undefined
  /** Checked against the exporter's. */
  readonly options: Readonly<Record<string, string | boolean>>
  readonly parquet: (result: StoredResult) => Promise<Readable>
}

/** Writes one result after the other to the terminal or a file. Formats that hold one table refuse a second one. */
class ResultWriter {
  readonly #format: string
  readonly #exporter: Exporter | undefined
  readonly #options: ResultWriterOptions['options']
  readonly #parquet: (result: StoredResult) => Promise<Readable>
  readonly #output: Writable
  readonly #toFile: boolean
  #written = 0

  constructor({ format, exporter, file, options, parquet }: ResultWriterOptions) {
    this.#format = format
    this.#exporter = exporter
    this.#options = options
    this.#parquet = parquet
    this.#toFile = file !== undefined
    this.#output = file === undefined ? process.stdout : createWriteStream(file, { mode: 0o600 })
    if (file === undefined && process.stdout.isTTY && ['parquet', 'arrow', 'xlsx'].includes(format))
      throw new TuskError('USAGE', `${format} is not for a terminal.`, { hint: 'Name a file with -o, or pipe it on.' })
  }

  async write(result: StoredResult, finished: Promise<unknown>): Promise<void> {
    if (this.#written++ > 0) {
      if (this.#format !== 'table' && this.#format !== 'csv' && this.#format !== 'ndjson')
        throw new TuskError('USAGE', `The script has several results, and a ${this.#format} file holds one.`, {
          hint: 'Run the statements one by one.',
        })
      if (this.#format !== 'ndjson') await pipeline(Readable.from(['\n']), this.#output, { end: false })
    }
    if (this.#format === 'parquet') {
      await finished
      if (result.error !== undefined) return
      await pipeline(await this.#parquet(result), this.#output, { end: false })
      return
    }
    await pipeline(Readable.from(this.#bytes(result.schema, result.read()), { objectMode: false }), this.#output, {
      end: false,
    })
  }

  async close(): Promise<void> {
    if (!this.#toFile) return
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#output.once('error', reject)
    this.#output.end(resolve)
    await promise
  }

  #bytes(schema: Schema, batches: AsyncIterable<RecordBatch>): AsyncIterable<Uint8Array> {
    if (this.#exporter === undefined) return writeTable(schema, batches)
    return this.#exporter.write(schema, batches, this.#options)
  }
}

/** What `--option` and its short forms say. USAGE for an option that the format does not have, or a value that it does not take. */
function formatOptions(
  format: string,
  exporter: Exporter | undefined,
  { values, lists }: Pick<CommandCall, 'values' | 'lists'>,
): Readonly<Record<string, string | boolean>> {
  // A command line pipes CSV on to programs: exact, unless it is asked to be safe for spreadsheets.
  const given = new Map<string, string>(
    format === 'csv' ? [['formulaSafe', String(values['formula-safe'] === true)]] : [],
  )
  for (const text of lists.option ?? []) {
    const equals = text.indexOf('=')
    if (equals < 1) throw new TuskError('USAGE', `“${text}” is not KEY=VALUE.`)
    given.set(text.slice(0, equals), text.slice(equals + 1))
  }
  if (given.size === 0) return {}
  if (exporter === undefined) throw new TuskError('USAGE', `The format ${format} has no options.`)
  try {
    return checkExportOptions(exporter, Object.fromEntries(given))
  } catch (error) {
    const { message, detail, hint } = TuskError.from(error)
    throw new TuskError('USAGE', message, {
      ...(detail === undefined ? {} : { detail }),
      ...(hint === undefined ? {} : { hint }),
      cause: error,
    })
  }
}

async function scriptFrom(positionals: readonly string[], file: string | undefined): Promise<string> {
  if (positionals.length > 1) throw new TuskError('USAGE', 'Put the SQL into quotes, as one word.')
  const [sql] = positionals
  if (sql !== undefined && file !== undefined) throw new TuskError('USAGE', 'Give either SQL or a file, not both.')
  if (file !== undefined && file !== '-') return readFile(file, 'utf8')
  if (sql !== undefined) return sql
  if (process.stdin.isTTY && file === undefined) throw new TuskError('USAGE', 'There is nothing to run.')
  return readAll(process.stdin)
}

/** Adds the line of the statement that an error points at. */
function withPlace(error: TuskError, sql: string): TuskError {
  if (error.position === undefined || error.position > sql.length) return error
  const start = sql.lastIndexOf('\n', error.position - 1) + 1
  const end = sql.indexOf('\n', error.position)
  const place = `${sql.slice(start, end === -1 ? undefined : end)}\n  ${' '.repeat(error.position - start)}^`
  return new TuskError(error.code, error.message, {
    detail: error.detail === undefined ? place : `${place}\n  ${error.detail}`,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.sourceCode === undefined ? {} : { sourceCode: error.sourceCode }),
    cause: error,
  })
}
