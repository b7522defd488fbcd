import assert from 'node:assert/strict'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { suite, test } from 'node:test'
import type { Connection } from '../../../src/engine/connection.ts'
import { sqliteEngine } from '../../../src/engines/sqlite/engine.ts'
import { TuskError, type TuskErrorOptions } from '../../../src/errors.ts'
import { run } from '../../contract/index.ts'
import { temporaryDatabase } from './support/temporary-database.ts'

const fails = (promise: Promise<unknown>, expected: TuskErrorOptions & { readonly code: string }): Promise<void> =>
  assert.rejects(promise, { name: 'TuskError', ...expected })

suite('opening a SQLite file', () => {
  test('a mistyped path makes no file', async () => {
    using database = temporaryDatabase('')
    const path = join(database.directory, 'mistyped.db')
    await fails(sqliteEngine.open({ path }), { code: 'CONNECTION_FAILED', sourceCode: 'ENOENT' })
    await fails(sqliteEngine.open({ path, read_only: true, create: true }), { code: 'CONNECTION_FAILED' })
    assert.deepEqual(readdirSync(database.directory), ['test.db'])
    await using connection = await sqliteEngine.open({ path, create: true })
    assert.ok(existsSync(path))
    assert.match(connection.version ?? '', /^SQLite 3\.\d+/)
  })

  test('a name that means something in a URL is only a name', async () => {
    using database = temporaryDatabase('')
    const path = join(database.directory, 'a?mode=memory&x#y %41 ü.db')
    {
      await using connection = await sqliteEngine.open({ path, create: true })
      await run(connection, 'CREATE TABLE t (a)')
    }
    assert.ok(existsSync(path))
  })

  test('what is no database is refused at once', async () => {
    using database = temporaryDatabase('')
    const path = join(database.directory, 'text.db')
    writeFileSync(path, 'This is no database, but a longer piece of text.'.repeat(100))
    await fails(sqliteEngine.open({ path }), { code: 'CONNECTION_FAILED', sourceCode: 'SQLITE_NOTADB' })
    await fails(sqliteEngine.open({ path: database.directory }), { code: 'CONNECTION_FAILED' })
    await fails(sqliteEngine.open({ path: '' }), { code: 'CONNECTION_CONFIG' })
  })

  test('a file that somebody holds is busy after the timeout', async () => {
    using database = temporaryDatabase('CREATE TABLE t (a)')
    using other = new DatabaseSync(database.file)
    await using connection = await sqliteEngine.open({ path: database.file, busy_timeout: 20 })
    other.exec('BEGIN IMMEDIATE')
    await fails(run(connection, 'INSERT INTO t VALUES (1)'), { code: 'DATABASE_BUSY', sourceCode: 'SQLITE_BUSY' })
    other.exec('ROLLBACK; BEGIN EXCLUSIVE')
    await fails(sqliteEngine.open({ path: database.file, busy_timeout: 20 }), { code: 'DATABASE_BUSY' })
    other.exec('ROLLBACK')
    assert.equal((await run(connection, 'INSERT INTO t VALUES (1)')).affectedRows, 1)
  })

  test('URLs and paths', () => {
    assert.deepEqual(sqliteEngine.parseUrl?.('sqlite:shop.db'), { path: 'shop.db' })
    assert.deepEqual(sqliteEngine.parseUrl?.('sqlite:///data/shop'), { path: '/data/shop' })
    assert.deepEqual(sqliteEngine.parseUrl?.('sqlite::memory:'), { path: ':memory:' })
    assert.deepEqual(sqliteEngine.parseUrl?.('../my data/Shop.SQLite3'), { path: '../my data/Shop.SQLite3' })
    assert.deepEqual(sqliteEngine.parseUrl?.('C:\\data\\shop.db'), { path: 'C:\\data\\shop.db' })
    assert.equal(sqliteEngine.parseUrl?.('postgres://host/shop.db'), undefined)
    assert.equal(sqliteEngine.parseUrl?.('shop.parquet'), undefined)
  })
})

