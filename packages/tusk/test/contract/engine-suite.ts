import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { columnsOf } from '../../src/arrow/column-data.ts'
import type { DataType, LogicalType } from '../../src/arrow/data-type.ts'
import { readColumns } from '../../src/arrow/read-columns.ts'
import type { RecordBatch } from '../../src/arrow/record-batch.ts'
import type { Connection } from '../../src/engine/connection.ts'
import { TuskError } from '../../src/errors.ts'
import { readAll, run } from './read-all.ts'

/** What differs from engine to engine, as data. SQL is as the engine's own shell takes it. */
export interface EngineSuiteOptions {
  /** A session on a database where tables may be made and removed; called several times, for independent sessions on one database. */
  open(): Promise<Connection>
  /** The reason why this engine cannot be tested here. */
  readonly skip?: string | false
  /** One row a value: an expression and what must come of it. */
  readonly values: readonly SuiteValue[]
  /** One column `n` with the whole numbers from 1 to `count`, in order, made as they are read. */
  numbers(count: number): string
  /** A text column with one cell of so many times the letter x. */
  cell(length: number): string
  /** Works for minutes before its first row. Absent: a running statement cannot be stopped from within the process. */
  readonly slow?: string
  /** A statement that the parser refuses, and where: UTF-16 units from 0; absent where the source does not say. */
  readonly wrong: { readonly sql: string; readonly position?: number }
  /** Fails only after rows have come. Absent: there is no such statement. */
  readonly failsLate?: string
  readonly temporaryTable: { readonly create: string; readonly insert: string; readonly select: string }
  /** What the session's state is after a failed statement in an open transaction. */
  readonly transactionAfterError: 'open' | 'failed'
  /** As many columns as the source can give. */
  readonly mostColumns: number
  /** `affectedRows` and `command` after `create table`, `insert` of 3 rows, `update` of 2 and `delete` of 1. */
  readonly affected?: { readonly insert: number; readonly update: number; readonly delete: number }
  /** How the second bind parameter is written: `$2`, `?`. */
  readonly secondParameter: string
  readonly firstParameter: string
}

export interface SuiteValue {
  /** An expression. */
  readonly sql: string
  readonly kind: DataType['kind']
  readonly logical?: LogicalType
  /** The exact text; null for NULL. */
  readonly text: string | null
  readonly sourceType?: string
}

