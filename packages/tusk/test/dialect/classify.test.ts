import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { duckdbDialect } from '../../src/dialect/duckdb.ts'
import { postgresDialect } from '../../src/dialect/postgres.ts'
import { sqliteDialect } from '../../src/dialect/sqlite.ts'
import type { Dialect, StatementKind } from '../../src/engine/dialect.ts'

function expect(dialects: readonly Dialect[], table: Readonly<Record<string, StatementKind>>): void {
  for (const dialect of dialects)
    for (const [statement, kind] of Object.entries(table))
      assert.equal(dialect.classify(statement), kind, `${dialect.id}: ${statement}`)
}

suite('what a statement does', () => {
  test('the same in every dialect', () => {
    expect([postgresDialect, duckdbDialect, sqliteDialect], {
      'SELECT 1': 'select',
      '-- a\n/* b */ ((select 1)) union select 2': 'select',
      'VALUES (1)': 'select',
      'WITH a AS (SELECT 1), b AS (SELECT 2) SELECT * FROM a': 'select',
      'WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a': 'write',
      'with "insert" as (select \'delete\') select * from "insert"': 'select',
      'EXPLAIN INSERT INTO t VALUES (1)': 'explain',
      'insert into t values (1)': 'write',
      'Update t set a = 1': 'write',
      'delete from t': 'write',
      'create table t (a int)': 'ddl',
      'create temp table t (a int)': 'session',
      'CREATE TEMPORARY VIEW v AS SELECT 1': 'session',
      'drop table t': 'ddl',
      'alter table t add b int': 'ddl',
      BEGIN: 'session',
      'COMMIT AND CHAIN': 'session',
      ROLLBACK: 'session',
      'constructor of nothing': 'other',
      '"select" 1': 'other',
      '\\d t': 'other',
      '': 'other',
    })
  })

  test('postgres', () => {
    expect([postgresDialect], {
      'TABLE t': 'select',
      'SELECT * INTO t FROM u': 'ddl',
      'SELECT * INTO TEMP t FROM u': 'session',
      'SELECT (SELECT 1 INTO x)': 'select',
      'WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d': 'write',
      'WITH a AS MATERIALIZED (SELECT 1) UPDATE t SET b = 1': 'write',
      'COPY t FROM STDIN': 'write',
      'COPY (SELECT 1 FROM t) TO STDOUT': 'other',
      'CREATE OR REPLACE LOCAL TEMPORARY VIEW v AS SELECT 1': 'session',
      'CREATE UNLOGGED TABLE temperature (temp int)': 'ddl',
      'SET search_path = a': 'session',
      'RESET ALL': 'session',
      'START TRANSACTION': 'session',
      'PREPARE p AS SELECT 1': 'session',
      'DECLARE c CURSOR FOR SELECT 1': 'session',
      'LISTEN x': 'session',
      'LOCK t': 'session',
      'DISCARD ALL': 'session',
      "LOAD 'auto_explain'": 'session',
      'GRANT SELECT ON t TO u': 'ddl',
      'TRUNCATE t': 'write',
      'VACUUM t': 'other',
      'CALL p()': 'other',
      'SHOW all': 'select',
    })
  })

  test('duckdb', () => {
    expect([duckdbDialect], {
      'FROM t': 'select',
      'SUMMARIZE t': 'select',
      'PIVOT t ON a': 'select',
      'WITH a AS (SELECT 1) FROM a': 'select',
      "ATTACH 'x.db' AS x": 'session',
      'DETACH x': 'session',
      'USE x': 'session',
      'LOAD json': 'session',
      "PRAGMA table_info('t')": 'select',
      'PRAGMA enable_profiling': 'session',
      "SET memory_limit = '1GB'": 'session',
      'CREATE SECRET s (TYPE s3)': 'session',
      'CREATE PERSISTENT SECRET s (TYPE s3)': 'session',
    })
  })

  test('sqlite', () => {
    expect([sqliteDialect], {
      'REPLACE INTO t VALUES (1)': 'write',
      'PRAGMA main.table_info(t)': 'select',
      'PRAGMA journal_mode': 'select',
      'PRAGMA journal_mode = WAL': 'session',
      'PRAGMA main.cache_size(10)': 'session',
      "ATTACH 'x.db' AS x": 'session',
      'SAVEPOINT a': 'session',
      'RELEASE a': 'session',
      VACUUM: 'other',
    })
  })
})