suite('other files', () => {
  const refused = { code: 'QUERY_FAILED', sourceCode: 'SQLITE_AUTH' }
  const attempts = (directory: string): readonly string[] => [
    `ATTACH '${directory}/x.db' AS x`,
    `ATTACH '${directory}' || '/x.db' AS x`,
    `ATTACH 'file:${directory}/x.db?mode=rwc' AS x`,
    `/* a */ VACUUM INTO '${directory}/x.db'`,
    `VACUUM main INTO '${directory}/' || 'x.db'`,
  ]

  for (const read_only of [false, true])
    test(`cannot be opened or made unless allowed (read_only: ${read_only})`, async () => {
      using database = temporaryDatabase('CREATE TABLE t (a)')
      await using connection = await sqliteEngine.open({ path: database.file, read_only })
      for (const sql of attempts(database.directory)) await fails(run(connection, sql), refused)
      assert.deepEqual(readdirSync(database.directory), ['test.db'])
      if (!read_only) await run(connection, 'VACUUM')
    })

  test('a read-only connection that may attach still writes no file', async () => {
    using database = temporaryDatabase('CREATE TABLE t (a)')
    using other = temporaryDatabase('CREATE TABLE u AS SELECT 7 AS b')
    await using connection = await sqliteEngine.open({ path: database.file, read_only: true, allow_attach: true })
    await run(connection, `ATTACH '${other.file}' AS other`)
    assert.deepEqual((await run(connection, 'SELECT b FROM other.u')).rows, [['7']])
    await fails(run(connection, 'DELETE FROM other.u'), { code: 'READ_ONLY' })
    await fails(run(connection, `VACUUM INTO '${database.directory}/x.db'`), refused)
    await assert.rejects(run(connection, `ATTACH '${database.directory}/new.db' AS fresh`), TuskError)
    assert.deepEqual(readdirSync(database.directory), ['test.db'])
  })

  test('may be attached and made where allowed', async () => {
    using database = temporaryDatabase('CREATE TABLE t AS SELECT 1 AS a')
    await using connection = await sqliteEngine.open({ path: database.file, allow_attach: true })
    await run(connection, `VACUUM INTO '${database.directory}/copy.db'`)
    await run(connection, `ATTACH '${database.directory}/copy.db' AS copy`)
    assert.deepEqual((await run(connection, 'SELECT a FROM copy.t')).rows, [['1']])
    const relations = await connection.introspector.relations()
    assert.deepEqual(
      relations.map(({ schema, name }) => `${schema}.${name}`),
      ['main.t', 'copy.t'],
    )
  })

  test('a read-only connection changes nothing, but has temporary tables', async () => {
    using database = temporaryDatabase('CREATE TABLE t (a)')
    await using connection = await sqliteEngine.open({ path: database.file, read_only: true })
    await fails(run(connection, 'INSERT INTO t VALUES (1)'), { code: 'READ_ONLY', sourceCode: 'SQLITE_READONLY' })
    await run(connection, 'CREATE TEMP TABLE mine AS SELECT 5 AS a')
    assert.deepEqual((await run(connection, 'SELECT a FROM mine')).rows, [['5']])
    assert.deepEqual(await connection.introspector.searchPath(), ['temp', 'main'])
  })
})

