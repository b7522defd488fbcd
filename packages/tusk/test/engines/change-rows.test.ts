import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { DataField } from '../../src/arrow/data-type.ts'
import { readColumns } from '../../src/arrow/index.ts'
import { type ChangedTable, changeSql } from '../../src/dialect/rows/change-rows.ts'
import { selectRowsSql } from '../../src/dialect/rows/select-rows.ts'
import { SqlParts } from '../../src/dialect/safe-sql.ts'
import type { SqlFlavour } from '../../src/dialect/sql-literal.ts'
import type { Connection } from '../../src/engine/connection.ts'
import { duckdbEngine } from '../../src/engines/duckdb/engine.ts'
import { postgresEngine } from '../../src/engines/postgres/engine.ts'
import { sqliteEngine } from '../../src/engines/sqlite/engine.ts'
import { TuskError } from '../../src/errors.ts'
import { run } from '../contract/read-all.ts'
import { duckdbQuery, postgresQuery, sqliteQuery } from '../golden/golden-queries.ts'
import { skipWithoutPostgres, startTestPostgres } from '../support/postgres.ts'

const goldens = { postgres: postgresQuery, duckdb: duckdbQuery, sqlite: sqliteQuery }
const engines = { postgres: postgresEngine, duckdb: duckdbEngine, sqlite: sqliteEngine }

const unexact = ['union']

type Row = Readonly<Record<string, string | null>>

async function read(connection: Connection, text: string): Promise<{ fields: readonly DataField[]; rows: Row[] }> {
  await using stream = await connection.query(text)
  const rows: Row[] = []
  let fields = stream.schema.fields
  for await (const batch of stream) {
    fields = batch.schema.fields
    const columns = readColumns(batch)
    for (let row = 0; row < batch.rowCount; row++)
      rows.push(Object.fromEntries(fields.map(({ name }, at) => [name, columns[at]!.text(row)])))
  }
  return { fields, rows }
}

