import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { dataFileView } from '../../../src/engines/duckdb/data-file.ts'
import { duckdbEngine } from '../../../src/engines/duckdb/engine.ts'
import { readAll, run } from '../../contract/index.ts'

const directory = mkdtempSync(join(tmpdir(), 'tusk-duckdb-session-'))
after(() => rmSync(directory, { recursive: true, force: true }))

test('two that open one file, by whatever name, see the same database', async () => {
  const path = join(directory, 'shared.duckdb')
  await using first = await duckdbEngine.open({ path })
  await run(first, 'create table t as select 7 as a')
  symlinkSync(path, join(directory, 'link.duckdb'))
  await using second = await duckdbEngine.open({ path: join(directory, 'link.duckdb') })
  assert.deepEqual((await run(second, 'select * from t')).rows, [['7']])
  const { hosting } = duckdbEngine
  assert.ok(hosting.share === 'database')
  assert.equal(hosting.hostKey({ path }), hosting.hostKey({ path: join(directory, 'link.duckdb') }))
})

test('databases in memory are apart, those of one session are shared', async () => {
  await using one = await duckdbEngine.open({ path: ':memory:' })
  await using other = await duckdbEngine.open({ path: ':memory:' })
  await using same = await one.session!()
  await run(one, 'create table t as select 1 as a')
  assert.deepEqual((await run(same, 'select a from t')).rows, [['1']])
  await assert.rejects(run(other, 'select a from t'))
  const { hosting } = duckdbEngine
  assert.ok(hosting.share === 'database')
  assert.notEqual(hosting.hostKey({}, 'a'), hosting.hostKey({}, 'b'))
})

test('a file that another process holds is busy, and the process is named; when it ends the file opens', async () => {
  const path = join(directory, 'held.duckdb')
  const holder = await holdOpen(path)
  try {
    await assert.rejects(duckdbEngine.open({ path }), {
      code: 'DATABASE_BUSY',
      detail: new RegExp(`process ${holder.pid}`),
    })
  } finally {
    holder.kill('SIGKILL')
    await once(holder, 'exit')
  }
  await using connection = await duckdbEngine.open({ path })
  assert.deepEqual((await run(connection, 'select 1 as a')).rows, [['1']])
})

test('closing lets go of the file', async () => {
  const path = join(directory, 'released.duckdb')
  const connection = await duckdbEngine.open({ path })
  await run(connection, 'create table t as select range as a from range(100000)')
  assert.equal((await run(connection, 'select * from t')).rows.length, 100_000)
  await connection[Symbol.asyncDispose]()
  const other = await holdOpen(path)
  other.kill('SIGKILL')
  await once(other, 'exit')
})

test('a read-only connection refuses to write', async () => {
  const path = join(directory, 'readonly.duckdb')
  {
    await using connection = await duckdbEngine.open({ path })
    await run(connection, 'create table t as select 1 as a')
    await assert.rejects(duckdbEngine.open({ path, read_only: true }), { code: 'DATABASE_BUSY' })
  }
  await using connection = await duckdbEngine.open({ path, read_only: true })
  await assert.rejects(run(connection, 'insert into t values (2)'), { code: 'READ_ONLY' })
  assert.deepEqual((await run(connection, 'select * from t')).rows, [['1']])
})

test('a file that is no database is not opened', async () => {
  const path = join(directory, 'text.duckdb')
  writeFileSync(path, 'hello, this is some text and no database at all\n'.repeat(100))
  await assert.rejects(duckdbEngine.open({ path }), { code: 'CONNECTION_FAILED', detail: /not a valid DuckDB/ })
})

test('limits are those of the connection', async () => {
  await using connection = await duckdbEngine.open({ memory_limit_mb: 200, threads: 1 }, { tempDirectory: directory })
  const { rows } = await run(
    connection,
    `select current_setting('threads'), current_setting('memory_limit'), current_setting('temp_directory'),
            current_setting('autoinstall_known_extensions'), current_setting('allow_community_extensions')`,
  )
  assert.deepEqual(rows, [['1', '190.7 MiB', directory, 'false', 'false']])
})

test('without access to other files SQL reads none', async () => {
  const file = join(directory, 'secret.csv')
  writeFileSync(file, 'a\n1\n')
  await using connection = await duckdbEngine.open({ external_access: false })
  await assert.rejects(run(connection, `select * from '${file}'`), { code: 'QUERY_FAILED' })
})

