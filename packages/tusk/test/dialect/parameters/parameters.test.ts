import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { duckdbDialect } from '../../../src/dialect/duckdb.ts'
import { postgresDialect } from '../../../src/dialect/postgres.ts'
import { sqliteDialect } from '../../../src/dialect/sqlite.ts'
import type { Dialect } from '../../../src/engine/dialect.ts'
import type { ParameterValue } from '../../../src/engine/parameters.ts'
import { TuskError } from '../../../src/errors.ts'

const all = [postgresDialect, duckdbDialect, sqliteDialect]

/** Names in order, joined by blanks. */
const names = (dialect: Dialect, statement: string): string =>
  dialect
    .parameters!.find(statement)
    .map(({ name }) => name)
    .join(' ')

function expect(dialects: readonly Dialect[], table: Readonly<Record<string, string>>): void {
  for (const dialect of dialects)
    for (const [statement, found] of Object.entries(table))
      assert.equal(names(dialect, statement), found, `${dialect.id}: ${statement}`)
}

suite('where parameters are', () => {
  test('the same in every dialect', () => {
    expect(all, {
      'SELECT :a': 'a',
      'SELECT :a, $1, {{ b_2 }}, {{c}}': 'a 1 b_2 c',
      'SELECT :a WHERE x = :a': 'a a',
      'SELECT * FROM t WHERE x=:größe AND y IN (:a,:b)': 'größe a b',
      'SELECT :a::date, x::text, 1::int': 'a',
      'SELECT x :: text': '',
      'LIMIT:n OFFSET :m': 'n m',
      "SELECT ':a $1 {{b}}', ':a'':b', \":c\" -- :d {{e}}\n/* :f $2 */": '',
      "SELECT ':a' || :b": 'b',
      'SELECT x:=1': '',
      'SELECT : a': '',
      'SELECT {a}, {{a b}}, {{1 2}}, {{}}': '',
      'SELECT {{1}}': '1',
      'SELECT a$1, a:b': '',
      "SELECT JSON_OBJECT('a':b, 'c': :d)": 'd',
      "SELECT d->:key, d ->> :key, d->>'$.a'": 'key key',
      "SELECT '12:30:00', 12:30": '',
      'EXPLAIN SELECT :a': 'a',
      'INSERT INTO t VALUES (:a, :b)': 'a b',
      'PREPARE q AS SELECT $1': '',
      'CREATE FUNCTION f(int) RETURNS int LANGUAGE sql RETURN $1 + 1': '',
      'create or replace procedure p() begin atomic select $1; end': '',
      'CREATE TABLE t AS SELECT :a AS b': 'a',
      '': '',
      ':': '',
      $: '',
      '{{': '',
    })
  })

  test('slices and lists', () => {
    expect([postgresDialect, duckdbDialect], {
      'SELECT a[1:2], a[1:n], a[x:y], a[:n], a[n:], a[1]': '',
      'SELECT a[f(1):n], (a)[i:n], "a"[i:n]': '',
      'SELECT a[1 : :n], a[i + :n]': 'n n',
      'SELECT ARRAY[:a, :b], x = ANY(ARRAY[:c])': 'a b c',
    })
    // Square brackets quote names there.
    expect([sqliteDialect], { 'SELECT [a:b], [:c], :d': 'd' })
  })

  test('what only one dialect has', () => {
    expect([postgresDialect], {
      'SELECT $$ :a $1 $$, $t$ :b $t$, $1': '1',
      "SELECT E'\\' :a', :b": 'b',
      "SELECT d ? 'a', d ?| ARRAY['b'], d @> :c, d @? '$.x', d #>> '{a}'": 'c',
      'DO $$ BEGIN PERFORM $1; END $$': '',
      '/* /* :a */ :b */ SELECT :c': 'c',
    })
    expect([duckdbDialect], {
      "SELECT {'a':b, 'c': :d, e:f, g :h}, MAP {k:v}": 'd',
      'SELECT x: 1, y:z FROM t: s': '',
      'SELECT [:a, :b], [x for x in l if x > :c]': 'a b c',
      'SELECT $name, $2': 'name 2',
      'CREATE MACRO f(a) AS a + $b': '',
    })
    expect([sqliteDialect], { 'SELECT $name, `:a`, :b': 'name b' })
  })
})

const text = (value: string | null): ParameterValue => ({ kind: 'text', value })

