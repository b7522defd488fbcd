import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { TableSource } from '../../../src/engine/table-source.ts'
import { duckdbEngine } from '../../../src/engines/duckdb/engine.ts'
import { mountedColumns } from '../../../src/engines/duckdb/mount.ts'
import { mountedInOrder, rowGroupMarks } from '../../../src/engines/duckdb/row-groups.ts'
import { TuskError } from '../../../src/errors.ts'
import { run } from '../../contract/index.ts'
import { sourceOf } from './rows-of.ts'

const connection = await duckdbEngine.open({})
after(() => connection[Symbol.asyncDispose]())
const mount = (name: string, source: TableSource) => connection.mount!(name, source)

test('every type comes back from a mounted table as it went in', async () => {
  const rows = await run(connection, 'select * from test_all_types()')
  await using _ = await mount('every', sourceOf(rows.schema, rows.batches))
  const inOrder = await run(connection, 'select * exclude ("tusk:row") from every')
  assert.deepEqual(inOrder.rows, rows.rows)
  const columns = rows.schema.fields.map((_, index) => index)
  const inBatches = await run(
    connection,
    `select * exclude ("tusk:row") from ${mountedColumns('every', columns)} order by "tusk:row"`,
  )
  assert.deepEqual(inBatches.rows, rows.rows)
})

test('many batches with and without NULLs keep their rows, in order and with their numbers', async () => {
  const rows = await run(
    connection,
    `select case when i > 70000 and i % 3 = 0 then null else i end as i,
            case when i % 11 <> 0 then 'row number ' || i || repeat('x', (i % 30)::int) end as s,
            case when i % 5 <> 0 then {'a': [i, null], 'd': (i / 8)::decimal(18, 3)} end as st, i % 2 = 0 as b
       from range(100000) t(i)`,
  )
  assert.ok(rows.batches.length > 2)
  await using _ = await mount('many', sourceOf(rows.schema, rows.batches))
  const back = await run(connection, 'select * from many')
  assert.deepEqual(
    back.rows,
    rows.rows.map((row, index) => [...row, String(index)]),
  )
  const { rows: counted } = await run(
    connection,
    `select count(*), count(c0), count(c1), count(c2), count(distinct "tusk:row") from ${mountedColumns('many', [0, 1, 2])}`,
  )
  const present = (column: number) => String(rows.rows.filter(row => row[column] !== null).length)
  assert.deepEqual(counted, [['100000', present(0), present(1), present(2), '100000']])
})

test('groups of rows come in order, whatever their types, and filtered', async () => {
  const types = await run(connection, 'select * from test_all_types()')
  const many = await run(
    connection,
    `select case when i % 7 <> 0 then i end as i, case when i % 11 <> 0 then repeat('x', (i % 30)::int) || i end as s,
            case when i % 5 <> 0 then [i, null] end as l, i % 2 = 0 as b
       from range(30000) t(i)`,
  )
  for (const { schema, batches, rows } of [types, many, { ...many, batches: [], rows: [] }]) {
    await using _ = await mount('grouped', sourceOf(schema, batches))
    await run(connection, `create temp table marks as ${rowGroupMarks('grouped')}`)
    const inOrder = mountedInOrder(schema, 'marks')
    assert.deepEqual((await run(connection, `select * from ${inOrder}`)).rows, rows)
    const filtered = await run(connection, `select * from ${inOrder} where c0 is not null`)
    assert.deepEqual(
      filtered.rows,
      rows.filter(row => row[0] !== null),
    )
    await run(connection, 'drop table marks')
  }
})

