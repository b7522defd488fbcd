import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { duckdbDialect } from '../../src/dialect/duckdb.ts'
import { postgresDialect } from '../../src/dialect/postgres.ts'
import { sqliteDialect } from '../../src/dialect/sqlite.ts'
import type { Dialect } from '../../src/engine/dialect.ts'

const all = [postgresDialect, duckdbDialect, sqliteDialect]
const texts = (dialect: Dialect, script: string): string[] => dialect.split(script).map(statement => statement.text)

/** Pieces that mean something to a splitter, to be thrown together at random. */
const pieces = fc.constantFrom(
  ...`; ' " \` [ ] ( ) $$ $a$ $ a$b$ -- /* */ /*+ E' e' \\ \\' '' U&' x 1 . , :: = é 😀 \ufeff \u00a0 select create temp trigger
  function procedure or replace begin atomic case end explain query plan rule do into`.split(/[ \n]+/),
  '\n',
  ' ',
  '\t',
  '\r\n',
)
const scripts = fc.array(pieces, { maxLength: 40 }).map(list => list.join(''))

suite('splitting a script', () => {
  for (const dialect of all) {
    test(`${dialect.id}: gaps and statements put together are the script, gaps hold no statement`, () => {
      fc.assert(
        fc.property(fc.oneof(scripts, fc.string({ unit: 'binary' })), script => {
          let at = 0
          let whole = ''
          for (const { from, to, text } of dialect.split(script)) {
            assert.ok(from >= at && to > from)
            assert.deepEqual(dialect.split(script.slice(at, from)), [])
            assert.equal(text, script.slice(from, to))
            whole += script.slice(at, from) + text
            at = to
          }
          assert.deepEqual(dialect.split(script.slice(at)), [])
          assert.equal(whole + script.slice(at), script)
        }),
        { numRuns: 2000 },
      )
    })

    test(`${dialect.id}: a statement split again is itself`, () => {
      fc.assert(
        fc.property(scripts, script => {
          for (const { text } of dialect.split(script)) assert.deepEqual(texts(dialect, text), [text])
        }),
        { numRuns: 2000 },
      )
    })

    test(`${dialect.id}: spaces, comments and empty statements are dropped`, () => {
      assert.deepEqual(dialect.split(''), [])
      assert.deepEqual(dialect.split(' ;; -- x;\n /* ; */ ;'), [])
      assert.deepEqual(dialect.split('-- a\n SELECT 1 -- b;\n ; /* c */ SELECT 2 /* d */ '), [
        { from: 6, to: 14, text: 'SELECT 1' },
        { from: 32, to: 40, text: 'SELECT 2' },
      ])
    })

    test(`${dialect.id}: quotes hide semicolons, an open quote takes the rest`, () => {
      assert.deepEqual(texts(dialect, `a 'x;''y;'; b "n;""m;"; c 'd;`), [`a 'x;''y;'`, `b "n;""m;"`, `c 'd;`])
      assert.deepEqual(texts(dialect, `a "b; c`), [`a "b; c`])
      assert.deepEqual(texts(dialect, `select 'a\\'; select 2`), [`select 'a\\'`, 'select 2'])
    })

    test(`${dialect.id}: offsets count UTF-16 units`, () => {
      assert.deepEqual(dialect.split(`\ufeff/*😀*/'😀';é`), [
        { from: 7, to: 11, text: `'😀'` },
        { from: 12, to: 13, text: 'é' },
      ])
    })

    test(`${dialect.id}: a long script is split in linear time`, () => {
      const script = `insert into t values ('a;b', "c", 1.5 /* d; */); -- e;\n`.repeat(20_000)
      assert.equal(dialect.split(script).length, 20_000)
      assert.equal(dialect.split("'".repeat(300_001)).length, 1)
      assert.ok(dialect.split('/*'.repeat(200_000)).length <= 1)
      assert.equal(dialect.split('$a$b'.repeat(100_000)).length, 1)
    })
  }

  for (const dialect of [postgresDialect, duckdbDialect]) {
    test(`${dialect.id}: dollar quotes, escape texts and nested comments`, () => {
      assert.deepEqual(texts(dialect, 'a $$;$b$;$$; c $b$;$$;$b$;d'), ['a $$;$b$;$$', 'c $b$;$$;$b$', 'd'])
      assert.deepEqual(texts(dialect, 'a$b$ ; c$b$; $1; $2$;'), ['a$b$', 'c$b$', '$1', '$2$'])
      assert.deepEqual(texts(dialect, `E'a\\';b' ; e'c\\\\'; fe'd\\';`), [`E'a\\';b'`, `e'c\\\\'`, `fe'd\\'`])
      assert.deepEqual(texts(dialect, `E'a' -- c\n 'b\\';c'; d`), [`E'a' -- c\n 'b\\';c'`, 'd'])
      assert.deepEqual(texts(dialect, `E'a' 'b\\'; c`), [`E'a' 'b\\'`, 'c'])
      assert.deepEqual(texts(dialect, 'a /* ; /* ; */ ; */ b; c'), ['a /* ; /* ; */ ; */ b', 'c'])
    })

    test(`${dialect.id}: an open comment is kept, so that the database complains about it`, () => {
      assert.deepEqual(texts(dialect, 'a; /* b; c'), ['a', '/* b; c'])
    })
  }

  test('postgres: semicolons in parentheses and in SQL bodies belong to the statement', () => {
    const rule = 'CREATE RULE r AS ON INSERT TO t DO (DELETE FROM u; SELECT 1;)'
    const body = `create OR replace /* ; */ FUNCTION f(a int) RETURNS int LANGUAGE sql
      BEGIN ATOMIC SELECT CASE WHEN a > 1 THEN (SELECT CASE 2 WHEN 2 THEN 1 END) END; SELECT 'end;'; END`
    const procedure = 'CREATE PROCEDURE p() BEGIN ATOMIC INSERT INTO t VALUES (1); END'
    assert.deepEqual(texts(postgresDialect, `${rule}; ${body} ; ${procedure}; BEGIN; SELECT 1; END; SELECT 2`), [
      rule,
      body,
      procedure,
      'BEGIN',
      'SELECT 1',
      'END',
      'SELECT 2',
    ])
    assert.deepEqual(texts(postgresDialect, 'CREATE TABLE atomic (a int); BEGIN; a'), [
      'CREATE TABLE atomic (a int)',
      'BEGIN',
      'a',
    ])
    assert.deepEqual(texts(postgresDialect, 'a ) ; b'), ['a )', 'b'])
  })

  test('postgres: hints before a statement stay with it', () => {
    assert.deepEqual(texts(postgresDialect, '/* x */ /*+ SeqScan(a) */ -- y\n SELECT 1; /*+ z */;'), [
      '/*+ SeqScan(a) */ -- y\n SELECT 1',
    ])
  })

  test('sqlite: names in backticks and brackets', () => {
    assert.deepEqual(texts(sqliteDialect, 'a `b;``c;`; d [e;"f]; g'), ['a `b;``c;`', 'd [e;"f]', 'g'])
    assert.deepEqual(texts(sqliteDialect, '$$;$$; a /* ; /* */ ; b'), ['$$', '$$', 'a', 'b'])
  })

  test('sqlite: a trigger ends at its own END, as sqlite3_complete says', () => {
    const trigger = `CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN
      UPDATE a SET x = CASE WHEN y THEN 1 END; INSERT INTO b SELECT CASE y WHEN 1 THEN 2 END -- end;
      ; END`
    assert.deepEqual(texts(sqliteDialect, `${trigger}; SELECT 1; EXPLAIN QUERY PLAN ${trigger} ; SELECT 2`), [
      trigger,
      'SELECT 1',
      `EXPLAIN QUERY PLAN ${trigger}`,
      'SELECT 2',
    ])
    assert.deepEqual(texts(sqliteDialect, 'CREATE TABLE trigger_log(a); BEGIN; END; a'), [
      'CREATE TABLE trigger_log(a)',
      'BEGIN',
      'END',
      'a',
    ])
  })

  test('duckdb: finds as many statements as DuckDB itself', async () => {
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const statements = fc.constantFrom(
      `select ';'`,
      `select E'\\';' /* ; /* ; */ ; */`,
      'select $$;$$, $é$;$é$ -- ;\n',
      'select 1\u00a0as\u2003b',
      `select E'a'\n'\\';'`,
      `select 1 as "a;""b"`,
      `select [1,2], {'a;': 1}`,
      '',
      '-- ;\n',
      '/* ; */',
    )
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(statements, { minLength: 1, maxLength: 8 }), async list => {
          const script = list.join(';')
          const expected = duckdbDialect.split(script).length
          if (expected > 0) assert.equal((await connection.extractStatements(script)).count, expected)
        }),
        { numRuns: 300 },
      )
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  })
})
