import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { alterTableSql, type ColumnChange, ddlScript } from '../../src/dialect/ddl/alter-table.ts'
import { createIndexSql, createTableSql, createViewSql, dropSql } from '../../src/dialect/ddl/table-ddl.ts'
import { SqlParts } from '../../src/dialect/safe-sql.ts'
import type { SqlFlavour } from '../../src/dialect/sql-literal.ts'
import type { Connection } from '../../src/engine/connection.ts'
import type { TableDetails } from '../../src/engine/table-details.ts'
import { duckdbEngine } from '../../src/engines/duckdb/engine.ts'
import { postgresEngine } from '../../src/engines/postgres/engine.ts'
import { sqliteEngine } from '../../src/engines/sqlite/engine.ts'
import { TuskError } from '../../src/errors.ts'
import { run } from '../contract/read-all.ts'
import { skipWithoutPostgres, startTestPostgres } from '../support/postgres.ts'

const engines = { postgres: postgresEngine, duckdb: duckdbEngine, sqlite: sqliteEngine }
const schemas = { postgres: 'public', duckdb: 'main', sqlite: 'main' }
const flavours = ['postgres', 'duckdb', 'sqlite'] as const

suite('tables, indexes and views are made, changed and dropped', { skip: skipWithoutPostgres(15) }, () => {
  const closing: (() => void | Promise<void>)[] = []
  const open = {} as Record<SqlFlavour, Connection>
  before(async () => {
    const server = await startTestPostgres(15)
    closing.push(() => server.stop())
    const { host, port, user } = server
    open.postgres = await postgresEngine.open({ host, port, user, database: 'postgres' })
    open.duckdb = await duckdbEngine.open({ path: ':memory:' })
    open.sqlite = await sqliteEngine.open({ path: ':memory:' })
    for (const flavour of flavours) closing.push(async () => await open[flavour][Symbol.asyncDispose]())
  })
  after(async () => {
    for (const end of closing.toReversed()) await end()
  })

  /** As a run does it: statement by statement, until one fails; then the session ends, and its transaction. */
  const execute = async (flavour: SqlFlavour, script: string): Promise<void> => {
    try {
      for (const { text } of engines[flavour].dialect.split(script)) await run(open[flavour], text)
    } catch (error) {
      if (open[flavour].transaction !== 'none') await run(open[flavour], 'ROLLBACK')
      if (flavour === 'sqlite') await run(open.sqlite, 'PRAGMA foreign_keys = ON')
      throw error
    }
  }
  const details = (flavour: SqlFlavour, name: string): Promise<TableDetails> =>
    open[flavour].introspector.table!({ schema: schemas[flavour], name })
  const rows = async (flavour: SqlFlavour, text: string) => (await run(open[flavour], text)).rows
  /** All columns as they are, as a form shows them at first. */
  const asIs = ({ columns }: TableDetails): ColumnChange[] =>
    columns.map(({ name, type, nullable, default: initial }) => ({
      was: name,
      name,
      type,
      nullable,
      ...(initial === undefined ? {} : { default: initial }),
    }))

  for (const flavour of flavours) {
    const parts = new SqlParts(flavour)
    const table = { schema: schemas[flavour], name: 'Odd "table"; --' }

    test(`${flavour}: a new table has what was said, names and defaults are what they are`, async () => {
      const text = createTableSql(parts, table, [
        { name: 'id', type: 'INTEGER', nullable: false, primaryKey: true },
        { name: 'select', type: 'VARCHAR(20)', nullable: false, default: `'it''s; --'`, unique: true },
        { name: 'price', type: 'DECIMAL(10,2)', nullable: true, default: '1 + 1' },
      ]).text
      await execute(flavour, text)
      const made = await details(flavour, table.name)
      assert.deepEqual(
        made.columns.map(({ name, nullable, primaryKey }) => [name, nullable, primaryKey === true]),
        [
          ['id', false, true],
          ['select', false, false],
          ['price', true, false],
        ],
      )
      await run(open[flavour], `INSERT INTO ${parts.relation(table).text} (id) VALUES (1)`)
      assert.deepEqual(
        await rows(flavour, `SELECT "select", CAST(price AS INTEGER) FROM ${parts.relation(table).text}`),
        [[`it's; --`, '2']],
      )
      // A key of two columns.
      const both = { schema: table.schema, name: 'both' }
      await execute(
        flavour,
        createTableSql(
          parts,
          both,
          ['a', 'b'].map(name => ({ name, type: 'INTEGER', nullable: false, primaryKey: true })),
        ).text,
      )
      assert.deepEqual((await details(flavour, 'both')).keys[0]?.columns, ['a', 'b'])
    })

    test(`${flavour}: indexes and views are made and dropped`, async () => {
      const index = { name: 'odd "index"', table, columns: ['price', 'select'], unique: true }
      await execute(flavour, createIndexSql(parts, index).text)
      assert.ok((await details(flavour, table.name)).indexes.some(({ name, unique }) => name === index.name && unique))
      if (flavour === 'duckdb')
        assert.throws(() => createIndexSql(parts, { ...index, where: 'id > 1' }), { code: 'UNSUPPORTED' })
      else {
        await execute(flavour, createIndexSql(parts, { ...index, name: 'some', where: 'id > 1' }).text)
        assert.match((await details(flavour, table.name)).ddl, /WHERE \(?id > 1/i)
        await execute(flavour, dropSql(parts, 'index', { schema: table.schema, name: 'some' }).text)
      }
      const view = { schema: table.schema, name: 'the view' }
      await execute(flavour, createViewSql(parts, view, `SELECT id, ';' AS x FROM ${parts.relation(table).text};`).text)
      assert.deepEqual(await rows(flavour, `SELECT * FROM ${parts.relation(view).text}`), [['1', ';']])
      await execute(flavour, dropSql(parts, 'view', view).text)
      await execute(flavour, dropSql(parts, 'index', { schema: table.schema, name: index.name }).text)
      await assert.rejects(details(flavour, view.name), { code: 'NOT_FOUND' })
      for (const query of ['DELETE FROM x', 'SELECT 1; DROP TABLE x', 'SELECT (1', "SELECT '"])
        assert.throws(() => createViewSql(parts, view, query), { code: 'BAD_REQUEST' })
    })

    test(`${flavour}: columns are added, renamed, dropped and changed, the table renamed; the rows stay`, async () => {
      await execute(
        flavour,
        createTableSql(
          parts,
          { schema: table.schema, name: 'shop' },
          [
            { name: 'id', type: 'INTEGER', nullable: false, primaryKey: true },
            { name: 'old name', type: 'VARCHAR', nullable: true },
            { name: 'gone', type: 'INTEGER', nullable: true },
            { name: 'amount', type: 'INTEGER', nullable: true, default: '7' },
            { name: 'fixed', type: 'INTEGER', nullable: false, default: '3' },
          ].map(column => (flavour === 'postgres' && column.type === 'VARCHAR' ? { ...column, type: 'text' } : column)),
        ).text,
      )
      await run(open[flavour], `INSERT INTO shop VALUES (1, 'one', 1, 10, 5), (2, 'two', 2, 20, 6)`)
      const now = await details(flavour, 'shop')
      assert.deepEqual(alterTableSql(parts, now, { name: 'shop', columns: asIs(now) }), [])
      const columns = asIs(now)
        .filter(({ name }) => name !== 'gone')
        .map(column => {
          if (column.name === 'old name') return { ...column, name: 'new "name"' }
          if (column.name === 'amount') return { ...column, type: 'BIGINT', nullable: false, default: '8' }
          if (column.name === 'fixed') {
            const { default: _, ...rest } = column
            return { ...rest, nullable: true }
          }
          return column
        })
      const added = { name: 'added', type: 'INTEGER', nullable: false, default: '42' }
      const statements = alterTableSql(parts, now, { name: 'store', columns: [...columns, added] })
      await execute(flavour, ddlScript(parts, statements))
      const then = await details(flavour, 'store')
      assert.deepEqual(
        then.columns.map(({ name, type, nullable, default: initial }) => [name, type.toLowerCase(), nullable, initial]),
        [
          ['id', 'integer', false, undefined],
          ['new "name"', flavour === 'postgres' ? 'text' : 'varchar', true, undefined],
          ['amount', 'bigint', false, flavour === 'postgres' ? '8' : '8'],
          ['fixed', 'integer', true, undefined],
          ['added', 'integer', false, '42'],
        ],
      )
      assert.deepEqual(then.keys[0]?.columns, ['id'])
      assert.deepEqual(await rows(flavour, 'SELECT * FROM store ORDER BY id'), [
        ['1', 'one', '10', '5', '42'],
        ['2', 'two', '20', '6', '42'],
      ])
      await run(open[flavour], 'INSERT INTO store (id) VALUES (3)')
      assert.deepEqual(await rows(flavour, 'SELECT amount, fixed FROM store WHERE id = 3'), [['8', null]])
    })

    test(`${flavour}: a change that the rows do not allow leaves all as it was`, {
      skip: flavour === 'duckdb' && 'its statements are one transaction each',
    }, async () => {
      await run(open[flavour], 'CREATE TABLE strict_one (id integer PRIMARY KEY, note text)')
      await run(open[flavour], 'INSERT INTO strict_one VALUES (1, NULL)')
      const now = await details(flavour, 'strict_one')
      const columns = asIs(now).map(column =>
        column.name === 'note' ? { ...column, nullable: false, name: 'other' } : column,
      )
      await assert.rejects(
        execute(flavour, ddlScript(parts, alterTableSql(parts, now, { name: 'renamed', columns }))),
        { code: 'QUERY_FAILED' },
      )
      assert.equal((await details(flavour, 'strict_one')).ddl, now.ddl)
      assert.deepEqual(await rows(flavour, 'SELECT * FROM strict_one'), [['1', null]])
    })

    test(`${flavour}: nothing that is written into a form becomes another statement`, async () => {
      const now = await details(flavour, table.name)
      for (const text of ['INTEGER); DROP TABLE both; --', 'INTEGER, x INTEGER) --', "'", '(', 'x /* ', '1; 2', '$$'])
        for (const draft of [{ type: text }, { default: text }]) {
          const column = { name: 'x', type: 'INTEGER', nullable: true, ...draft }
          const made = (): string =>
            [
              createTableSql(parts, { ...table, name: 'attack' }, [column]),
              ...alterTableSql(parts, now, { name: now.name, columns: [...asIs(now), column] }),
            ]
              .map(one => one.text)
              .join(';\n')
          try {
            // What looks whole is one statement each, and the database judges it.
            assert.equal(engines[flavour].dialect.split(made()).length, 2, made())
            assert.ok(!made().includes('DROP'))
          } catch (error) {
            assert.equal(TuskError.from(error).code, 'BAD_REQUEST', text)
          }
        }
      assert.throws(() => createTableSql(parts, table, []), { code: 'BAD_REQUEST' })
      assert.throws(
        () =>
          createTableSql(
            parts,
            table,
            ['a', 'A'].map(name => ({ name, type: 'INTEGER', nullable: true })),
          ),
        { code: 'BAD_REQUEST' },
      )
    })
  }

  test('SQLite makes a table anew with everything that was on it, and refuses rows that break a foreign key', async () => {
    const parts = new SqlParts('sqlite')
    await execute(
      'sqlite',
      `
      CREATE TABLE authors (id INTEGER PRIMARY KEY AUTOINCREMENT, [full, name] TEXT CONSTRAINT named NOT NULL ON CONFLICT FAIL DEFAULT 'it''s, (x' COLLATE NOCASE CHECK (length([full, name]) > 0),
        twice INTEGER GENERATED ALWAYS AS (id * 2) STORED, boss INTEGER DEFAULT (1 + 2) REFERENCES authors (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, CONSTRAINT fine CHECK (id > 0));
      CREATE TABLE books (id INTEGER PRIMARY KEY, author INTEGER NOT NULL REFERENCES authors (id) ON DELETE CASCADE);
      CREATE INDEX by_name ON authors ([full, name]) WHERE id > 0;
      CREATE TABLE log (n INTEGER);
      CREATE TRIGGER logged AFTER INSERT ON authors BEGIN INSERT INTO log VALUES (new.id); END;
      CREATE VIEW names AS SELECT a.[full, name] AS n FROM authors a JOIN books b ON b.author = a.id;
      INSERT INTO authors (id, [full, name], boss) VALUES (1, 'Ada', NULL), (90, 'Gone', NULL);
      DELETE FROM authors WHERE id = 90;
      INSERT INTO books VALUES (1, 1)`,
    )
    const now = await details('sqlite', 'authors')
    const columns = asIs(now).map(column =>
      column.name === 'full, name' ? { ...column, type: 'VARCHAR(99)', nullable: true, default: `'new'` } : column,
    )
    const script = ddlScript(parts, alterTableSql(parts, now, { name: 'authors', columns }))
    await execute('sqlite', script)
    const then = await details('sqlite', 'authors')
    const name = then.columns.find(one => one.name === 'full, name')
    assert.deepEqual([name?.type, name?.nullable, name?.default], ['VARCHAR(99)', true, `'new'`])
    assert.match(
      then.ddl,
      /AUTOINCREMENT[\s\S]*COLLATE NOCASE CHECK \(length[\s\S]*GENERATED ALWAYS AS \(id \* 2\) STORED[\s\S]*ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, CONSTRAINT fine CHECK/,
    )
    assert.ok(!then.ddl.includes('NOT NULL'))
    assert.deepEqual(
      then.indexes.map(one => one.name),
      ['by_name'],
    )
    assert.deepEqual(
      then.triggers.map(one => one.name),
      ['logged'],
    )
    assert.deepEqual(then.referencedBy.map(({ table }) => table.name).toSorted(), ['authors', 'books'])
    assert.deepEqual(await rows('sqlite', 'SELECT * FROM names'), [['Ada']])
    assert.deepEqual(await rows('sqlite', 'SELECT count(*) FROM books'), [['1']])
    assert.deepEqual(await rows('sqlite', 'PRAGMA foreign_keys'), [['1']])
    // Numbers that were given are not given again; the default is the new one; the trigger still works.
    await run(open.sqlite, 'INSERT INTO authors (boss) VALUES (1)')
    assert.deepEqual(await rows('sqlite', 'SELECT id, "full, name", twice FROM authors WHERE id > 1'), [
      ['91', 'new', '182'],
    ])
    assert.deepEqual(await rows('sqlite', 'SELECT max(n) FROM log'), [['91']])
    // Made anew and renamed at once: whatever names it has its new names, and back.
    const moved = asIs(then).map(column =>
      column.name === 'full, name' ? { ...column, name: 'title', type: 'TEXT', nullable: false } : column,
    )
    await execute('sqlite', ddlScript(parts, alterTableSql(parts, then, { name: 'writers', columns: moved })))
    const writers = await details('sqlite', 'writers')
    assert.deepEqual(writers.referencedBy.map(({ table }) => table.name).toSorted(), ['books', 'writers'])
    assert.deepEqual(await rows('sqlite', 'SELECT * FROM names'), [['Ada']])
    const back = asIs(writers).map(column =>
      column.name === 'title' ? { ...column, name: 'full, name', type: 'VARCHAR(99)', nullable: true } : column,
    )
    await execute('sqlite', ddlScript(parts, alterTableSql(parts, writers, { name: 'authors', columns: back })))
    const restored = await details('sqlite', 'authors')
    assert.deepEqual(restored.referencedBy.map(({ table }) => table.name).toSorted(), ['authors', 'books'])
    // The rows break a foreign key already: the new table does not take the place of the old one.
    await run(open.sqlite, 'PRAGMA foreign_keys = OFF')
    await run(open.sqlite, 'INSERT INTO books VALUES (2, 12345)')
    const again = asIs(restored).map(column => (column.name === 'full, name' ? { ...column, nullable: false } : column))
    await assert.rejects(
      execute('sqlite', ddlScript(parts, alterTableSql(parts, restored, { name: 'authors', columns: again }))),
      /CHECK|constraint/i,
    )
    assert.equal((await details('sqlite', 'authors')).ddl, restored.ddl)
  })
})
