import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { duckdbDialect } from '../../src/dialect/duckdb.ts'
import { nodesOf } from '../../src/dialect/explain/own-shares.ts'
import { planMeasures } from '../../src/dialect/explain/plan-measures.ts'
import { planJson, planText } from '../../src/dialect/explain/plan-text.ts'
import { postgresDialect } from '../../src/dialect/postgres.ts'
import { sqliteDialect } from '../../src/dialect/sqlite.ts'
import { TuskError } from '../../src/errors.ts'

const select = 'SELECT 1'

suite('what an EXPLAIN explains', () => {
  for (const [written, inner, analyzes] of [
    [`EXPLAIN ${select}`, select, false],
    [`explain /* all */ analyze verbose ${select}`, select, true],
    [`EXPLAIN (ANALYZE, FORMAT JSON) ${select}`, select, true],
    [`EXPLAIN (COSTS off, ANALYZE off) ${select}`, select, false],
    [`EXPLAIN (FORMAT JSON, ANALYSE true) DELETE FROM t`, 'DELETE FROM t', true],
    ['EXPLAIN (SELECT 1)', '(SELECT 1)', false],
    ['EXPLAIN (VALUES (1)) UNION SELECT 2', '(VALUES (1)) UNION SELECT 2', false],
    ['EXPLAIN QUERY PLAN SELECT 1', select, false],
  ] as const)
    test(written, () => {
      const found = postgresDialect.explain?.explained(written)
      assert.equal(written.slice(found?.from), inner)
      assert.equal(found?.analyzes, analyzes)
    })

  test('anything else is none', () => {
    for (const written of [select, '"explain"', "'EXPLAIN'", '', '-- EXPLAIN'])
      assert.equal(postgresDialect.explain?.explained(written), undefined)
  })
})

suite('statements that a transaction is begun for', () => {
  for (const [dialect, statement, expected] of [
    [postgresDialect, 'SELECT 1', true],
    [postgresDialect, '-- why\n COMMIT', false],
    [postgresDialect, 'VACUUM (FULL) t', false],
    [postgresDialect, 'CREATE DATABASE d', false],
    [postgresDialect, 'create unique  index /* */ concurrently i on t (a)', false],
    [postgresDialect, 'CREATE INDEX i ON t (a)', true],
    [postgresDialect, 'SET search_path = a', true],
    [duckdbDialect, 'ATTACH x', false],
    [duckdbDialect, 'CHECKPOINT', false],
    [duckdbDialect, 'CREATE TABLE t (n INT)', true],
    [sqliteDialect, 'PRAGMA foreign_keys = on', false],
    [sqliteDialect, 'SAVEPOINT a', false],
    [sqliteDialect, 'begin_something', true],
    [sqliteDialect, '', false],
  ] as const)
    test(`${dialect.id}: ${statement}`, () => assert.equal(dialect.transactions?.belongsInside(statement), expected))

  test('a level begins it, and one that is not known is refused', () => {
    assert.equal(postgresDialect.transactions?.begin(), 'BEGIN')
    assert.equal(postgresDialect.transactions?.begin('serializable'), 'BEGIN ISOLATION LEVEL SERIALIZABLE')
    assert.equal(sqliteDialect.transactions?.begin('immediate'), 'BEGIN IMMEDIATE')
    assert.throws(
      () => postgresDialect.transactions?.begin('x; DROP TABLE t'),
      (error: unknown) => error instanceof TuskError && error.code === 'BAD_REQUEST',
    )
  })
})

/** As PostgreSQL writes it: two workers and the leader below Gather, a branch that never ran. */
const parallel = JSON.stringify([
  {
    Plan: {
      'Node Type': 'Gather',
      'Total Cost': 120,
      'Plan Rows': 90,
      'Actual Total Time': 100,
      'Actual Rows': 900,
      'Actual Loops': 1,
      'Workers Planned': 3,
      'Workers Launched': 2,
      Plans: [
        {
          'Node Type': 'Hash Join',
          'Join Type': 'Left',
          'Parallel Aware': true,
          'Total Cost': 100,
          'Plan Rows': 30,
          'Actual Total Time': 90,
          'Actual Rows': 300,
          'Actual Loops': 3,
          'Shared Hit Blocks': 5,
          'Shared Read Blocks': 2,
          'Temp Written Blocks': 7,
          Plans: [
            {
              'Node Type': 'Seq Scan',
              'Relation Name': 'orders',
              Alias: 'o',
              'Total Cost': 70,
              'Plan Rows': 3000,
              'Actual Total Time': 80,
              'Actual Rows': 300,
              'Actual Loops': 3,
              'Rows Removed by Filter': 5000,
            },
            {
              'Node Type': 'Index Scan',
              'Relation Name': 'customers',
              'Index Name': 'pk',
              'Total Cost': 10,
              'Plan Rows': 1,
              'Actual Total Time': 0,
              'Actual Rows': 0,
              'Actual Loops': 0,
            },
          ],
        },
      ],
    },
    'Planning Time': 0.5,
    'Execution Time': 101,
    Triggers: [],
  },
])

