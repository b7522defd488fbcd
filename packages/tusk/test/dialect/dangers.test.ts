import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { duckdbDialect } from '../../src/dialect/duckdb.ts'
import { postgresDialect } from '../../src/dialect/postgres.ts'
import { sqliteDialect } from '../../src/dialect/sqlite.ts'

const all = [postgresDialect, duckdbDialect, sqliteDialect]
const deleted = (table: string) => [`Every row of ${table} is deleted: there is no WHERE.`]
const changed = (table: string) => [`Every row of ${table} is changed: there is no WHERE.`]

/** A statement, and what is said to happen; in every dialect. */
const everywhere: readonly (readonly [string, readonly string[]])[] = [
  ['select 1', []],
  ['DELETE FROM orders', deleted('orders')],
  ['delete /* WHERE */ from -- where\n orders', deleted('orders')],
  ['delete from shop."Order Lines" -- where id = 1', deleted('shop."Order Lines"')],
  ['DELETE FROM orders WHERE id = 1', []],
  ['DELETE FROM orders -- all of them\nWHERE true', []],
  ['UPDATE orders SET paid = true', changed('orders')],
  ["UPDATE orders SET note = 'WHERE id = 1'", changed('orders')],
  ['UPDATE orders SET total = (SELECT sum(x) FROM lines WHERE lines.id = orders.id)', changed('orders')],
  ['UPDATE orders SET total = (SELECT sum(x) FROM lines) WHERE id = 1', []],
  ['update orders set a = 1 from b', changed('orders')],
  ['WITH gone AS (SELECT id FROM old WHERE age > 9) DELETE FROM orders', deleted('orders')],
  ['WITH gone AS (SELECT 1) DELETE FROM orders WHERE id IN (SELECT * FROM gone)', []],
  ['DROP TABLE orders', ['The table orders is dropped.']],
  ['drop table if exists a.b cascade', ['The table a.b is dropped, with all that depends on it.']],
  ['DROP VIEW v', ['The view v is dropped.']],
  ['ALTER TABLE orders DROP COLUMN note', ['The column note of orders is dropped, with its values.']],
  ['ALTER TABLE orders DROP note', ['The column note of orders is dropped, with its values.']],
  ['ALTER TABLE orders ADD COLUMN dropped int', []],
  ['INSERT INTO log (deleted, "update") VALUES (1, 2)', []],
  ["INSERT INTO log VALUES ('DELETE FROM orders')", []],
  ['SELECT "delete" FROM orders', []],
  ["SELECT 'drop table x'; ", []],
  ['INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET n = 2', []],
  ['EXPLAIN DELETE FROM orders', []],
  ['CREATE TABLE drop_me (id int REFERENCES other ON DELETE CASCADE)', []],
]

const onPostgres: readonly (readonly [string, readonly string[]])[] = [
  ['WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone WHERE id = 1', deleted('orders')],
  ['WITH gone AS (DELETE FROM orders WHERE id = 1 RETURNING *) SELECT * FROM gone', []],
  ['WITH a AS (UPDATE x SET n = 1 RETURNING *), b AS (DELETE FROM y) SELECT 1', [...changed('x'), ...deleted('y')]],
  ['COPY (DELETE FROM orders RETURNING *) TO STDOUT', deleted('orders')],
  ['PREPARE away AS DELETE FROM orders', deleted('orders')],
  ['EXPLAIN ANALYZE DELETE FROM orders', deleted('orders')],
  ['EXPLAIN (ANALYZE, BUFFERS) UPDATE ONLY orders SET a = 1', changed('orders')],
  ['EXPLAIN (ANALYZE false) DELETE FROM orders', []],
  ['TRUNCATE orders', ['All rows of orders are removed.']],
  ['TRUNCATE TABLE ONLY a, b.c CASCADE', ['All rows of a, b.c, and of the tables that refer to it are removed.']],
  ['DROP MATERIALIZED VIEW totals', ['The materialized view totals is dropped.']],
  ['DROP INDEX CONCURRENTLY IF EXISTS i', ['The index i is dropped.']],
  ['DROP FUNCTION f(int, text)', ['The function f is dropped.']],
  ['SELECT * FROM orders FOR UPDATE', []],
  ['GRANT SELECT, UPDATE, DELETE ON orders TO bob', []],
  ['MERGE INTO a USING b ON a.id = b.id WHEN MATCHED THEN UPDATE SET n = 1 WHEN NOT MATCHED THEN DO NOTHING', []],
  ['ALTER TABLE orders DROP CONSTRAINT positive', []],
  ['ALTER TABLE orders ALTER COLUMN note DROP NOT NULL', []],
  ['CREATE TRIGGER t BEFORE UPDATE OR DELETE ON orders EXECUTE FUNCTION f()', []],
  ['CREATE FUNCTION wipe() RETURNS void LANGUAGE sql AS $$ DELETE FROM orders $$', []],
  ['CREATE FUNCTION wipe() RETURNS void BEGIN ATOMIC DELETE FROM orders; END', []],
  ['DO $do$ BEGIN IF true THEN DELETE FROM orders; END IF; UPDATE a SET b = 1 WHERE c; END $do$', deleted('orders')],
  ['DO $$ BEGIN DROP TABLE orders; END $$', ['The table orders is dropped.']],
  ["DO 'BEGIN DELETE FROM notes WHERE text = ''x''; END'", []],
  ['DELETE FROM orders WHERE CURRENT OF c', []],
  ['SELECT $$ DELETE FROM orders $$', []],
]

const onDuckdb: readonly (readonly [string, readonly string[]])[] = [
  ['CREATE OR REPLACE TABLE t AS SELECT 1', ['The table t is replaced: its rows are lost.']],
  ['CREATE OR REPLACE VIEW v AS SELECT 1', []],
  ['TRUNCATE t', ['All rows of t are removed.']],
  ['EXPLAIN ANALYZE DELETE FROM t', deleted('t')],
]

const onSqlite: readonly (readonly [string, readonly string[]])[] = [
  ['DELETE FROM [my orders]', deleted('[my orders]')],
  ['UPDATE OR IGNORE `orders` SET a = 1', changed('`orders`')],
  ['CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; END', []],
]

suite('what would be lost', () => {
  for (const [dialects, cases] of [
    [all, everywhere],
    [[postgresDialect], onPostgres],
    [[duckdbDialect], onDuckdb],
    [[sqliteDialect], onSqlite],
  ] as const)
    for (const dialect of dialects)
      for (const [statement, expected] of cases)
        test(`${dialect.id}: ${statement}`, () =>
          assert.deepEqual(
            dialect.dangers?.(statement).map(({ what }) => what),
            expected,
          ))
})