/** What every engine keeps to. See `engine/connection.ts` and `engine/result-stream.ts`. */
export function engineSuite(name: string, options: EngineSuiteOptions): void {
  describe(`${name} keeps the contract of an engine`, { skip: options.skip ?? false }, () => {
    let connection: Connection
    before(async () => {
      connection = await options.open()
    })
    after(async () => {
      await connection?.[Symbol.asyncDispose]()
    })
    const stillWorks = async () => assert.deepEqual((await run(connection, 'select 41 + 1 as answer')).rows, [['42']])

    describe('values', () => {
      for (const value of options.values) {
        test(`${value.sql} is ${value.text ?? 'NULL'}`, async () => {
          const { schema, rows, batches } = await run(connection, `select ${value.sql} as v`)
          assert.deepEqual(rows, [[value.text]])
          assert.equal(schema.fields[0]?.type.kind, value.kind)
          assert.equal(schema.fields[0]?.logical, value.logical)
          if (value.sourceType !== undefined) assert.equal(schema.fields[0]?.sourceType, value.sourceType)
          assertWellFormed(batches)
        })
      }
    })

    describe('rows', () => {
      test('come all, in order, the first in a small batch', async () => {
        const { rows, batches } = await run(connection, options.numbers(50_000))
        assert.equal(rows.length, 50_000)
        assert.ok(rows.every(([value], index) => value === String(index + 1)))
        assert.ok(batches.length > 1 && batches[0]!.rowCount <= 4096, `first batch of ${batches[0]?.rowCount}`)
        assert.ok(batches.every(batch => batch.rowCount <= 65_536))
        assertWellFormed(batches)
      })

      test('may be none, and the columns are known all the same', async () => {
        await using stream = await connection.query(`select * from (${options.numbers(5)}) as t where n < 0`)
        assert.deepEqual(
          stream.schema.fields.map(field => field.name),
          ['n'],
        )
        assert.deepEqual((await readAll(stream)).rows, [])
      })

      test('may have names that repeat, are empty or odd', async () => {
        const { schema, rows } = await run(connection, `select 1 as a, 2 as a, 3 as "x ""y"", é𝄞"`)
        assert.deepEqual(
          schema.fields.map(field => field.name),
          ['a', 'a', 'x "y", é𝄞'],
        )
        assert.deepEqual(rows, [['1', '2', '3']])
      })

      test(`may have ${options.mostColumns} columns`, async () => {
        const list = Array.from({ length: options.mostColumns }, (_, index) => `${index} as c${index}`)
        const { schema, rows, batches } = await run(connection, `select ${list.join(', ')}`)
        assert.equal(schema.fields.length, options.mostColumns)
        assert.deepEqual(
          rows[0],
          list.map((_, index) => String(index)),
        )
        assertWellFormed(batches)
      })

      test('may hold a cell of 10 MB', async () => {
        const { rows } = await run(connection, options.cell(10_000_000))
        assert.equal(rows[0]?.[0]?.length, 10_000_000)
        assert.equal(rows[0]?.[0]?.replaceAll('x', ''), '')
      })

      test('are not fetched far ahead of the reader', { timeout: 60_000 }, async () => {
        const used = () => process.memoryUsage().arrayBuffers + process.memoryUsage().external
        await using stream = await connection.query(options.numbers(2_000_000_000))
        const start = used()
        for await (const batch of stream) {
          assert.ok(batch.rowCount > 0)
          await sleep(500)
          break
        }
        assert.ok(used() - start < 256 * 1024 * 1024, `${used() - start} bytes were taken while nobody read`)
      })

      test('are read once', async () => {
        await using stream = await connection.query(options.numbers(3))
        await readAll(stream)
        await assert.rejects(readAll(stream), TuskError)
      })
    })

    describe('statements without rows', () => {
      test('have no columns and say what they did', async () => {
        await run(connection, 'create table suite_changes (a integer)')
        try {
          const insert = await run(connection, 'insert into suite_changes values (1), (2), (3)')
          assert.deepEqual(insert.schema.fields, [])
          assert.deepEqual(insert.rows, [])
          const update = await run(connection, 'update suite_changes set a = a + 10 where a > 1')
          const removed = await run(connection, 'delete from suite_changes where a = 1')
          if (options.affected !== undefined) {
            const { affected } = options
            assert.deepEqual(
              { insert: insert.affectedRows, update: update.affectedRows, delete: removed.affectedRows },
              affected,
            )
          }
          assert.deepEqual((await run(connection, 'select a from suite_changes order by a')).rows, [['12'], ['13']])
        } finally {
          await run(connection, 'drop table suite_changes')
        }
      })

      test('run even when nobody reads the stream', async () => {
        await using _ = await connection.query('create table suite_unread (a integer)')
        await run(connection, 'drop table suite_unread')
      })
    })

    describe('parameters', () => {
      test('are text or null, and never part of the statement', async () => {
        const { firstParameter, secondParameter } = options
        const sql = `select cast(${firstParameter} as varchar(100)) as a, cast(${secondParameter} as varchar(100)) as b`
        const { rows } = await run(connection, sql, { parameters: [`'; drop table x --`, null] })
        assert.deepEqual(rows, [[`'; drop table x --`, null]])
      })
    })

    describe('errors', () => {
      test('name the place in the statement and leave the session usable', async () => {
        const error = await failure(run(connection, options.wrong.sql))
        assert.equal(error.code, 'QUERY_FAILED')
        assert.notEqual(error.message, '')
        assert.equal(error.position, options.wrong.position)
        await stillWorks()
      })

      test('of a missing table are errors of the query', async () => {
        const error = await failure(run(connection, 'select * from there_is_no_such_table'))
        assert.equal(error.code, 'QUERY_FAILED')
        assert.match(error.message, /there_is_no_such_table/)
        await stillWorks()
      })

      if (options.failsLate !== undefined) {
        const { failsLate } = options
        test('that come after rows reach the reader', async () => {
          const error = await failure(run(connection, failsLate))
          assert.equal(error.code, 'QUERY_FAILED')
          await stillWorks()
        })
      }
    })

    describe('cancelling', () => {
      test('before the start runs nothing', async () => {
        const error = await failure(run(connection, 'select 1', { signal: AbortSignal.abort() }))
        assert.equal(error.code, 'QUERY_CANCELLED')
        await stillWorks()
      })

      test('while waiting for the turn lets the others go on', async () => {
        const stream = await connection.query(options.numbers(1_000_000))
        const abort = new AbortController()
        const waiting = failure(run(connection, 'select 1', { signal: abort.signal }))
        const behind = run(connection, 'select 2 as b')
        abort.abort()
        assert.equal((await waiting).code, 'QUERY_CANCELLED')
        await stream[Symbol.asyncDispose]()
        assert.deepEqual((await behind).rows, [['2']])
      })

      if (options.slow !== undefined) {
        const { slow } = options
        test('before the first row ends the statement', { timeout: 30_000 }, async () => {
          const abort = new AbortController()
          const running = failure(run(connection, slow, { signal: abort.signal }))
          await sleep(100)
          abort.abort()
          assert.equal((await running).code, 'QUERY_CANCELLED')
          await stillWorks()
        })

        test('right after the start ends the statement', { timeout: 30_000 }, async () => {
          for (let round = 0; round < 5; round++) {
            const abort = new AbortController()
            const running = failure(run(connection, slow, { signal: abort.signal }))
            for (let turn = 0; turn < round; turn++) await sleep(0)
            abort.abort()
            assert.equal((await running).code, 'QUERY_CANCELLED')
            await stillWorks()
          }
        })
      }

      test('amid the rows ends them with an error', { timeout: 30_000 }, async () => {
        const abort = new AbortController()
        const stream = await connection.query(options.numbers(2_000_000_000), { signal: abort.signal })
        let batches = 0
        const reading = (async () => {
          for await (const _ of stream) if (++batches === 3) abort.abort()
        })()
        assert.equal((await failure(reading)).code, 'QUERY_CANCELLED')
        await stillWorks()
      })

      test('gives the reason when that is an error of Tusk', { timeout: 30_000 }, async () => {
        const abort = new AbortController()
        const stream = await connection.query(options.numbers(2_000_000_000), { signal: abort.signal })
        abort.abort(new TuskError('QUERY_TIMEOUT'))
        assert.equal((await failure(readAll(stream))).code, 'QUERY_TIMEOUT')
        await stillWorks()
      })

      test('after the end changes nothing', async () => {
        const abort = new AbortController()
        assert.equal((await run(connection, options.numbers(3), { signal: abort.signal })).rows.length, 3)
        abort.abort()
        await stillWorks()
      })

      test('twenty times in a row never hits the next statement', { timeout: 60_000 }, async () => {
        for (let round = 0; round < 20; round++) {
          const abort = new AbortController()
          const stream = await connection.query(options.numbers(300_000), { signal: abort.signal })
          abort.abort()
          await failure(readAll(stream))
          await stillWorks()
        }
      })
    })

    describe('leaving early', () => {
      test('the loop ends the statement', { timeout: 30_000 }, async () => {
        for await (const batch of await connection.query(options.numbers(2_000_000_000))) {
          assert.ok(batch.rowCount > 0)
          break
        }
        await stillWorks()
      })

      test('by disposing unread rows ends the statement', { timeout: 30_000 }, async () => {
        const stream = await connection.query(options.numbers(2_000_000_000))
        await stream[Symbol.asyncDispose]()
        await stream[Symbol.asyncDispose]()
        await stillWorks()
      })
    })

    describe('a session', () => {
      test('runs one statement at a time; a second waits for the first', async () => {
        const first = await connection.query(options.numbers(100_000))
        let secondStarted = false
        const second = run(connection, 'select 7 as a').then(result => {
          secondStarted = true
          return result
        })
        const iterator = first[Symbol.asyncIterator]()
        await iterator.next()
        assert.equal(secondStarted, false)
        let rows = 0
        for (let next = await iterator.next(); !next.done; next = await iterator.next()) rows += next.value.rowCount
        assert.ok(rows > 0)
        assert.deepEqual((await second).rows, [['7']])
      })

      test('keeps temporary tables from statement to statement', async () => {
        const { create, insert, select } = options.temporaryTable
        await run(connection, create)
        await run(connection, insert)
        assert.deepEqual((await run(connection, select)).rows, [['1']])
      })

      test('keeps a transaction open and says so', async () => {
        assert.equal(connection.transaction, 'none')
        await run(connection, 'begin')
        assert.equal(connection.transaction, 'open')
        await run(connection, 'create table suite_rolled_back (a integer)')
        await failure(run(connection, 'select * from there_is_no_such_table'))
        assert.equal(connection.transaction, options.transactionAfterError)
        await run(connection, 'rollback')
        assert.equal(connection.transaction, 'none')
        await failure(run(connection, 'select * from suite_rolled_back'))
        await stillWorks()
      })

      test('is independent of others', async () => {
        await using other = connection.session === undefined ? await options.open() : await connection.session()
        const { rows } = await run(other, 'select 1 as a')
        assert.deepEqual(rows, [['1']])
        await run(other, 'begin')
        assert.equal(connection.transaction, 'none')
        await run(other, 'rollback')
      })
    })

    describe('disposing', () => {
      test('ends what runs and refuses what comes', { timeout: 30_000 }, async () => {
        const other = await options.open()
        const stream = await other.query(options.numbers(2_000_000_000))
        const reading = readAll(stream).then(
          () => undefined,
          (error: unknown) => error,
        )
        await other[Symbol.asyncDispose]()
        await reading
        await other[Symbol.asyncDispose]()
        assert.ok((await failure(run(other, 'select 1'))) instanceof TuskError)
        await stillWorks()
      })
    })

    describe('the catalog', () => {
      test('lists relations and their columns', async () => {
        await run(connection, 'create table suite_catalog (id integer primary key, label varchar(20) not null)')
        try {
          const relation = (await connection.introspector.relations()).find(({ name }) => name === 'suite_catalog')
          assert.equal(relation?.kind, 'table')
          const columns = await connection.introspector.columns(relation!)
          assert.deepEqual(
            columns.map(column => [column.name, column.nullable, column.primaryKey === true]),
            [
              ['id', columns[0]!.nullable, true],
              ['label', false, false],
            ],
          )
          const all = await connection.introspector.allColumns(10_000)
          const listed = all.get(`${relation!.schema}.suite_catalog`)
          assert.deepEqual(
            listed?.map(column => column.name),
            ['id', 'label'],
          )
        } finally {
          await run(connection, 'drop table suite_catalog')
        }
      })

      test('says when a relation is gone', async () => {
        const [schema] = await connection.introspector.searchPath()
        const gone = { schema: schema ?? 'main', name: 'there_is_no_such_table' }
        assert.equal((await failure(connection.introspector.columns(gone))).code, 'NOT_FOUND')
      })

      test('may be read while a statement runs', async () => {
        await using stream = await connection.query(options.numbers(2_000_000_000))
        assert.ok(Array.isArray(await connection.introspector.relations()))
        assert.equal(stream.schema.fields.length, 1)
      })
    })
  })
}

/** The TuskError that the promise must end with. */
async function failure(promise: Promise<unknown>): Promise<TuskError> {
  const error = await promise.then(
    () => assert.fail('It should have failed.'),
    (reason: unknown) => reason,
  )
  if (error instanceof TuskError) return error
  throw error
}

/** Node lengths, null counts and buffers agree, so that any reader of Arrow can take the batch. */
function assertWellFormed(batches: readonly RecordBatch[]): void {
  for (const batch of batches) {
    for (const [index, column] of columnsOf(batch).entries()) {
      assert.equal(column.length, batch.rowCount)
      const reader = readColumns(batch)[index]!
      let nulls = 0
      for (let row = 0; row < batch.rowCount; row++) if (reader.isNull(row)) nulls++
      assert.equal(column.nullCount, nulls)
    }
  }
}
