import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { localActor } from '../../src/auth/actor.ts'
import { openAuth } from '../../src/auth/open-auth.ts'
import type { WireConnection, WireExportedFile, WireRun } from '../../src/wire.ts'
import { type MultiStudio, startMultiStudio } from '../support/multi-studio.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

suite('files that SQL reads and writes in multi-user mode', () => {
  const closing: (() => void | Promise<void>)[] = []
  const untilTheEnd = { after: (end: () => void | Promise<void>) => void closing.push(end) }
  let studio: MultiStudio
  let directory: string
  let data: string
  let hidden: string
  let exports: string
  let engineer: string
  let duckdb: string

  before(async () => {
    directory = temporaryDirectory(untilTheEnd)
    ;[data, hidden] = ['data', 'hidden'].map(name => join(directory, name)) as [string, string]
    for (const folder of [data, hidden, join(data, 'deep')]) mkdirSync(folder)
    writeFileSync(join(data, 'sales.csv'), 'a,b\n1,x\n2,y\n')
    writeFileSync(join(data, 'deep', 'more.csv'), 'a,b\n3,z\n')
    writeFileSync(join(data, 'events.json'), '{"a":1}\n{"a":2}\n')
    writeFileSync(join(hidden, 'secret.csv'), 'secret\n42\n')
    symlinkSync(hidden, join(data, 'way-out'))
    symlinkSync(join(hidden, 'secret.csv'), join(data, 'link.csv'))
    studio = await startMultiStudio(untilTheEnd, {
      home: temporaryDirectory(untilTheEnd),
      arguments: ['--no-samples', '--no-plugins'],
    })
    change('Data Engineers', [{ path: data, writable: true }])
    engineer = await studio.signIn('engineer')
    duckdb = await made(engineer, ':memory:')
    assert.equal((await run(engineer, duckdb, 'SELECT 1')).state, 'complete')
    exports = join(studio.home, 'exports', idOf('engineer'))
  })
  after(async () => {
    for (const end of closing.toReversed()) await end()
  })

  function idOf(name: string): string {
    using auth = openAuth(`${studio.home}/auth.db`)
    return auth.people.byName(name)?.id ?? ''
  }
  function change(name: string, fileRoots: { path: string; writable: boolean }[], permissions?: string[]): void {
    using auth = openAuth(`${studio.home}/auth.db`)
    const group = auth.groups.byName(name)
    if (group === undefined) throw new Error('the group is gone')
    auth.groups.update(localActor, group.id, { ...group, fileRoots, permissions: permissions ?? group.permissions })
  }
  async function made(as: string, path: string, config: object = {}): Promise<string> {
    const json = { name: 'duckdb', engine: 'duckdb', config: { path, ...config } }
    const answer = await studio.ask('/api/connections', { as, json })
    assert.equal(answer.status, 201, await answer.clone().text())
    return ((await answer.json()) as WireConnection).id
  }
  async function run(as: string, connectionId: string, sql: string, tabId?: string) {
    const answer = await studio.ask('/api/runs', { as, json: { connectionId, sql, ...(tabId ? { tabId } : {}) } })
    assert.equal(answer.status, 201, await answer.clone().text())
    let now = (await answer.json()) as WireRun
    while (now.state === 'running') now = (await (await studio.ask(`/api/runs/${now.id}`, { as })).json()) as WireRun
    const last = now.statements.at(-1)
    if (last === undefined) throw new Error('no statement')
    return { ...last, note: now.sessionNote }
  }
  const everything = (): string =>
    readdirSync(directory, { recursive: true }).sort().join('\n') +
    readdirSync(studio.home, { recursive: true })
      .filter(name => /\.(csv|parquet|json|duckdb)$|^exports/.test(String(name)))
      .sort()
      .join('\n')

  test('data files in the folders of one\u2019s groups are read by name and by pattern', async () => {
    for (const [sql, rows] of [
      [`FROM '${data}/sales.csv'`, 2],
      [`FROM read_csv(['${data}/s*.csv', '${data}/deep/*.csv'])`, 3],
      [`FROM read_json('${data}/events.json')`, 2],
      [`SELECT * FROM glob('${data}/deep/*')`, 1],
      [`FROM read_text('${data}/deep/../sales.csv')`, 1],
      [`CREATE TABLE t AS FROM '${data}/sales.csv'; COPY t FROM '${data}/deep/more.csv'; FROM t`, 3],
    ] as const) {
      const statement = await run(engineer, duckdb, sql)
      assert.deepEqual([statement.state, statement.rowCount], ['complete', rows], `${sql} ${statement.error?.message}`)
    }
  })

  test('nothing else is read, whatever way is tried', async () => {
    const before = everything()
    for (const path of [
      '/etc/passwd',
      '/proc/self/environ',
      join(studio.home, 'auth.db'),
      join(studio.home, 'key'),
      join(studio.home, 'connections.toml'),
      join(exports, '..', idOf('analyst'), 'x.csv'),
      join(hidden, 'secret.csv'),
      join(data, 'link.csv'),
      join(data, 'way-out', 'secret.csv'),
      join(data, '..', 'hidden', 'secret.csv'),
      join(data, 'deep', '..', '..', 'hidden', 'secret.csv'),
      `file://${join(hidden, 'secret.csv')}`,
      `${data}2/secret.csv`,
      '~/.bashrc',
      '../../key',
      'https://example.org/x.csv',
      's3://bucket/x.csv',
    ])
      for (const sql of [
        `SELECT * FROM read_text('${path}')`,
        `FROM read_blob(['${path}'])`,
        `FROM read_csv('${path}')`,
      ]) {
        const statement = await run(engineer, duckdb, sql)
        const found = statement.state === 'complete' ? statement.rowCount : 0
        assert.equal(found, 0, `${sql} gave ${found} rows`)
      }
    for (const sql of [
      `FROM "${join(data, 'link')}".csv`,
      `FROM glob('${hidden}/*')`,
      `FROM glob('${studio.home}/*')`,
      `COPY (SELECT 1) TO '${data}/out.csv'`,
      `COPY (SELECT 1) TO '${hidden}/out.csv'`,
      `COPY (SELECT 1) TO '/dev/stdout'`,
      'COPY (SELECT 1) TO STDOUT',
      `COPY (SELECT 1) TO '../out.csv'`,
      `COPY (SELECT 1) TO '.'`,
      `COPY (SELECT 1) TO '${exports}/../out.csv'`,
      `COPY (SELECT 1) TO ('${data}' || '/out.csv')`,
      `COPY (SELECT 1) TO E'${data}/out.csv'`,
      `COPY (SELECT 1) TO $$${data}/out.csv$$`,
      `COPY (SELECT 1) TO 'file://${data}/out.csv'`,
      `COPY (SELECT ' TO ' AS "to") TO /* 'mine.csv' */ '${data}/out.csv' -- 'mine.csv'`,
      `COPY (SELECT 1 AS a) TO 'q.csv' (PER_THREAD_OUTPUT, FILENAME_PATTERN '../../../out')`,
      `COPY (SELECT 1 AS a) TO 'q.csv' ("filename_pattern" '../../../out')`,
      `COPY (SELECT 1 AS a, 2 AS b) TO 'q' (PARTITION_BY (a))`,
      `COPY (SELECT 1 AS a) TO 'q.csv' WITH CSV HEADER`,
      `EXPLAIN ANALYZE COPY (SELECT 1) TO '${data}/out.csv'`,
      `PREPARE p AS COPY (SELECT 1) TO '${data}/out.csv'; EXECUTE p`,
      'COPY FROM DATABASE memory TO memory',
      `EXPORT DATABASE '${data}/all'`,
      `IMPORT DATABASE '${data}'`,
      `PRAGMA import_database('${data}')`,
      `ATTACH '${data}/new.duckdb' AS n`,
      `ATTACH '${hidden}/new.duckdb' AS n`,
      `ATTACH ':memory:' AS n`,
      `FROM read_duckdb('${data}/new.duckdb')`,
      'INSTALL httpfs',
      'LOAD httpfs',
      `LOAD '${data}/x.duckdb_extension'`,
      `SET allowed_directories = ['/']`,
      'RESET allowed_directories',
      `SET allowed_paths = ['/etc/passwd']`,
      'SET enable_external_access = true',
      'SET lock_configuration = false',
      `SET temp_directory = '${data}'`,
      `SET file_search_path = '${hidden}'`,
      `CALL enable_logging(storage = 'file', storage_path = '${data}/log.csv')`,
    ])
      assert.notEqual((await run(engineer, duckdb, sql)).state, 'complete', sql)
    assert.equal(everything(), before)
  })

  test('a file that becomes a link that leads out is closed at once', async () => {
    const path = join(data, 'swapped.csv')
    writeFileSync(path, 'a\n1\n')
    assert.equal((await run(engineer, duckdb, `FROM '${path}'`, 'swap')).rowCount, 1)
    symlinkSync(join(hidden, 'secret.csv'), join(data, 'new-link'))
    renameSync(join(data, 'new-link'), path)
    assert.equal((await run(engineer, duckdb, `FROM read_text('${path}')`, 'swap')).state, 'failed')
    renameSync(join(data, 'deep'), join(data, 'deeper'))
    symlinkSync(hidden, join(data, 'deep'))
    assert.equal((await run(engineer, duckdb, `FROM read_text('${data}/deep/secret.csv')`, 'swap')).state, 'failed')
  })

  test('COPY writes into one\u2019s own folder, which one sees, downloads and clears, and nobody else', async () => {
    const copied = await run(
      engineer,
      duckdb,
      `COPY (SELECT 7 AS a) TO 'mine.csv' (FORMAT csv, HEADER true, DELIMITER ';', FORCE_QUOTE (a)); FROM 'mine.csv'`,
    )
    assert.deepEqual([copied.state, copied.rowCount], ['complete', 1], copied.error?.message)
    const whole = await run(
      engineer,
      duckdb,
      `COPY (SELECT 7 AS a) TO '${exports}/o''k \u00e4.parquet' (FORMAT parquet)`,
    )
    assert.equal(whole.state, 'complete', whole.error?.message)
    assert.match(whole.notices[0]?.message ?? '', /o'k \u00e4\.parquet/)
    const list = async (as: string) =>
      ((await (await studio.ask('/api/exported-files', { as })).json()) as { files: WireExportedFile[] }).files
    const names = (await list(engineer)).map(({ name }) => name).sort()
    assert.deepEqual(names, ['mine.csv', "o'k \u00e4.parquet"])
    const get = (as: string, name: string, init: RequestInit = {}) =>
      studio.ask(`/api/exported-files/${encodeURIComponent(name)}`, { as, ...init })
    const file = await get(engineer, 'mine.csv')
    assert.deepEqual([file.status, await file.text()], [200, '"a"\n"7"\n'])
    assert.match(file.headers.get('content-disposition') ?? '', /^attachment; /)
    assert.equal((await get(engineer, "o'k \u00e4.parquet")).status, 200)

    const analyst = await studio.signIn('analyst')
    const root = await studio.signIn('root')
    for (const other of [analyst, root]) {
      assert.deepEqual(await list(other), [])
      for (const name of ['mine.csv', `../${idOf('engineer')}/mine.csv`, '..', join(exports, 'mine.csv')])
        for (const method of ['GET', 'DELETE']) assert.equal((await get(other, name, { method })).status, 404, name)
    }
    for (const name of ['../../key', '..', 'absent.csv'])
      for (const method of ['GET', 'DELETE']) assert.equal((await get(engineer, name, { method })).status, 404, name)
    symlinkSync(join(studio.home, 'key'), join(exports, 'key.csv'))
    for (const method of ['GET', 'DELETE']) assert.equal((await get(engineer, 'key.csv', { method })).status, 404)
    assert.ok(!(await list(engineer)).some(({ name }) => name === 'key.csv'))
    assert.equal((await get(engineer, 'mine.csv', { method: 'DELETE' })).status, 204)
    assert.ok(!existsSync(join(exports, 'mine.csv')))
  })

  test('folders are nobody\u2019s who may not browse files; without data.export nothing is written; other connections have none', async () => {
    const file = `FROM '${data}/sales.csv'`
    const onDisk = await made(engineer, join(data, 'shop.duckdb'))
    const shut = await made(engineer, ':memory:', { external_access: false })
    for (const id of [onDisk, shut]) {
      assert.equal((await run(engineer, id, file)).state, 'failed')
      assert.equal((await run(engineer, id, `COPY (SELECT 1) TO 'x.csv'`)).state, 'failed')
    }
    const rights = ['connections.view', 'connections.create', 'connections.use', 'queries.execute']
    change('Data Engineers', [{ path: data, writable: true }], [...rights, 'data.view'])
    assert.equal((await run(engineer, duckdb, file)).state, 'complete')
    assert.match((await run(engineer, duckdb, `COPY (SELECT 1) TO 'x.csv'`)).error?.detail ?? '', /data\.export/)
    change('Data Engineers', [{ path: data, writable: true }], [...rights, 'data.export'])
    assert.equal((await run(engineer, duckdb, file)).state, 'failed')
    assert.equal((await run(engineer, duckdb, `COPY (SELECT 1) TO 'x.csv'`)).state, 'complete')
    change('Data Engineers', [{ path: data, writable: true }], [...rights, 'data.export', 'data.view'])
  })

  test('a folder that is closed is closed for sessions and statements that are under way', async () => {
    assert.equal(
      (await run(engineer, duckdb, `CREATE TEMP TABLE kept AS FROM '${data}/sales.csv'`, 'tab')).state,
      'complete',
    )
    const long = run(engineer, duckdb, 'SELECT count(*) FROM range(100000000000)', 'other')
    for (;;) {
      const { runs } = (await (await studio.ask('/api/runs', { as: engineer })).json()) as { runs: WireRun[] }
      if (runs.some(({ state }) => state === 'running')) break
    }
    change('Data Engineers', [])
    assert.match((await long).error?.message ?? '', /fewer files/)
    const next = await run(engineer, duckdb, `FROM '${data}/sales.csv'`, 'tab')
    assert.equal(next.state, 'failed')
    assert.match(next.note ?? '', /fewer files|may do with it/)
  })

  test('no folder opens the state directory, though it lies there', async () => {
    for (const path of ['/', join(studio.home, '..'), studio.home, join(studio.home, 'results')]) {
      change('Data Engineers', [{ path, writable: true }])
      for (const file of [join(studio.home, 'auth.db'), join(studio.home, 'key')]) {
        assert.equal((await run(engineer, duckdb, `FROM read_blob('${file}')`)).state, 'failed', `${path} ${file}`)
        const json = { name: 'x', engine: 'sqlite', config: { path: file } }
        const answer = await studio.ask('/api/connections', { as: engineer, json })
        assert.equal(answer.status, 403, await answer.text())
      }
    }
    assert.equal(readFileSync(join(studio.home, 'key'), 'utf8').length > 40, true)
  })
})
