import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { TuskError } from '../../../src/errors.ts'
import type { WireImport, WireImported } from '../../../src/wire.ts'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { textRows } from '../../support/spool-fixture.ts'
import type { StudioClient } from '../../support/studio-client.ts'
import { StudioPage } from '../../support/studio-page.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { type RunningStudio, withStudio } from '../../support/with-studio.ts'

const orders = 'id;name;price\n007;"Ä; ""q"" <b>";1,5\n8;plain;2,5\n9;short\n10;NA;x\n'

for (const colorScheme of ['dark', 'light'] as const)
  test(`a CSV file is looked at, read with chosen types, and loaded; what does not fit is set aside, ${colorScheme}`, {
    skip: browserMissing ?? false,
    timeout: 120_000,
  }, async context => {
    const directory = temporaryDirectory(context)
    const file = join(directory, "Orders' 2026.csv")
    writeFileSync(file, orders)
    await withStudio({}, async ({ client, studio, home }) => {
      const lite = await client.connect('sqlite', { path: join(directory, 'lite.db'), create: true })
      await withBrowser(
        async ({ page, screenshot }) => {
          await page.addInitScript(`localStorage.setItem('tusk:theme', '${colorScheme}')`)
          const person = new StudioPage(page)
          await person.open(`${studio.address}/`)
          await page.getByRole('button', { name: 'Import a file' }).click()
          const dialog = page.getByRole('dialog', { name: 'Import a file' })
          await screenshot(`import-choose-${colorScheme}`)
          await dialog.getByLabel('File').setInputFiles(file)
          await dialog.getByLabel('Type of id').waitFor()
          assert.equal(await dialog.getByLabel('Between values').inputValue(), ';')
          assert.equal(await dialog.getByLabel('The first line has the names').isChecked(), true)
          assert.equal(await dialog.getByLabel('Type of id').inputValue(), 'VARCHAR')
          await dialog.getByLabel('Is NULL, besides an empty value').fill('NA')
          await dialog.getByLabel('Is NULL, besides an empty value').blur()
          await dialog.getByRole('button', { name: 'Read' }).and(page.locator(':not([disabled])')).waitFor()
          await dialog.getByLabel('Type of id').fill('BIGINT')
          await screenshot(`import-columns-${colorScheme}`)
          await dialog.getByRole('button', { name: 'Read' }).click()
          await dialog.getByText("3 rows of Orders' 2026.csv").waitFor()
          await dialog.getByText('1 value or line did not fit and is set aside, with the reason.').waitFor()
          await screenshot(`import-read-${colorScheme}`)
          await dialog.getByRole('button', { name: 'Load into a table …' }).click()
          const load = page.getByRole('dialog', { name: 'Load into a table' })
          assert.equal(await load.getByLabel('Name of the new table').inputValue(), "Orders' 2026")
          await load.getByLabel('Type for price').waitFor()
          await load.getByRole('button', { name: 'Load', exact: true }).click()
          await load.getByText("3 rows in Orders' 2026").waitFor()
          await load.getByRole('button', { name: 'Close' }).click()
          const kept = await client.resultOf(lite, `SELECT * FROM "Orders' 2026" ORDER BY id`)
          assert.deepEqual(textRows(await client.rows(kept)), [
            ['7', 'Ä; "q" <b>', '1,5'],
            ['8', 'plain', '2,5'],
            ['10', null, 'x'],
          ])

          // Dropped on the page; what did not fit is a result like any other.
          await page.evaluate(`(() => {
            const dataTransfer = new DataTransfer()
            dataTransfer.items.add(new File([${JSON.stringify(orders)}], 'dropped.csv'))
            for (const type of ['dragover', 'drop'])
              document.querySelector('.studio').dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }))
          })()`)
          await dialog.getByLabel('Type of price').waitFor()
          await dialog.getByRole('button', { name: 'Read' }).click()
          await dialog.getByRole('button', { name: 'Show what did not fit' }).click()
          await person.outcome(/1 row/)
          assert.equal(await person.cell(0, 3), '9;short')
          await screenshot(`import-rejected-${colorScheme}`)
        },
        { colorScheme },
      )
      // The dialog discards what it is done with.
      assert.deepEqual(readdirSync(join(home, 'uploads', 'imports')), [])
    })
  })

