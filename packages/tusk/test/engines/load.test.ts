import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { DataField } from '../../src/arrow/data-type.ts'
import { columnType } from '../../src/dialect/column-type.ts'
import type { SqlFlavour } from '../../src/dialect/sql-literal.ts'
import type { Connection } from '../../src/engine/connection.ts'
import type { LoadRequest } from '../../src/engine/load.ts'
import type { TableSource } from '../../src/engine/table-source.ts'
import { duckdbEngine } from '../../src/engines/duckdb/engine.ts'
import { postgresEngine } from '../../src/engines/postgres/engine.ts'
import { sqliteEngine } from '../../src/engines/sqlite/engine.ts'
import { TuskError } from '../../src/errors.ts'
import { SpoolTableSource } from '../../src/results/spool-table-source.ts'
import { SpoolWriter } from '../../src/results/spool-writer.ts'
import { run } from '../contract/read-all.ts'
import { duckdbQuery, postgresQuery, sqliteQuery } from '../golden/golden-queries.ts'
import { skipWithoutPostgres, startTestPostgres } from '../support/postgres.ts'
import { sampleBatch, writeSpool } from '../support/spool-fixture.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const goldens = { postgres: postgresQuery, duckdb: duckdbQuery, sqlite: sqliteQuery }
const dialects = { postgres: postgresEngine.dialect, duckdb: duckdbEngine.dialect, sqlite: sqliteEngine.dialect }
const schemas = { postgres: 'public', duckdb: 'main', sqlite: 'main' }

type Loss = 'refused' | ((text: string | null) => string | null)

const withoutNan = (text: string | null): string | null => (text === 'NaN' ? null : text === '-0' ? '0' : text)
const asNumber = (text: string | null): string | null => (text === null ? null : text === 'true' ? '1' : '0')

/** Columns whose values a database has no room for, and what comes of them there. */
const losses: Readonly<Record<string, Readonly<Record<string, Loss>>>> = {
  // DuckDB has no numbers of any length: as text they are all there.
  'postgres → duckdb': { 'numeric[]': text => text?.replaceAll(/(-?\d[\d.]*)/g, '"$1"') ?? null },
  'postgres → sqlite': { bool: asNumber, float8: withoutNan, float4: withoutNan },
  'duckdb → postgres': {
    date: 'refused',
    interval: text => text?.replace('months', 'mons').replace(' 04', ' +04') ?? null,
    text: 'refused',
  },
  'duckdb → sqlite': { bool: asNumber, double: withoutNan, float: withoutNan },
  'sqlite → postgres': { text: 'refused' },
}

