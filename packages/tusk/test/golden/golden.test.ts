import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { DuckDBBlobValue, DuckDBInstance } from '@duckdb/node-api'
import { decodeStream } from '../../src/arrow/index.ts'
import { shorten, visiblePieces } from '../../src/ui/web/grid/visible-text.ts'
import type { Schema } from '../../src/wire.ts'
import { browserMissing, withBrowser } from '../support/browser.ts'
import { postgresBinaries, startTestPostgres } from '../support/postgres.ts'
import { textRows, textRowsOf } from '../support/spool-fixture.ts'
import { StudioPage } from '../support/studio-page.ts'
import { tusk } from '../support/tusk-command.ts'
import { type RunningStudio, withStudio } from '../support/with-studio.ts'
import { duckdbQuery, postgresQuery, sqliteQuery } from './golden-queries.ts'
import { type GoldenQuery, type GoldenTable, hostileTable } from './golden-source.ts'
import { gridCells } from './grid-cells.ts'
import { showHostileResult, storeHostileResult } from './hostile-tab.ts'
import { parseDelimited } from './parse.ts'

/** A golden table as a stored result of a studio, shown in a tab. */
interface Golden {
  readonly title: string
  readonly table: GoldenTable
  readonly resultId: string
  readonly schema: Schema
  /** The same rows from the command line. */
  readonly command?: readonly string[]
}

type Text = string | null

test('the table of hostile values is the same in every view and every export', async t => {
  await using stack = new AsyncDisposableStack()
  const servers = new Map<number, Awaited<ReturnType<typeof startTestPostgres>>>()
  for (const version of [15, 18] as const) {
    if ('directory' in postgresBinaries(version)) servers.set(version, stack.use(await startTestPostgres(version)))
  }
  let stored = ''
  const prepare = async (home: string): Promise<void> => {
    stored = await storeHostileResult(home)
  }
  await withStudio({ prepare }, async running => {
    const { client, home } = running
    const hostileTab = await client.tab('hostile')
    showHostileResult(home, hostileTab, stored)
    const goldens: Golden[] = [await golden(running, 'hostile', hostileTable, stored)]

    const query = async (
      title: string,
      { setup, sql, ...table }: GoldenQuery,
      engine: string,
      config: Record<string, string | number>,
      target: readonly string[],
    ): Promise<void> => {
      const connection = await client.connect(engine, config)
      const tabId = await client.tab(title, connection)
      if (setup !== '') await client.run(connection, setup, { tabId })
      const resultId = await client.resultOf(connection, sql, { tabId })
      const command = [...target, `${setup}${setup === '' ? '' : ';\n'}${sql}`]
      goldens.push({ ...(await golden(running, title, table, resultId)), command })
    }
    await query('DuckDB', duckdbQuery, 'duckdb', { path: ':memory:' }, [])
    await query('SQLite', sqliteQuery, 'sqlite', { path: ':memory:' }, ['-c', 'sqlite::memory:'])
    for (const [version, { host, port, user }] of servers) {
      const config = { host, port, user, database: 'postgres' }
      await query(`PostgreSQL ${version}`, postgresQuery, 'postgres', config, [
        '-c',
        `postgres://${user}@${host}:${port}/postgres`,
      ])
    }
    for (const each of goldens) {
      await t.test(`${each.title}: windows, whole cells, Arrow, CSV, JSON and NDJSON`, () =>
        exportsAreExact(running, each),
      )
      await t.test(`${each.title}: Parquet, read by DuckDB`, () => parquetIsExact(running, each))
      if (each.command !== undefined)
        await t.test(`${each.title}: tusk query as table, CSV and JSON`, () => commandIsExact(running, each))
    }
    for (const version of [15, 18] as const) {
      const binaries = postgresBinaries(version)
      if ('skip' in binaries) await t.test(`PostgreSQL ${version}`, { skip: binaries.skip })
    }
    await t.test('grid and copies in Chromium', { skip: browserMissing ?? false }, () => gridIsExact(running, goldens))
  })
})

async function golden({ client }: RunningStudio, title: string, table: GoldenTable, resultId: string): Promise<Golden> {
  return { title, table, resultId, schema: (await client.result(resultId)).schema }
}