suite('statements with placeholders', () => {
  test('one placeholder for each name, values in its order', () => {
    const values = { b: text('2'), a: text(null), 9: text('x') }
    const given = 'SELECT :a, {{b}}, $9, :a'
    const bound = all.map(dialect => dialect.parameters!.bind(given, values))
    assert.deepEqual(
      bound.map(({ sql }) => sql),
      ['SELECT $1, $2, $3, $1', 'SELECT $1, $2, $3, $1', 'SELECT :p1, :p2, :p3, :p1'],
    )
    for (const { parameters } of bound) assert.deepEqual(parameters, [null, '2', 'x'])
    // Places of the new text are places of the old one.
    assert.equal(bound[0]!.positionOf(bound[0]!.sql.indexOf('$3')), given.indexOf('$9'))
    assert.equal(bound[0]!.positionOf(0), 0)
    assert.equal(bound[0]!.positionOf(bound[0]!.sql.length), given.length)
  })

  test('kinds are sent as types', () => {
    const table: readonly (readonly [ParameterValue, string, string, string, string | null])[] = [
      [text('5'), '$1', '$1', ':p1', '5'],
      [{ kind: 'number', value: null }, '$1', '$1', ':p1', null],
      [{ kind: 'number', value: ' -5 ' }, 'integer', 'integer', 'integer', '-5'],
      [{ kind: 'number', value: '2147483648' }, 'bigint', 'bigint', 'integer', '2147483648'],
      [{ kind: 'number', value: '9223372036854775808' }, 'numeric', 'decimal(19, 0)', 'real', '9223372036854775808'],
      [{ kind: 'number', value: '0.10' }, 'numeric', 'decimal(3, 2)', 'real', '0.10'],
      [{ kind: 'number', value: '1e3' }, 'numeric', 'double', 'real', '1e3'],
      [{ kind: 'boolean', value: 'true' }, 'boolean', 'boolean', 'integer', 'true'],
      [{ kind: 'date', value: '2024-02-29' }, 'date', 'date', ':p1', '2024-02-29'],
      [{ kind: 'timestamp', value: '2024-02-29T10:20' }, 'timestamp', 'timestamp', ':p1', '2024-02-29 10:20:00'],
      [
        { kind: 'timestamp', value: '2024-02-29 10:20:30.123456Z' },
        'timestamptz',
        'timestamptz',
        ':p1',
        '2024-02-29 10:20:30.123456+00',
      ],
    ]
    for (const [value, postgres, duckdb, sqlite, sent] of table) {
      for (const [dialect, type] of [
        [postgresDialect, postgres],
        [duckdbDialect, duckdb],
        [sqliteDialect, sqlite],
      ] as const) {
        const { sql, parameters } = dialect.parameters!.bind('SELECT :a', { a: value })
        const placeholder = dialect === sqliteDialect ? ':p1' : '$1'
        const expected = type === placeholder ? placeholder : `CAST(${placeholder} AS ${type})`
        assert.equal(sql, `SELECT ${expected}`, `${dialect.id} ${JSON.stringify(value)}`)
        const stored = dialect === sqliteDialect && value.kind === 'boolean' ? '1' : sent
        assert.deepEqual(parameters, [stored])
      }
    }
  })

  test('values that are not of their kind are refused by name', () => {
    const wrong: readonly ParameterValue[] = [
      { kind: 'number', value: '1; DROP TABLE t' },
      { kind: 'number', value: '' },
      { kind: 'number', value: '1e99999' },
      { kind: 'number', value: '0x10' },
      { kind: 'boolean', value: 'yes' },
      { kind: 'date', value: '2023-02-29' },
      { kind: 'date', value: "2023-02-01' OR 1" },
      { kind: 'timestamp', value: '2023-02-01 25:00' },
      { kind: 'timestamp', value: '2023-02-01' },
      { kind: 'text', value: 'a\0b' },
    ]
    for (const dialect of all)
      for (const value of wrong)
        assert.throws(
          () => dialect.parameters!.bind('SELECT :a', { a: value }),
          (error: unknown) => error instanceof TuskError && error.code === 'BAD_REQUEST' && /“a”/.test(error.message),
          `${dialect.id} ${JSON.stringify(value)}`,
        )
  })

  test('a parameter without a value is named, with its place', () => {
    for (const dialect of all)
      assert.throws(
        () => dialect.parameters!.bind('SELECT :a, :toString', { a: text('') }),
        (error: unknown) => error instanceof TuskError && error.position === 11 && /toString/.test(error.message),
      )
  })

  test('no value is ever part of the text', () => {
    const hostile = `'; DROP TABLE t; -- " \` $1 :a {{a}} \\ $$ */`
    for (const dialect of all) {
      const { sql, parameters } = dialect.parameters!.bind('SELECT {{a}}AND:b', { a: text(hostile), b: text(hostile) })
      assert.match(sql, /^SELECT (?:\$1|:p1) AND (?:\$2|:p2)$/)
      assert.deepEqual(parameters, [hostile, hostile])
    }
  })
})
