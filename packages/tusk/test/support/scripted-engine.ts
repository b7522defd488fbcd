import { setTimeout as sleep } from 'node:timers/promises'
import type { RecordBatch } from '../../src/arrow/record-batch.ts'
import type { Schema } from '../../src/arrow/schema.ts'
import { postgresDialect } from '../../src/dialect/postgres.ts'
import type { Connection, QueryOptions } from '../../src/engine/connection.ts'
import type { Engine, Hosting } from '../../src/engine/engine.ts'
import type { ResultStream } from '../../src/engine/result-stream.ts'
import { TuskError } from '../../src/errors.ts'
import { batchOf, field, sampleBatch, sampleSchema } from './spool-fixture.ts'

/**
 * An engine without a database, for tests of hosts: its statements say what to do. `rows COUNT [BATCH]` gives rows, `forever` gives
 * rows until cancelled, `stubborn` gives rows and never stops, `blocked` holds the thread after its first rows, `pause` gives 500 rows and then
 * nothing until cancelled, `widen` widens,
 * `exit CODE` and `crash` end the process after the first rows, `fail` and `fail late` fail, `lose` loses the connection,
 * `notices COUNT` raises notices, `environment` gives the process's own, `directory` its temporary directory.
 */
export function scriptedEngine(id: string, hosting: Hosting): Engine {
  return {
    id,
    label: id,
    dialect: postgresDialect,
    fields: [],
    hosting,
    async open(config, options) {
      if (config.refuse === true) throw new TuskError('CONNECTION_FAILED', 'refused')
      if (config.hang === true) await sleep(600_000, undefined, { signal: options?.signal })
      if (config.deaf === true) await sleep(600_000)
      return new ScriptedConnection(options?.tempDirectory ?? '')
    },
  }
}

export const scriptedEngines: readonly Engine[] = [
  scriptedEngine('scripted', { share: 'connection' }),
  scriptedEngine('scripted-file', { share: 'database', hostKey: config => String(config.path) }),
  scriptedEngine('scripted-alone', { share: 'session' }),
]

class ScriptedConnection implements Connection {
  readonly version = 'Scripted 1'
  transaction: Connection['transaction'] = 'none'
  readonly #tempDirectory: string

  constructor(tempDirectory: string) {
    this.#tempDirectory = tempDirectory
  }

  get introspector(): Connection['introspector'] {
    return {
      relations: async () => [{ schema: 'main', name: 't', kind: 'table' }],
      columns: async ({ name }) => [{ name: `${name}_id`, type: 'int', nullable: false }],
      allColumns: async limit => new Map([['main.t', [{ name: `limit ${limit}`, type: 'int', nullable: true }]]]),
      searchPath: async () => ['main'],
    }
  }

  async query(sql: string, options: QueryOptions = {}): Promise<ResultStream> {
    const [verb, first, second] = sql.split(' ')
    if (verb === 'fail' && first !== 'late') {
      this.transaction = 'failed'
      throw new TuskError('QUERY_FAILED', 'it failed', { sourceCode: '42601', position: 3 })
    }
    if (verb === 'begin') this.transaction = 'open'
    options.onNotice?.({ severity: 'notice', message: `running ${verb}` })
    if (verb === 'notices')
      for (let n = 0; n < Number(first); n++) options.onNotice?.({ severity: 'notice', message: `${n}` })
    const batches = this.#batches(verb!, Number(first), Number(second), options.signal)
    return {
      schema: verb === 'environment' || verb === 'directory' || verb === 'widen' ? textOrNumber(verb) : sampleSchema,
      command: verb!.toUpperCase(),
      affectedRows: verb === 'rows' ? Number(first) : undefined,
      [Symbol.asyncIterator]: () => batches,
      [Symbol.asyncDispose]: async () => void (await batches.return()),
    }
  }

  async *#batches(
    verb: string,
    count: number,
    size: number,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<RecordBatch, void, undefined> {
    switch (verb) {
      case 'rows':
        for (let row = 0; row < count; row += size || 1_000)
          yield sampleBatch(row, Math.min(size || 1_000, count - row))
        return
      case 'forever':
        for (let row = 0; ; row += 100) {
          yield sampleBatch(row, 100)
          await sleep(5, undefined, { signal })
        }
      case 'pause':
        for (let row = 0; row < 500; row += 100) yield sampleBatch(row, 100)
        await sleep(600_000, undefined, { signal })
        return
      case 'widen':
        yield batchOf(textOrNumber('number'), [[1n], [2n]])
        yield batchOf(textOrNumber('directory'), [['three']])
        return
      case 'environment':
        yield batchOf(
          textOrNumber('environment'),
          Object.entries(process.env).map(([name, value]) => [`${name}=${value}`]),
        )
        return
      case 'directory':
        yield batchOf(textOrNumber('directory'), [[this.#tempDirectory]])
        return
      default:
    }
    yield sampleBatch(0, 100)
    await sleep(20)
    switch (verb) {
      case 'fail':
        throw new TuskError('QUERY_FAILED', 'it failed late')
      case 'lose':
        throw new TuskError('CONNECTION_LOST')
      case 'exit':
        process.stderr.write('last words\n')
        process.exit(count)
        break
      case 'crash':
        process.kill(process.pid, 'SIGSEGV')
        break
      case 'stubborn':
        await sleep(600_000)
        break
      case 'blocked':
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600_000)
        break
      default:
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

function textOrNumber(verb: string): Schema {
  if (verb === 'widen' || verb === 'number') return numbers
  return texts
}

const numbers: Schema = { fields: [field('value', { kind: 'int', bits: 64, signed: true })] }
const texts: Schema = { fields: [field('value', { kind: 'utf8' })] }