suite('changes of rows keep hostile values exact', { skip: skipWithoutPostgres(15) }, () => {
  const closing: (() => void | Promise<void>)[] = []
  const open = {} as Record<SqlFlavour, Connection>
  before(async () => {
    const server = await startTestPostgres(15)
    closing.push(() => server.stop())
    const { host, port, user } = server
    open.postgres = await postgresEngine.open({ host, port, user, database: 'postgres' })
    open.duckdb = await duckdbEngine.open({ path: ':memory:' })
    open.sqlite = await sqliteEngine.open({ path: ':memory:' })
    for (const flavour of ['postgres', 'duckdb', 'sqlite'] as const) {
      const connection = open[flavour]
      closing.push(async () => await connection[Symbol.asyncDispose]())
      const { dialect } = engines[flavour]
      for (const { text } of dialect.split(goldens[flavour].setup)) await run(connection, text)
      const keep = flavour === 'postgres' ? 'CREATE TEMP TABLE golden AS' : 'CREATE TABLE golden AS'
      await run(connection, `${keep} ${goldens[flavour].sql}`)
      await run(connection, 'ALTER TABLE golden ADD COLUMN mark text')
      // Values of a union do not say which of its types they have: they are neither compared nor edited.
      if (flavour === 'duckdb')
        for (const name of unexact) await run(connection, `ALTER TABLE golden DROP COLUMN "${name}"`)
    }
  })
  after(async () => {
    for (const end of closing.toReversed()) await end()
  })

  for (const flavour of ['postgres', 'duckdb', 'sqlite'] as const) {
    const parts = new SqlParts(flavour)

    /** The table as it is described, with the first column of the query, which numbers the rows, as its key. */
    async function golden(): Promise<{ table: ChangedTable; rows: Row[]; key: string }> {
      const name = flavour === 'postgres' ? { schema: 'pg_temp', name: 'golden' } : { schema: 'main', name: 'golden' }
      const key = (await read(open[flavour], 'SELECT * FROM golden LIMIT 0')).fields[0]!.name
      const { fields, rows } = await read(open[flavour], `SELECT * FROM golden ORDER BY ${parts.name(key).text}`)
      const types = await columnTypes(open[flavour], flavour)
      const columns = fields.map(
        field => [field.name, { name: field.name, type: types[field.name] ?? '', field }] as const,
      )
      return { table: { name, columns: new Map(columns), key: [key] }, rows, key }
    }

    test(`${flavour}: what was seen is found again, and nothing beside the change changes`, async () => {
      const { table, rows } = await golden()
      assert.ok(rows.length > 3)
      const missed: string[] = []
      for (const seen of rows)
        for (const column of table.columns.keys()) {
          const only = { ...Object.fromEntries(table.key.map(name => [name, seen[name]!])), [column]: seen[column]! }
          const { text } = changeSql(parts, table, { kind: 'update', seen: only, set: { mark: { value: 'x' } } })
          const { rows: done } = await run(open[flavour], text).catch(error => ({
            rows: [[TuskError.from(error).message]],
          }))
          if (done.length !== 1 || done[0]?.[0] !== '1') missed.push(`${column} = ${seen[column]}: ${done} ${text}`)
          await run(open[flavour], 'UPDATE golden SET mark = NULL')
        }
      assert.deepEqual(missed, [])
      assert.deepEqual((await golden()).rows, rows)
    })

    test(`${flavour}: each value goes in as it came out`, async () => {
      const { table, rows, key } = await golden()
      await run(open[flavour], 'DELETE FROM golden')
      for (const row of rows) {
        const set = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, { value }]))
        await run(open[flavour], changeSql(parts, table, { kind: 'insert', set }).text)
      }
      assert.deepEqual((await golden()).rows, rows)
      // By UPDATE too, over another row's values.
      const [first] = rows
      for (const row of rows.slice(1)) {
        const { [key]: number, mark: _, ...values } = row
        const set = Object.fromEntries(Object.keys(values).map(name => [name, { value: first![name] ?? null }]))
        const back = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]))
        const there = await run(open[flavour], changeSql(parts, table, { kind: 'update', seen: row, set }).text)
        assert.equal(there.rows.length, 1, `row ${number}`)
        const now = { ...first!, [key]: number! }
        assert.equal(
          (await run(open[flavour], changeSql(parts, table, { kind: 'update', seen: now, set: back }).text)).rows
            .length,
          1,
        )
      }
      assert.deepEqual((await golden()).rows, rows)
      for (const seen of rows)
        assert.equal((await run(open[flavour], changeSql(parts, table, { kind: 'delete', seen }).text)).rows.length, 1)
      assert.deepEqual((await golden()).rows, [])
    })

    test(`${flavour}: what a person writes into any column never becomes SQL`, async () => {
      await run(open[flavour], 'DROP TABLE IF EXISTS victims')
      await run(open[flavour], 'CREATE TABLE victims (n integer)')
      const { table } = await golden()
      const count = table.columns.size
      assert.ok(count > 3)
      for (const { name, field } of table.columns.values())
        for (const attack of [
          `1); DROP TABLE victims; --`,
          `'); DROP TABLE victims; --`,
          `[");DROP TABLE victims;--", 1]`,
          `{"a": "0)]; DROP TABLE victims; --"}`,
          '\\x00); DROP TABLE victims',
          '0x1',
          '1e5; DROP TABLE victims',
          '\\',
          "\\'; DROP TABLE victims; --",
        ]) {
          let text: string
          try {
            ;({ text } = changeSql(parts, table, { kind: 'insert', set: { [name]: { value: attack } } }))
          } catch (error) {
            assert.equal(TuskError.from(error).code, 'BAD_REQUEST', `${name} ${attack} ${field.type.kind}`)
            continue
          }
          const split = engines[flavour].dialect.split(text)
          assert.equal(split.length, 1, text)
          await run(open[flavour], text).catch((error: unknown) =>
            assert.equal(TuskError.from(error).code, 'QUERY_FAILED'),
          )
        }
      await run(open[flavour], 'SELECT * FROM victims')
    })

    test(`${flavour}: a row that was changed, or is gone, is not found; a filter finds by text`, async () => {
      await run(open[flavour], 'CREATE TABLE plain (id bigint PRIMARY KEY, note text)')
      await run(open[flavour], `INSERT INTO plain VALUES (9007199254740993, 'a'), (2, NULL)`)
      const { fields } = await read(open[flavour], 'SELECT * FROM plain')
      const columns = fields.map(
        field => [field.name, { name: field.name, type: field.name === 'id' ? 'bigint' : 'text', field }] as const,
      )
      const schema =
        flavour === 'postgres'
          ? (
              await run(
                open.postgres,
                `select nspname from pg_class c join pg_namespace n on n.oid = relnamespace where relname = 'plain'`,
              )
            ).rows[0]![0]!
          : 'main'
      const table: ChangedTable = { name: { schema, name: 'plain' }, columns: new Map(columns), key: ['id'] }
      const change = async (seen: Row) =>
        (
          await run(
            open[flavour],
            changeSql(parts, table, { kind: 'update', seen, set: { note: { value: `it's` } } }).text,
          )
        ).rows.length
      assert.equal(await change({ id: '9007199254740993', note: 'b' }), 0)
      assert.equal(await change({ id: '9007199254740992', note: 'a' }), 0)
      assert.equal(await change({ id: '2', note: '' }), 0)
      assert.equal(await change({ id: '9007199254740993', note: 'a' }), 1)
      assert.equal(await change({ id: '2', note: null }), 1)
      const { text } = selectRowsSql(parts, {
        table: table.name,
        filter: [{ column: 'id', type: 'bigint', value: '9007199254740993' }],
        order: ['id'],
        limit: 10,
      })
      assert.deepEqual((await read(open[flavour], text)).rows, [{ id: '9007199254740993', note: `it's` }])
      assert.throws(
        () => changeSql(parts, table, { kind: 'update', seen: { note: 'a' }, set: { note: { value: 'b' } } }),
        { code: 'BAD_REQUEST' },
      )
      assert.throws(
        () =>
          changeSql(parts, table, {
            kind: 'update',
            seen: { id: '2', 'x" = 1 --': 'a' },
            set: { note: { value: 'b' } },
          }),
        { code: 'BAD_REQUEST' },
      )
    })
  }
})

async function columnTypes(connection: Connection, flavour: SqlFlavour): Promise<Record<string, string>> {
  const query = {
    postgres: `select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'golden'::regclass and attnum > 0`,
    duckdb: `select column_name, data_type from duckdb_columns() where table_name = 'golden'`,
    sqlite: `select name, type from pragma_table_info('golden')`,
  }[flavour]
  return Object.fromEntries((await run(connection, query)).rows.map(([name, type]) => [name, type ?? '']))
}