suite('statements', () => {
  const memory = (): Promise<Connection> => sqliteEngine.open({ path: ':memory:' })

  test('say what they did', async () => {
    await using connection = await memory()
    const script: readonly (readonly [string, string | undefined, number | undefined])[] = [
      ['CREATE TEMP TABLE t (a INTEGER PRIMARY KEY, b)', 'CREATE TABLE', undefined],
      ['INSERT INTO t (b) VALUES (1), (2)', 'INSERT', 2],
      ['CREATE INDEX i ON t (b)', 'CREATE INDEX', undefined],
      ['SELECT 1', 'SELECT', undefined],
      ['INSERT INTO t (b) VALUES (3), (4), (5) RETURNING a', 'INSERT', 3],
      ['WITH x AS (SELECT 1 AS b) UPDATE t SET b = 0 WHERE b IN (SELECT b FROM x)', 'UPDATE', 1],
      ['DELETE FROM t', 'DELETE', 5],
      ['PRAGMA user_version = 3', 'PRAGMA', undefined],
      ['-- nothing', undefined, undefined],
    ]
    for (const [sql, command, affectedRows] of script) {
      const result = await run(connection, sql)
      assert.deepEqual([result.command, result.affectedRows], [command, affectedRows], sql)
    }
  })

  test('bind parameters in their order, whatever they are called', async () => {
    await using connection = await memory()
    const parameters = ['x', 'y', null]
    assert.deepEqual((await run(connection, 'SELECT ?, ?, ?', { parameters })).rows, [['x', 'y', null]])
    assert.deepEqual((await run(connection, 'SELECT ?2, ?1, ?3', { parameters })).rows, [['y', 'x', null]])
    const named = `SELECT :a, ?, @b, $a, ':c', :a`
    assert.deepEqual((await run(connection, named, { parameters: [...parameters, 'z'] })).rows, [
      ['x', 'y', null, 'z', ':c', 'x'],
    ])
    await assert.rejects(run(connection, named, { parameters }), {
      code: 'BAD_REQUEST',
      message: 'The parameter “$a” has no value.',
    })
    await fails(run(connection, 'SELECT :forgotten'), { code: 'BAD_REQUEST' })
  })

  test('run alone', async () => {
    await using connection = await memory()
    await fails(run(connection, 'SELECT 1; SELECT 2'), { code: 'QUERY_FAILED', position: 10 })
    await fails(run(connection, 'SELECT \0'), { code: 'BAD_REQUEST' })
    assert.deepEqual((await run(connection, '/* x */ SELECT 1 ; -- y')).rows, [['1']])
  })

  test('with a trigger body run whole', async () => {
    await using connection = await memory()
    await run(connection, 'CREATE TABLE t (a)')
    await run(
      connection,
      'CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t SET a = CASE WHEN a THEN 2 END; SELECT 1; END',
    )
    await run(connection, 'INSERT INTO t VALUES (1)')
    assert.deepEqual((await run(connection, 'SELECT a FROM t')).rows, [['2']])
  })

  test('fail with SQLite’s code and the place', async () => {
    await using connection = await memory()
    await run(connection, 'CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT NOT NULL, "odd name")')
    await run(connection, `INSERT INTO t VALUES (1, 'x', 2)`)
    const cases: readonly (readonly [string, string, string | undefined])[] = [
      ['SELECT a FROM t WHERE WHERE b', 'SQLITE_ERROR', 'WHERE b'],
      [`SELECT 'FROM', a FROM t x FROM t`, 'SQLITE_ERROR', 'FROM t'],
      ['SELECT (1 + 2', 'SQLITE_ERROR', ''],
      [`SELECT 'open`, 'SQLITE_ERROR', `'open`],
      ['SELECT nope.x FROM nope', 'SQLITE_ERROR', 'nope'],
      [`SELECT 'x' AS x, t.missing, missing FROM t`, 'SQLITE_ERROR', 't.missing, missing FROM t'],
      ['SELECT upper(b), upperr(b) FROM t', 'SQLITE_ERROR', 'upperr(b) FROM t'],
      ['SELECT a FROM t, t AS u', 'SQLITE_ERROR', 'a FROM t, t AS u'],
      ['INSERT INTO t (a, c) VALUES (1, 2)', 'SQLITE_ERROR', 'c) VALUES (1, 2)'],
      [`INSERT INTO t VALUES (1, 'y', 3)`, 'SQLITE_CONSTRAINT_PRIMARYKEY', undefined],
      ['INSERT INTO t VALUES (2, NULL, 3)', 'SQLITE_CONSTRAINT_NOTNULL', undefined],
      ['CREATE TABLE t (a)', 'SQLITE_ERROR', 't (a)'],
    ]
    for (const [sql, sourceCode, rest] of cases) {
      const error = await run(connection, sql).then(
        () => assert.fail(sql),
        (reason: unknown) => reason,
      )
      assert.ok(error instanceof TuskError)
      assert.deepEqual([error.code, error.sourceCode], ['QUERY_FAILED', sourceCode], sql)
      assert.equal(error.position === undefined ? undefined : sql.slice(error.position), rest, sql)
    }
  })
})