test('JSON, Parquet and packed texts are read with their types; wrong files say why, and leave nothing', async context => {
  const directory = temporaryDirectory(context)
  const parquet = join(directory, 'a.parquet')
  {
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    await connection.run(
      `COPY (SELECT 9223372036854775807 AS big, 1.50::DECIMAL(38,10) AS exact, [1, NULL] AS list) TO '${parquet}'`,
    )
    connection.closeSync()
    instance.closeSync()
  }
  await withStudio({}, async running => {
    const { client, home } = running
    const send = async (name: string, content: Buffer | string): Promise<WireImport> => {
      const answer = await client.fetch(`/api/imports?name=${encodeURIComponent(name)}`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: new Uint8Array(Buffer.from(content)),
      })
      const body = (await answer.json()) as WireImport & { error?: Parameters<typeof TuskError.fromJSON>[0] }
      if (body.error !== undefined) throw TuskError.fromJSON(body.error)
      return body
    }
    const { readFileSync } = await import('node:fs')
    const packed = await send('a.csv.gz', gzipSync('a,b\n1,x\n'))
    assert.deepEqual(await rowsOf(client, packed), { rows: [['1', 'x']] })
    const json = await send('b.ndjson', '{"n": 1, "at": "2026-01-02"}\n{"n": 2, "at": null}\n')
    assert.deepEqual(json.columns, [
      { name: 'n', type: 'BIGINT' },
      { name: 'at', type: 'DATE' },
    ])
    assert.deepEqual(await rowsOf(client, json), {
      rows: [
        ['1', '2026-01-02'],
        ['2', null],
      ],
    })
    const exact = await send('c.parquet', readFileSync(parquet))
    assert.deepEqual(await rowsOf(client, exact), { rows: [['9223372036854775807', '1.5000000000', '[1,null]']] })
    // Rows whose values do not fit a chosen type are set aside as they are.
    const mixed = await send('d.json', '[{"v": "1", "w": 1}, {"v": "x", "w": 2}]')
    assert.deepEqual(await rowsOf(client, mixed, [{ name: 'v', type: 'BIGINT' }]), {
      rows: [['1', '1']],
      rejected: [['x', '2']],
    })

    for (const [name, content, code] of [
      ['sheet.xlsx', 'x', 'UNSUPPORTED'],
      ['none', 'x', 'UNSUPPORTED'],
      ['a.parquet', 'not parquet', 'QUERY_FAILED'],
      ['a.json', '{"a": ', 'QUERY_FAILED'],
      ['a.csv.gz', 'not packed', 'QUERY_FAILED'],
    ] as const) {
      const error = await send(name, content).then(
        () => undefined,
        (failure: unknown) => TuskError.from(failure),
      )
      assert.equal(error?.code, code, `${name}: ${error?.message}`)
      assert.ok(!`${error?.message} ${error?.detail}`.includes(home), `${name}: ${error?.message}`)
    }
    // A type is a type, not a way into the machine.
    for (const type of ["VARCHAR) FROM read_text('/etc/passwd'", 'INT); SELECT 1', 'STRUCT(a INT)', "'", ''])
      await assert.rejects(rowsOf(client, mixed, [{ name: 'v', type }]), { code: 'BAD_REQUEST' }, type)
    await leavesNothing(running, [packed, json, exact, mixed])
  })
})

async function rowsOf(
  client: StudioClient,
  file: WireImport,
  columns?: readonly { readonly name: string; readonly type: string }[],
): Promise<{ readonly rows: unknown; readonly rejected?: unknown }> {
  const { rows, rejected } = await client.post<WireImported>(`/api/imports/${file.id}/read`, {
    ...file.options,
    ...(columns === undefined ? {} : { columns }),
  })
  const texts = async (id: string): Promise<unknown> => textRows(await client.rows(id))
  return { rows: await texts(rows.id), ...(rejected === undefined ? {} : { rejected: await texts(rejected.id) }) }
}

async function leavesNothing({ client, home }: RunningStudio, files: readonly WireImport[]): Promise<void> {
  const folder = join(home, 'uploads', 'imports')
  assert.equal(readdirSync(folder).length, files.length)
  for (const { id } of files) assert.equal((await client.fetch(`/api/imports/${id}`, { method: 'DELETE' })).status, 204)
  assert.deepEqual(readdirSync(folder), [])
  await assert.rejects(client.fetch(`/api/imports/${files[0]?.id}`, { method: 'DELETE' }), { code: 'NOT_FOUND' })
}
