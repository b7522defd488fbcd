import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { suite, test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { duckdbDialect } from '../../src/dialect/duckdb.ts'
import { postgresDialect } from '../../src/dialect/postgres.ts'
import { sqliteDialect } from '../../src/dialect/sqlite.ts'

const all = [postgresDialect, duckdbDialect, sqliteDialect]
const badRequest = { name: 'TuskError', code: 'BAD_REQUEST' }

const text = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('select', 'Order', 'a"b', "a'b", 'a\\', '--', '/*'),
  )
  .filter(value => value.isWellFormed() && !value.includes('\0'))
const names = text.filter(value => value !== '')

suite('quoting', () => {
  for (const dialect of all)
    test(`${dialect.id}: refuses what a database would cut or change`, () => {
      assert.throws(() => dialect.quoteIdentifier(''), badRequest)
      assert.throws(() => dialect.quoteIdentifier('a\0b'), badRequest)
      assert.throws(() => dialect.quoteIdentifier('\ud800'), badRequest)
      assert.throws(() => dialect.quoteLiteral('a\0b'), badRequest)
      assert.throws(() => dialect.quoteLiteral('\udc00a'), badRequest)
    })

  test('names are quoted only where they must be', () => {
    assert.equal(postgresDialect.quoteIdentifier('orders_2'), 'orders_2')
    assert.equal(postgresDialect.quoteIdentifier('Orders'), '"Orders"')
    assert.equal(postgresDialect.quoteIdentifier('user'), '"user"')
    assert.equal(postgresDialect.quoteIdentifier('a"b'), '"a""b"')
    assert.equal(duckdbDialect.quoteIdentifier('Orders'), 'Orders')
    assert.equal(duckdbDialect.quoteIdentifier('Summarize'), '"Summarize"')
    assert.equal(sqliteDialect.quoteIdentifier('Orders'), 'Orders')
    assert.equal(sqliteDialect.quoteIdentifier('Replace'), '"Replace"')
    assert.equal(sqliteDialect.quoteIdentifier('1a'), '"1a"')
  })

  test('postgres: a name of 63 bytes is taken, one of 64 refused', () => {
    assert.equal(postgresDialect.quoteIdentifier('é'.repeat(31)), `"${'é'.repeat(31)}"`)
    assert.equal(postgresDialect.quoteIdentifier('a'.repeat(63)), 'a'.repeat(63))
    assert.throws(() => postgresDialect.quoteIdentifier('é'.repeat(32)), badRequest)
  })

  test('postgres: a backslash is the same whatever standard_conforming_strings is', () => {
    assert.equal(postgresDialect.quoteLiteral(`it's`), `'it''s'`)
    assert.equal(postgresDialect.quoteLiteral(`\\'`), `E'\\\\'''`)
  })

  test('sqlite gives back 3,000 random names and texts', () => {
    const database = new DatabaseSync(':memory:')
    try {
      fc.assert(
        fc.property(names, text, (name, value) => {
          const statement = database.prepare(
            `SELECT ${sqliteDialect.quoteLiteral(value)} AS ${sqliteDialect.quoteIdentifier(name)}`,
          )
          assert.equal(statement.columns()[0]?.name, name)
          assert.deepEqual(Object.values(statement.get() ?? {}), [value])
        }),
        { numRuns: 3000 },
      )
    } finally {
      database.close()
    }
  })

  test('sqlite: every name works as table and column', () => {
    const database = new DatabaseSync(':memory:')
    try {
      for (const name of [
        'select',
        'true',
        'Order',
        'rowid',
        'a b',
        'x"y',
        'é',
        'within',
        'current_date',
        'generated',
      ]) {
        const quoted = sqliteDialect.quoteIdentifier(name)
        database.exec(`CREATE TABLE ${quoted} (${quoted} TEXT); INSERT INTO ${quoted} VALUES ('v')`)
        assert.deepEqual(Object.values(database.prepare(`SELECT ${quoted} FROM ${quoted}`).get() ?? {}), ['v'])
        database.exec(`DROP TABLE ${quoted}`)
      }
    } finally {
      database.close()
    }
  })

  test('duckdb gives back 3,000 random names and texts, and every keyword it has', async () => {
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    try {
      const keywords = (await connection.runAndReadAll('SELECT keyword_name FROM duckdb_keywords()')).getRows()
      const pairs = [...fc.sample(fc.tuple(names, text), 3000), ...keywords.map(row => [String(row[0]), ''] as const)]
      for (let at = 0; at < pairs.length; at += 500) {
        const some = pairs.slice(at, at + 500)
        const columns = some.map(
          ([name, value]) => `${duckdbDialect.quoteLiteral(value)} AS ${duckdbDialect.quoteIdentifier(name)}`,
        )
        const result = await connection.runAndReadAll(`SELECT ${columns.join(', ')}`)
        assert.deepEqual(
          result.columnNames(),
          some.map(([name]) => name),
        )
        assert.deepEqual(
          result.getRows()[0],
          some.map(([, value]) => value),
        )
      }
      for (const [keyword] of keywords.map(row => [String(row[0])] as const)) {
        const quoted = duckdbDialect.quoteIdentifier(keyword)
        await connection.run(`CREATE TABLE ${quoted} (${quoted} INT)`)
        await connection.run(`SELECT ${quoted} FROM ${quoted}`)
        await connection.run(`DROP TABLE ${quoted}`)
      }
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  })
})