suite('rows are loaded into tables', { skip: skipWithoutPostgres(15) }, () => {
  const closing: (() => void | Promise<void>)[] = []
  const untilTheEnd = { after: (end: () => void | Promise<void>) => void closing.push(end) }
  const open = {} as Record<SqlFlavour, Connection>
  const sources = {} as Record<SqlFlavour, TableSource>
  before(async () => {
    const server = await startTestPostgres(15)
    closing.push(async () => await server[Symbol.asyncDispose]())
    const { host, port, user } = server
    open.postgres = await postgresEngine.open({ host, port, user, database: 'postgres' })
    open.duckdb = await duckdbEngine.open({ path: ':memory:' })
    open.sqlite = await sqliteEngine.open({ path: ':memory:' })
    for (const flavour of ['postgres', 'duckdb', 'sqlite'] as const) {
      const connection = open[flavour]
      closing.push(async () => await connection[Symbol.asyncDispose]())
      for (const { text } of dialects[flavour].split(goldens[flavour].setup)) await run(connection, text)
      sources[flavour] = await stored(connection, goldens[flavour].sql)
    }
  })
  after(async () => {
    for (const end of closing.toReversed()) await end()
  })

  async function stored(connection: Connection, sql: string): Promise<TableSource> {
    const directory = temporaryDirectory(untilTheEnd)
    await using stream = await connection.query(sql)
    await using writer = await SpoolWriter.create(directory, stream.schema)
    for await (const batch of stream) await writer.append(batch)
    await writer.finish()
    const source = new SpoolTableSource(directory)
    closing.push(() => source[Symbol.dispose]())
    return source
  }

  for (const from of ['postgres', 'duckdb', 'sqlite'] as const)
    for (const to of ['postgres', 'duckdb', 'sqlite'] as const)
      test(`hostile values of ${from} in new tables of ${to}`, { timeout: 120_000 }, async () => {
        const source = sources[from]
        const wrong: string[] = []
        for (const [position, { name }] of source.schema.fields.entries()) {
          if (position === 0) continue
          const expected = goldens[from].cells.map(cells => cells[position]!.text)
          const loss = losses[`${from} → ${to}`]?.[name]
          try {
            const got = await loadedColumn(
              open[to],
              to,
              source,
              position,
              columnType(to, source.schema.fields[position] as DataField, from),
            )
            const wanted = typeof loss === 'function' ? expected.map(loss) : expected
            for (const [row, text] of wanted.entries())
              if (got[row] !== text) wrong.push(`${name}: ${text} became ${got[row]}`)
            if (loss === 'refused') wrong.push(`${name} was not refused`)
          } catch (error) {
            if (loss !== 'refused')
              wrong.push(`${name}: ${TuskError.from(error).message} ${TuskError.from(error).detail ?? ''}`)
          }
        }
        assert.deepEqual(wrong, [])
      })

  for (const to of ['postgres', 'duckdb', 'sqlite'] as const) {
    const table = { schema: schemas[to], name: 'orders; --' }
    const quoted = `${schemas[to]}."orders; --"`
    const count = async (): Promise<string | null | undefined> =>
      (await run(open[to], `SELECT count(*) FROM ${quoted}`)).rows[0]?.[0]
    const request = async (rows: number, bad?: number) => ({
      before: [],
      table,
      columns: [
        { name: 'text', from: 1 },
        { name: 'n', from: 0 },
      ],
      source: await sample(rows, bad),
    })

    test(`${to}: a row that is refused is named, and nothing is left of the others, nor of the table that was made for them`, async () => {
      await run(open[to], `DROP TABLE IF EXISTS ${quoted}`)
      const create = `CREATE TABLE ${quoted} (n bigint CHECK (n >= 0), text text)`
      await assert.rejects(load(to, { ...(await request(9_000, 7_777)), before: [create] }), (error: TuskError) => {
        assert.equal(error.code, 'QUERY_FAILED')
        assert.match(error.message, /check|constraint/i)
        if (to !== 'duckdb') assert.match(error.detail ?? '', /line 7778|Row 7,778/)
        return true
      })
      assert.equal(open[to].transaction, 'none')
      await assert.rejects(count(), { code: 'QUERY_FAILED' })
      assert.equal(await load(to, { ...(await request(9_000)), before: [create] }), 9_000)
      await assert.rejects(load(to, { ...(await request(9_000, 8_999)), before: [`DELETE FROM ${quoted}`] }))
      assert.equal(await count(), '9000')
      const { rows } = await run(open[to], `SELECT n, text FROM ${quoted} WHERE n = 8999`)
      assert.deepEqual(rows, [['8999', 'row 8999']])
    })

    test(`${to}: a transaction that is open is not touched`, async () => {
      await run(open[to], 'BEGIN')
      await assert.rejects(load(to, await request(1)), { code: 'CONFLICT' })
      assert.equal(open[to].transaction, 'open')
      await run(open[to], 'ROLLBACK')
    })

    test(`${to}: cancelled amid the rows nothing is left, and the session goes on`, { timeout: 60_000 }, async () => {
      const before = await count()
      const abort = new AbortController()
      const large = await request(500_000)
      const source = onRead(large.source, reads => {
        if (reads === 3) abort.abort()
      })
      await assert.rejects(load(to, { ...large, source }, abort.signal), { code: 'QUERY_CANCELLED' })
      assert.equal(await count(), before)
      assert.equal(open[to].transaction, 'none')
    })

    test(`${to}: a table or column that is not there`, async () => {
      const known = await request(1)
      const gone = { ...known, table: { ...table, name: 'nowhere' } }
      await assert.rejects(load(to, gone), { code: 'QUERY_FAILED', message: /nowhere/ })
      const wrong = { ...known, columns: [{ name: 'absent', from: 0 }] }
      await assert.rejects(load(to, wrong), { code: 'QUERY_FAILED', message: /absent/ })
    })
  }

  function load(to: SqlFlavour, request: LoadRequest, signal?: AbortSignal): Promise<number> {
    const connection = open[to]
    assert.ok(connection.load)
    return connection.load(request, signal === undefined ? {} : { signal })
  }

  /** Rows of `sampleSchema`; of row `bad` the number is negative. */
  async function sample(rows: number, bad?: number): Promise<TableSource> {
    const directory = temporaryDirectory(untilTheEnd)
    const batches = Array.from({ length: Math.ceil(rows / 50_000) }, (_, index) =>
      sampleBatch(index * 50_000, Math.min(50_000, rows - index * 50_000)),
    )
    if (bad !== undefined) {
      const numbers = batches[0]?.buffers.find(({ byteLength }) => byteLength >= rows * 8)
      assert.ok(numbers)
      new DataView(numbers.buffer, numbers.byteOffset).setBigInt64(bad * 8, -1n, true)
    }
    await writeSpool(directory, batches)
    const source = new SpoolTableSource(directory)
    closing.push(() => source[Symbol.dispose]())
    return source
  }

  /** The texts of one column after it went into a new table and came back. */
  async function loadedColumn(
    connection: Connection,
    flavour: SqlFlavour,
    source: TableSource,
    position: number,
    type: string,
  ): Promise<readonly (string | null)[]> {
    const table = `${schemas[flavour]}.loaded`
    const loaded = await connection.load?.({
      before: [`DROP TABLE IF EXISTS ${table}`, `CREATE TABLE ${table} (place integer, "the ""value""" ${type})`],
      table: { schema: schemas[flavour], name: 'loaded' },
      columns: [
        { name: 'place', from: 0 },
        { name: 'the "value"', from: position, type },
      ],
      source,
    })
    assert.equal(loaded, source.rowCount)
    const { rows } = await run(connection, `SELECT "the ""value""" FROM ${table} ORDER BY place`)
    return rows.map(([text]) => text ?? null)
  }
})

/** `source`, which tells how often rows were read. */
function onRead(source: TableSource, tell: (reads: number) => void): TableSource {
  let reads = 0
  return {
    schema: source.schema,
    batchCount: source.batchCount,
    rowCount: source.rowCount,
    batchStarts: source.batchStarts,
    groupStarts: source.groupStarts,
    readBatch: (index, columns) => {
      tell(++reads)
      return source.readBatch(index, columns)
    },
    readRows: (first, count, columns) => {
      tell(++reads)
      return source.readRows(first, count, columns)
    },
  }
}