suite('plans of PostgreSQL', () => {
  const plan = postgresDialect.explain!.read([[parallel]])!
  const [gather, join, scan, never] = [...nodesOf(plan.root!)]

  test('what processes do side by side is one stretch of the clock; rows are of all of them', () => {
    assert.equal(join?.operation, 'Parallel Hash Left Join')
    assert.equal(join?.milliseconds, 90)
    assert.equal(join?.rows, 900)
    assert.equal(join?.estimatedRows, 90)
    assert.deepEqual([gather?.ownMilliseconds, join?.ownMilliseconds, scan?.ownMilliseconds], [10, 10, 80])
    assert.deepEqual(join?.buffers, { hit: 5, read: 2, dirtied: 0, written: 0, temporary: 7 })
    assert.equal(scan?.subject, 'orders o')
    assert.equal(never?.subject, 'customers by pk')
  })

  test('the hot path leads to what takes most; factors are above and below one; what never ran has none', () => {
    const { nodes, hottest, basis } = planMeasures(plan)
    assert.equal(basis, 'time')
    assert.equal(hottest, scan)
    assert.deepEqual(
      [gather, join, scan, never].map(node => nodes.get(node!)?.isHot),
      [true, true, true, false],
    )
    assert.equal(nodes.get(scan!)?.share, 0.8)
    assert.equal(nodes.get(join!)?.estimateFactor, 10)
    assert.equal(nodes.get(scan!)?.estimateFactor, 0.1)
    assert.equal(nodes.get(never!)?.estimateFactor, undefined)
  })

  test('warnings say what to look at', () => {
    assert.deepEqual(gather?.warnings, ['2 of 3 planned workers were there.'])
    assert.deepEqual(scan?.warnings, ['15,000 rows were read and thrown away by the filter.'])
  })

  test('text and JSON', () => {
    assert.match(
      planText(plan),
      /^Gather {2}\(cost=120\.00 rows=90\)[\s\S]*\(never run\)[\s\S]*Execution time: 101\.000 ms$/,
    )
    assert.deepEqual(JSON.parse(planJson(plan) ?? ''), JSON.parse(parallel))
  })
})

suite('what is no plan, or none that is read as a tree', () => {
  test('lines stay lines', () => {
    const lines = postgresDialect.explain?.read([['Seq Scan on t  (cost=0.00..1.00 rows=1)'], ['  Filter: (a = 1)']])
    assert.equal(lines?.root, undefined)
    assert.equal(planText(lines!), 'Seq Scan on t  (cost=0.00..1.00 rows=1)\n  Filter: (a = 1)')
    assert.equal(planJson(lines!), undefined)
  })

  test('hostile rows are never thrown at', () => {
    for (const { explain } of [postgresDialect, duckdbDialect, sqliteDialect])
      for (const rows of [
        [],
        [[null, null, null, null]],
        [['[', '{', 'x', 'y']],
        [['[{"Plan": 5}]']],
        [['[{"Plan": {}}]', '[{}]']],
      ])
        assert.doesNotThrow(() => {
          const plan = explain?.read(rows)
          if (plan === undefined) return
          planMeasures(plan)
          planText(plan)
          planJson(plan)
        })
  })

  test('rows that point at each other do not hang', () => {
    const loop = sqliteDialect.explain?.read([
      ['1', '2', '0', 'SCAN a'],
      ['2', '1', '0', 'SCAN b'],
    ])
    assert.equal(loop, undefined)
    const back = sqliteDialect.explain?.read([
      ['1', '0', '0', 'SCAN a'],
      ['0', '1', '0', 'SCAN b'],
      ['1', '0', '0', 'SCAN c'],
    ])
    assert.deepEqual([...nodesOf(back!.root!)].map(({ subject }) => subject).sort(), [undefined, 'a', 'b', 'c'].sort())
  })

  test('columns of other names are no plan', () => {
    assert.equal(postgresDialect.explain?.hasPlan(['query plan']), false)
    assert.equal(sqliteDialect.explain?.hasPlan(['id', 'parent', 'detail']), false)
  })
})