async function exportsAreExact({ client }: RunningStudio, golden: Golden): Promise<void> {
  const { table, resultId } = golden
  same(golden, textRows(await client.rows(resultId)), 'window')
  for (const [row, cells] of table.cells.entries())
    for (const [column, { text }] of cells.entries()) {
      if (text === null || text.length < 300) continue
      const cell = await client.bytes(`/api/results/${resultId}/cell?row=${row}&column=${column}`)
      const whole = golden.schema.fields[column]?.type.kind === 'binary' ? `\\x${cell.toString('hex')}` : String(cell)
      assert.equal(whole, text, `cell ${row}, ${table.names[column]}`)
    }
  same(golden, textRows(await client.export(resultId, 'arrow', { layout: 'stream' })), 'Arrow stream')
  const file = await client.export(resultId, 'arrow')
  assert.equal(file.subarray(0, 6).toString(), 'ARROW1')
  same(golden, decodeStream(file.subarray(8)).batches.flatMap(textRowsOf), 'Arrow file')
  const csv = (await client.export(resultId, 'csv', { formulaSafe: 'false' })).toString('utf8')
  sameDelimited(golden, csv, 'CSV')
  assert.equal((await client.export(resultId, 'json')).toString('utf8'), jsonOf(table))
  // JSON that its source wrote on several lines has to be on one; line ends in strings are escaped anyway.
  const lines = jsonLines(table).map(line => line.replace(/[\r\n]+/g, ' '))
  assert.equal((await client.export(resultId, 'ndjson')).toString('utf8'), `${lines.join('\n')}\n`)
}

async function parquetIsExact({ client, home }: RunningStudio, golden: Golden): Promise<void> {
  const path = join(home, 'uploads', `${golden.resultId}.parquet`)
  writeFileSync(path, await client.export(golden.resultId, 'parquet'))
  // By our own reading of DuckDB. Nested, numbers are text and names are told apart as Parquet needs it …
  const csv = await tusk(home, ['query', '--format', 'csv', `SELECT * FROM read_parquet('${path}')`])
  assert.equal(csv.code, 0, csv.err)
  const [names, ...rows] = parseDelimited(csv.out, ',')
  assert.deepEqual(names, golden.table.names)
  const meant = (cells: readonly Text[]): readonly Text[] =>
    cells.map((text, column) => {
      const { kind } = golden.schema.fields[column]!.type
      if (text === null || (kind !== 'list' && kind !== 'struct')) return text
      const plain = text.replace(/"(-?\d+(?:\.\d+)?)"/g, '$1')
      return kind === 'struct' ? plain.replace(/"(?:[^"\\]|\\.)*":/g, ':') : plain
    })
  const expected = golden.table.cells.map(cells => meant(cells.map(({ text }) => text)))
  sameRows(golden, rows.map(meant), expected, 'Parquet')
  // … and by DuckDB's own text, where it has one for a value.
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    await connection.run("SET timezone = 'UTC'")
    const columns = golden.schema.fields.map((field, column) => {
      const name = `"${field.name.replaceAll('"', '""')}"`
      const text = field.type.kind === 'binary' ? `'\\x' || lower(hex(${name}))` : `CAST(${name} AS VARCHAR)`
      // As bytes: the driver takes a byte order mark off text.
      return `encode(${text}) AS c${column}`
    })
    const reader = await connection.runAndReadAll(`SELECT ${columns.join(', ')} FROM read_parquet('${path}')`)
    for (const [row, cells] of reader.getRows().entries())
      for (const [column, value] of cells.entries()) {
        const { kind } = golden.schema.fields[column]!.type
        if (kind === 'list' || kind === 'struct' || kind === 'map') continue
        const { text } = golden.table.cells[row]![column]!
        const place = `${golden.table.names[column]}, row ${row}`
        const own = value instanceof DuckDBBlobValue ? Buffer.from(value.bytes).toString('utf8') : null
        if (kind === 'float' && own !== null && text !== null)
          assert.ok(Object.is(numberOf(own), numberOf(text)), place)
        else if (kind === 'decimal')
          assert.equal(own?.replace(/^-?\./, start => start.replace('.', '0.')) ?? null, text, place)
        else assert.equal(own?.replace(/^(\S+) \(BC\)(.*)$/, '$1$2 BC') ?? null, text, place)
      }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