suite('the catalog', () => {
  const script = `
    CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT 'nobody', upper_name AS (upper(name)));
    CREATE TABLE "odd ""table""" ("a b" REFERENCES customers, other INT REFERENCES customers (id), PRIMARY KEY ("a b", other)) WITHOUT ROWID;
    CREATE VIEW good AS SELECT name FROM customers;
    CREATE VIEW broken AS SELECT * FROM gone;
    CREATE VIRTUAL TABLE notes USING fts5(body);
    INSERT INTO customers (name) SELECT value FROM json_each('["a","b","c"]');
    CREATE INDEX by_name ON customers (name);
    ANALYZE;
    CREATE TABLE gone (a); DROP TABLE gone;`

  test('lists relations with their kind and estimate', async () => {
    using database = temporaryDatabase(script)
    await using connection = await sqliteEngine.open({ path: database.file })
    const relations = await connection.introspector.relations()
    assert.deepEqual(
      relations.filter(relation => !relation.system).map(({ name, kind, rowEstimate }) => [name, kind, rowEstimate]),
      [
        ['broken', 'view', undefined],
        ['customers', 'table', 3],
        ['good', 'view', undefined],
        ['notes', 'virtual table', undefined],
        ['odd "table"', 'table', undefined],
      ],
    )
    assert.ok(relations.some(relation => relation.system && relation.name === 'notes_data'))
    assert.ok(relations.some(relation => relation.system && relation.name === 'sqlite_stat1'))
  })

  test('tells columns, keys, defaults and references', async () => {
    using database = temporaryDatabase(script)
    await using connection = await sqliteEngine.open({ path: database.file })
    const { introspector } = connection
    assert.deepEqual(await introspector.columns({ schema: 'main', name: 'customers' }), [
      { name: 'id', type: 'INTEGER', nullable: false, primaryKey: true },
      { name: 'name', type: 'TEXT', nullable: false, default: "'nobody'" },
      { name: 'upper_name', type: '', nullable: true },
    ])
    const references = { schema: 'main', name: 'customers', column: 'id' }
    assert.deepEqual(await introspector.columns({ schema: 'main', name: 'odd "table"' }), [
      { name: 'a b', type: '', nullable: false, primaryKey: true, references },
      { name: 'other', type: 'INT', nullable: false, primaryKey: true, references },
    ])
    assert.deepEqual(
      (await introspector.columns({ schema: 'main', name: 'notes' })).map(column => column.name),
      ['body'],
    )
    await fails(introspector.columns({ schema: 'nowhere', name: 'customers' }), { code: 'NOT_FOUND' })
  })

  test('gives all columns at once, up to a limit, past a broken view', async () => {
    using database = temporaryDatabase(script)
    await using connection = await sqliteEngine.open({ path: database.file })
    const all = await connection.introspector.allColumns(1000)
    assert.deepEqual([...all.keys()], ['main.broken', 'main.customers', 'main.good', 'main.notes', 'main.odd "table"'])
    assert.deepEqual(all.get('main.broken'), [])
    assert.equal((await connection.introspector.allColumns(3)).size, 2)
  })
})