test('an extension that is not there is named, and that nothing is downloaded', async () => {
  await using connection = await duckdbEngine.open({})
  await assert.rejects(run(connection, `load 'no_such_extension'`), { code: 'QUERY_FAILED' })
  await assert.rejects(run(connection, 'load spatial'), { message: /extension “spatial”/, hint: /offline/ })
})

test('an error in the middle of the rows is never their end, and nothing is run again to learn the reason', async () => {
  await using connection = await duckdbEngine.open({})
  const sql = `select case when range = 4000000 then error('boom') else range end as a from range(5000000)`
  const stream = await connection.query(sql)
  await assert.rejects(readAll(stream), { code: 'QUERY_FAILED', hint: /EXPLAIN ANALYZE/ })
  assert.deepEqual((await run(connection, 'select 1 as a')).rows, [['1']])
})

test('a runtime error fails the transaction, and only ROLLBACK helps', async () => {
  await using connection = await duckdbEngine.open({})
  await run(connection, 'begin')
  await assert.rejects(run(connection, `select 'x'::int`))
  assert.equal(connection.transaction, 'failed')
  await run(connection, 'rollback')
  assert.equal(connection.transaction, 'none')
})

test('leaving the rows of a transaction early keeps the transaction', async () => {
  await using connection = await duckdbEngine.open({})
  await run(connection, 'begin')
  await run(connection, 'create table t as select 1 as a')
  for await (const _ of await connection.query('select * from range(1000000)')) break
  assert.equal(connection.transaction, 'open')
  await run(connection, 'commit')
  assert.deepEqual((await run(connection, 'select * from t')).rows, [['1']])
})

test('positions are given in UTF-16 units whatever the letters before them', async () => {
  await using connection = await duckdbEngine.open({})
  for (const sql of [`select '𝄞ä', nope`, `select '𝄞ä', nope nope nope`, `select '𝄞ä' as x,\n  nope`]) {
    const expected = sql.includes('nope nope') ? sql.lastIndexOf('nope') : sql.indexOf('nope')
    await assert.rejects(run(connection, sql), { position: expected }, sql)
  }
})

test('the catalog shows keys, references, views, comments and estimates', async () => {
  await using connection = await duckdbEngine.open({})
  await run(connection, "create table parent (id integer primary key, name varchar not null default 'x')")
  await run(connection, 'create table child (parent_id integer references parent (id), note varchar)')
  await run(connection, `comment on table parent is 'the parents'`)
  await run(connection, 'create view both_of_them as select * from parent join child on id = parent_id')
  await run(connection, "insert into parent values (1, 'a')")
  const relations = await connection.introspector.relations()
  assert.deepEqual(relations, [
    { schema: 'main', name: 'both_of_them', kind: 'view' },
    { schema: 'main', name: 'child', kind: 'table', rowEstimate: 0 },
    { schema: 'main', name: 'parent', kind: 'table', rowEstimate: 1, comment: 'the parents' },
  ])
  assert.deepEqual(await connection.introspector.columns({ schema: 'main', name: 'child' }), [
    {
      name: 'parent_id',
      type: 'INTEGER',
      nullable: true,
      references: { schema: 'main', name: 'parent', column: 'id' },
    },
    { name: 'note', type: 'VARCHAR', nullable: true },
  ])
  const [id, name] = await connection.introspector.columns({ schema: 'main', name: 'parent' })
  assert.equal(id?.primaryKey, true)
  assert.deepEqual([name?.nullable, name?.default], [false, `'x'`])
  assert.deepEqual(await connection.introspector.searchPath(), ['main'])
})

test('URLs and data files are understood', async () => {
  assert.deepEqual(duckdbEngine.parseUrl?.('duckdb:some/file.duckdb'), { path: 'some/file.duckdb' })
  assert.deepEqual(duckdbEngine.parseUrl?.('duckdb:///abs/file.duckdb'), { path: '/abs/file.duckdb' })
  assert.deepEqual(duckdbEngine.parseUrl?.('duckdb::memory:'), { path: ':memory:' })
  assert.equal(duckdbEngine.parseUrl?.('sqlite:x'), undefined)
  assert.equal(dataFileView('notes.docx'), undefined)
  const file = join(directory, `2026 sales's.csv`)
  writeFileSync(file, 'city,amount\nBonn,5\n')
  const view = dataFileView(file)
  await using connection = await duckdbEngine.open({})
  await run(connection, view!.sql)
  assert.deepEqual((await run(connection, `select city, amount from ${view!.name}`)).rows, [['Bonn', '5']])
})