test('groups of rows of another session, or of columns of other types, are not given', async () => {
  const rows = await run(connection, 'select 1::int as a')
  const texts = await run(connection, `select 'x' as a`)
  await using _ = await mount('own', sourceOf(rows.schema, rows.batches))
  await using other = await connection.session!()
  await using _theirs = await other.mount!('other', sourceOf(texts.schema, texts.batches))
  await assert.rejects(run(other, rowGroupMarks('own')), { code: 'QUERY_FAILED', message: /Nothing is mounted/ })
  await run(connection, `create temp table kept as ${rowGroupMarks('own')}`)
  await assert.rejects(run(connection, `select * from ${mountedInOrder(texts.schema, 'kept')}`), {
    code: 'QUERY_FAILED',
  })
  await run(connection, 'create or replace table shared as from kept')
  await run(other, 'create temp table kept as from shared')
  await assert.rejects(run(other, `select * from ${mountedInOrder(rows.schema, 'kept')}`), { code: 'QUERY_FAILED' })
  await run(connection, 'drop table shared')
  await run(connection, 'drop table kept')
})

test('columns that nobody asks for are not read', async () => {
  const rows = await run(connection, 'select range as a, range as b, range as c from range(10)')
  const asked: (readonly number[])[] = []
  await using _ = await mount(
    'narrow',
    sourceOf(rows.schema, rows.batches, columns => asked.push(columns)),
  )
  await run(connection, 'select c from narrow where a > 3')
  await run(connection, 'select count(*) from narrow')
  assert.deepEqual(
    asked.filter(columns => columns.includes(1)),
    [],
  )
  assert.deepEqual(asked[0], [0, 2])
})

test('names that repeat, are empty or collide get a name of their own', async () => {
  const rows = await run(connection, `select 1 as a, 2 as "A", 3 as a_2, 4 as "tusk:row"`)
  const fields = rows.schema.fields.map((field, index) => (index === 2 ? { ...field, name: '' } : field))
  await using _ = await mount('named', sourceOf({ fields }, rows.batches))
  const { schema } = await run(connection, 'select * from named')
  assert.deepEqual(
    schema.fields.map(({ name }) => name),
    ['a', 'A_2', 'column3', 'tusk:row_4', 'tusk:row'],
  )
})

test('a table without rows is a table', async () => {
  const rows = await run(connection, 'select 1 as a where false')
  await using _ = await mount('none', sourceOf(rows.schema, []))
  assert.deepEqual((await run(connection, 'select count(*), max(a) from none')).rows, [['0', null]])
})

test('a source that fails is an error of the query, and the next one works', async () => {
  const rows = await run(connection, 'select 1 as a')
  const source = {
    ...sourceOf(rows.schema, rows.batches),
    readBatch: () => {
      throw new TuskError('RESULT_DAMAGED', 'The bytes are gone.')
    },
  }
  await using _ = await mount('failing', source)
  await assert.rejects(run(connection, 'select a from failing'), /The bytes are gone/)
  assert.deepEqual((await run(connection, 'select 1 as a')).rows, [['1']])
})

test('what one session mounts is not there for another, and gone when unmounted', async () => {
  const rows = await run(connection, 'select 1 as a')
  const other = await connection.session!()
  {
    await using _ = await mount('mine', sourceOf(rows.schema, rows.batches))
    await assert.rejects(run(other, 'select * from mine'), /mine/)
    await assert.rejects(run(other, `select * from tusk_rows('mine')`), /mounted/)
    const same = await other.mount!('mine', sourceOf(rows.schema, []))
    assert.deepEqual((await run(other, 'select count(*) from mine')).rows, [['0']])
    assert.deepEqual((await run(connection, 'select count(*) from mine')).rows, [['1']])
    await same[Symbol.asyncDispose]()
  }
  await other[Symbol.asyncDispose]()
  await assert.rejects(run(connection, 'select * from mine'), /mine/)
})

test('a scan can be stopped in its middle', async () => {
  const rows = await run(connection, 'select range as a from range(50000)')
  const batches = Array.from({ length: 200 }, () => rows.batches).flat()
  await using _ = await mount('long', sourceOf(rows.schema, batches))
  const abort = new AbortController()
  const running = run(connection, 'select sum(sqrt(x.a * y.a)) from long x, long y', { signal: abort.signal })
  setTimeout(() => abort.abort(), 50)
  await assert.rejects(running, { code: 'QUERY_CANCELLED' })
  assert.deepEqual((await run(connection, 'select count(*) from long')).rows, [[String(200 * 50_000)]])
})