async function commandIsExact({ home }: RunningStudio, { command = [], ...golden }: Golden): Promise<void> {
  const run = async (format: string): Promise<string> => {
    const { out, err, code } = await tusk(home, ['query', '-q', '--format', format, ...command])
    assert.equal(code, 0, err)
    return out
  }
  sameDelimited(golden, await run('csv'), 'tusk query as CSV')
  assert.equal(await run('json'), jsonOf(golden.table))
  const lines = (await run('table')).split('\n').slice(2)
  const shown = golden.table.cells.map(cells => cells.map(({ text }) => onOneLine(text ?? 'NULL').trim()))
  for (const [row, cells] of shown.entries())
    assert.deepEqual(
      lines[row]?.split(' │').map(cell => cell.trim()),
      cells,
      `row ${row}`,
    )
  assert.equal(lines[shown.length], `(${shown.length} rows)`)
}

async function gridIsExact({ studio }: RunningStudio, goldens: readonly Golden[]): Promise<void> {
  await withBrowser(
    async ({ page, context }) => {
      await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: studio.address })
      const person = new StudioPage(page)
      await page.goto(studio.address)
      for (const golden of goldens) {
        const { table, title } = golden
        await page.locator('.studio-tab', { hasText: title }).click()
        await person.outcome(`${table.cells.length} rows`)
        await person.until(`document.querySelector('.grid-column-name') !== null`)
        const shown = await gridCells(page, table.cells.length, table.names.length)
        for (const [row, cells] of table.cells.entries())
          for (const [column, { text }] of cells.entries())
            assert.deepEqual(
              shown[row]![column],
              { text: text === null ? 'NULL' : visible(text), isNull: text === null },
              `${title}: grid, ${table.names[column]}, row ${row}`,
            )
        await page.evaluate(`navigator.clipboard.writeText('')`)
        await person.focusGrid()
        await page.keyboard.press('Control+a')
        await page.keyboard.press('Control+c')
        const copied = (await person.until(`navigator.clipboard.readText().then(text => text || undefined)`)) as string
        // A table with tabs has no mark for NULL: it is nothing, like empty text.
        const rows = parseDelimited(copied, '\t').map(cells => cells.map(cell => cell ?? ''))
        const expected = table.cells.map(cells => cells.map(({ text }) => text ?? ''))
        sameRows(golden, rows, expected, 'copy')
      }
    },
    { viewport: { width: 3000, height: 1600 } },
  )
}

function same(golden: Golden, rows: readonly (readonly Text[])[], what: string): void {
  sameRows(
    golden,
    rows,
    golden.table.cells.map(cells => cells.map(({ text }) => text)),
    what,
  )
}

function sameRows(
  { title, table }: Pick<Golden, 'title' | 'table'>,
  rows: readonly (readonly Text[])[],
  expected: readonly (readonly Text[])[],
  what: string,
): void {
  for (const [row, cells] of expected.entries())
    for (const [column, text] of cells.entries())
      assert.equal(rows[row]?.[column], text, `${title}: ${what}, ${table.names[column]}, row ${row}`)
  assert.deepEqual([rows.length, rows[0]?.length], [expected.length, expected[0]?.length], what)
}

function sameDelimited(golden: Golden, csv: string, what: string): void {
  const [names, ...rows] = parseDelimited(csv, ',')
  assert.deepEqual(names, golden.table.names, what)
  same(golden, rows, what)
}

function jsonLines({ names, cells }: GoldenTable): readonly string[] {
  return cells.map(row => `{${row.map(({ json }, column) => `${JSON.stringify(names[column])}:${json}`).join(',')}}`)
}

function jsonOf(table: GoldenTable): string {
  return `[\n${jsonLines(table).join(',\n')}\n]\n`
}

function numberOf(text: string): number {
  return Number(text.replace(/^nan$/, 'NaN').replace(/inf$/, 'Infinity'))
}

/** A cell of the command line's table. */
function onOneLine(text: string): string {
  const characters = [
    ...text.replace(/[\u0000-\u001f\u007f]/g, sign => (sign === '\n' ? '↵' : sign === '\t' ? '⇥' : '·')),
  ]
  return characters.length > 60 ? `${characters.slice(0, 59).join('')}…` : characters.join('')
}

/** A cell of the grid: one line, what cannot be seen marked. */
function visible(text: string): string {
  return visiblePieces(shorten(text))
    .map(piece => piece.text)
    .join('')
}
