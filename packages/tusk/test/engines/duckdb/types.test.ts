import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { duckdbEngine } from '../../../src/engines/duckdb/engine.ts'
import { run } from '../../contract/index.ts'

const connection = await duckdbEngine.open({})
after(() => connection[Symbol.asyncDispose]())
await run(connection, `set timezone = 'UTC'`)

/** Columns whose text is ours by design: binary as hex, dates before Christ with ` BC`, nested values as JSON. */
const ours = new Set(['blob', 'geometry', 'timestamp_tz', 'variant'])

test('every scalar of test_all_types() is the text that DuckDB itself writes', async () => {
  const own = await run(connection, 'select * from test_all_types()')
  const theirs = await run(connection, 'select columns(*)::varchar from test_all_types()')
  let compared = 0
  for (const [column, { name, type }] of own.schema.fields.entries()) {
    if (ours.has(name) || type.kind === 'list' || type.kind === 'struct' || type.kind === 'map') continue
    for (const [row, cells] of own.rows.entries()) {
      const expected = theirs.rows[row]![column]!
      assert.equal(cells[column], expected?.replace(/^(\S+) \(BC\)(.*)$/, '$1$2 BC') ?? null, `${name}, row ${row}`)
      compared++
    }
  }
  assert.ok(compared > 100)
})

test('nested values keep every member, whatever NULLs lie between', async () => {
  const { rows } = await run(
    connection,
    `select case when i % 7 = 0 then null else [i, null, i + 1] end as list,
            case when i % 5 = 0 then null else {'a': i, 'b': [{'c': 'text number ' || i}], 'n': null::int} end as struct,
            map {'key ' || i: i % 2 = 0, 'other': null} as map,
            [[i::varchar], [], null][1:i % 4] as lists
       from range(10000) t(i)`,
  )
  for (const [i, row] of rows.entries()) {
    const lists = [[`${i}`], [], null].slice(0, i % 4)
    assert.deepEqual(row, [
      i % 7 === 0 ? null : JSON.stringify([i, null, i + 1]),
      i % 5 === 0 ? null : JSON.stringify({ a: i, b: [{ c: `text number ${i}` }], n: null }),
      JSON.stringify({ [`key ${i}`]: i % 2 === 0, other: null }),
      JSON.stringify(lists),
    ])
  }
})

test('texts of every length come whole, next to one another and alone', async () => {
  const { rows } = await run(
    connection,
    `select case when i % 3 <> 1 then repeat(chr(97 + (i % 26)::int), i % 40) end as x from range(20000) t(i)`,
  )
  for (const [i, [text]] of rows.entries()) {
    assert.equal(text, i % 3 === 1 ? null : String.fromCharCode(97 + (i % 26)).repeat(i % 40))
  }
})

test('integers as wide as they come sum up to themselves', async () => {
  const { rows, schema } = await run(
    connection,
    `select sum(x) from (values (9223372036854775807), (9223372036854775807)) t(x)`,
  )
  assert.deepEqual(rows, [['18446744073709551614']])
  assert.equal(schema.fields[0]?.logical, 'decimal')
})

test('a wide row ends a batch before it grows past 32 MB', async () => {
  const { batches } = await run(connection, `select repeat('x', 100000) as x from range(1000)`)
  assert.ok(batches.length >= 3)
  for (const batch of batches) {
    const bytes = batch.buffers.reduce((sum, buffer) => sum + buffer.byteLength, 0)
    assert.ok(bytes <= 33 << 20, `${bytes} bytes in ${batch.rowCount} rows`)
  }
})

test('labels of an enum keep their order', async () => {
  const { schema } = await run(connection, `select 'ok'::enum('sad', 'ok', 'happy') as mood`)
  assert.deepEqual(schema.fields[0]?.labels, ['sad', 'ok', 'happy'])
})

test('a pivot, which DuckDB runs as two statements, gives its rows', async () => {
  const { schema, rows } = await run(connection, `pivot (values ('a', 1), ('b', 2)) t(k, v) on k using sum(v)`)
  assert.deepEqual(
    schema.fields.map(({ name }) => name),
    ['a', 'b'],
  )
  assert.deepEqual(rows, [['1', '2']])
})