/** Another process that has the file open for writing. */
async function holdOpen(path: string): Promise<ChildProcess> {
  const engine = new URL('../../../src/engines/duckdb/engine.ts', import.meta.url)
  const script = `const { duckdbEngine } = await import(${JSON.stringify(engine.href)})
    const connection = await duckdbEngine.open({ path: ${JSON.stringify(path)} })
    console.log('open')
    setInterval(() => connection, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [first] = await Promise.race([once(child.stdout!, 'data'), once(child, 'exit').then(() => ['ended'])])
  assert.equal(String(first).trim(), 'open')
  return child
}

test('a read-only session beside a writing one on the same file refuses to write', async () => {
  const path = join(directory, 'narrow.duckdb')
  await using writer = await duckdbEngine.open({ path })
  await run(writer, 'create table t as select 1 as a')
  const narrow = await writer.session?.({ config: { path, read_only: true } })
  assert.ok(narrow !== undefined)
  await using reader = narrow
  assert.deepEqual((await run(reader, 'select * from t')).rows, [['1']])
  for (const sql of [
    'insert into t values (2)',
    'drop table t',
    'explain analyze insert into t values (2)',
    'explain /* x */ (analyze, format json) insert into t values (2)',
    'create table u (a int)',
    'create table temp (a int)',
    'with x as (select 2) insert into t from x',
    'prepare p as insert into t values (2)',
    'prepare "as" as insert into t values (2)',
    `select nextval /* x */ ('s')`,
    'call force_checkpoint()',
    'checkpoint',
    'vacuum',
    'pragma force_checkpoint',
    `copy t to '${join(directory, 'copied.csv')}'`,
    `copy t from '${join(directory, 'copied.csv')}'`,
    `export database '${join(directory, 'exported')}'`,
    `load 'json'`,
    `install 'json'`,
    `attach ':memory:' as other`,
    'detach narrow',
    'comment on table t is null',
  ])
    await assert.rejects(run(reader, sql), { code: 'READ_ONLY' }, sql)
  assert.equal(existsSync(join(directory, 'copied.csv')), false)
  for (const sql of [
    'from t',
    '(select 1) union all (select 2)',
    'with x as (select 1 as a, 2 as b) select * from x',
    `with x as (select 'n' as a, 2 as b) pivot x on a in ('n') using sum(b)`,
    'explain select * from t',
    'explain analyze select * from t',
    'prepare p as select a + ? from t',
    'execute p(1)',
    'deallocate p',
    `pragma table_info('t')`,
    'describe t',
    'summarize t',
    `set variable wanted = 'nextval (1)'`,
    'begin',
    'create or replace temp table mine as select 1 as a',
    'commit',
  ])
    await run(reader, sql)
  await run(writer, 'insert into t values (2)')
  assert.deepEqual((await run(reader, 'select count(*) from t')).rows, [['2']])
})

test('a session that is to do more than the database was opened for is refused, and says how it is open', async () => {
  const path = join(directory, 'wider.duckdb')
  await (await duckdbEngine.open({ path }))[Symbol.asyncDispose]()
  await using reader = await duckdbEngine.open({ path, read_only: true, external_access: false })
  for (const config of [
    { path, external_access: false },
    { path, read_only: true },
  ])
    await assert.rejects(async () => reader.session?.({ config }), {
      code: 'DATABASE_BUSY',
      detail: /is open read-only, without access to other files/,
    })
  assert.deepEqual((await run(reader, 'select 1 as a')).rows, [['1']])
})

test('an error before the first rows is the error of the statement, with its reason', async () => {
  await using connection = await duckdbEngine.open({})
  const sql = `select error('boom') as a from range(10)`
  await assert.rejects(async () => readAll(await connection.query(sql)), { code: 'QUERY_FAILED', message: /boom/ })
  assert.deepEqual((await run(connection, 'select 1 as a')).rows, [['1']])
})

test('a long statement tells how far it is, as a part of one that never goes back', async () => {
  await using connection = await duckdbEngine.open({ threads: 1 })
  await run(connection, 'create table numbers as select range as a from range(3000000)')
  const stop = new AbortController()
  const told: number[] = []
  const onProgress = (part: number) => {
    told.push(part)
    if (told.length === 2) stop.abort()
  }
  // Without an end of its own on any machine: it is cancelled when enough was told.
  const sql = 'select count(*) from numbers as x join numbers as y on x.a % 1000 = y.a % 1001 and x.a < y.a * y.a'
  await assert.rejects(async () => readAll(await connection.query(sql, { onProgress, signal: stop.signal })), {
    code: 'QUERY_CANCELLED',
  })
  for (const part of told) assert.ok(part > 0 && part <= 1, String(part))
  assert.ok(told[1]! >= told[0]!)
})
