import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { TuskError } from '../../src/errors.ts'
import type { WireView } from '../../src/wire.ts'
import { textRows } from '../support/spool-fixture.ts'
import type { StudioClient } from '../support/studio-client.ts'
import { startAgain, withStudio } from '../support/with-studio.ts'
import { damages } from './damage.ts'

const rowCount = 5_000

test('a damaged file of a result: the result is whole, or says which file is damaged; its files stay, other results and the next run work', async () => {
  await withStudio({}, async ({ client, home, studio }) => {
    const duckdb = await client.connect('duckdb', { path: ':memory:' })
    const store = (): Promise<string> =>
      client.resultOf(duckdb, `SELECT range AS n, 'row ' || range AS text FROM range(${rowCount})`)
    const cases: { readonly id: string; readonly file: string; readonly damage: string }[] = []
    for (const file of ['result.json', 'rows.index', 'rows.arrow'])
      for (const damage of [...Object.keys(damages), 'gone']) cases.push({ id: await store(), file, damage })
    const sound = await store()
    assert.equal(await studio.stop(), 0)
    const damaged = cases.map(({ id, file, damage }) => {
      const path = join(home, 'results', id, file)
      if (damage === 'gone') rmSync(path)
      else damages[damage as keyof typeof damages](path)
      return { path, bytes: damage === 'gone' ? undefined : readFileSync(path) }
    })
    await startAgain(home, async again => {
      for (const { id, file, damage } of cases) {
        const path = join(home, 'results', id, file)
        for (const [what, error] of Object.entries(await use(again, id))) {
          const told = `${file}, ${damage}, ${what}: ${JSON.stringify(error)}`
          // The index can be made again from the rows, and what a result is stands beside them.
          if (file === 'rows.index' || (file === 'rows.arrow' && what === 'description')) {
            assert.equal(error, undefined, told)
            continue
          }
          assert.equal(error?.code, 'RESULT_DAMAGED', told)
          assert.ok(error.detail?.includes(path), told)
          assert.match(error.hint ?? '', /query again/, told)
          assert.match(error.detail ?? '', /^[ -~]+$/, told)
        }
      }
      for (const error of Object.values(await use(again, sound))) assert.equal(error, undefined)
      assert.equal(textRows(await again.rows(await again.resultOf(duckdb, 'SELECT 1')))[0]?.[0], '1')
      for (const { path, bytes } of damaged) if (bytes !== undefined) assert.deepEqual(readFileSync(path), bytes)
    })
  })
})

/** Everything that a person does with a result; gives how each failed, undefined where it did not and the rows were right. */
async function use(client: StudioClient, id: string): Promise<Readonly<Record<string, TuskError | undefined>>> {
  const last = [String(rowCount - 1), `row ${rowCount - 1}`]
  const uses: Readonly<Record<string, () => Promise<void>>> = {
    description: async () => assert.equal((await client.result(id)).rowCount, rowCount),
    rows: async () => assert.deepEqual(textRows(await client.rows(id, rowCount - 1, 10)), [last]),
    cell: async () => {
      const cell = await client.bytes(`/api/results/${id}/cell?row=${rowCount - 1}&column=1`)
      assert.equal(String(cell), last[1])
    },
    csv: async () => {
      const csv = String(await client.export(id, 'csv'))
      assert.ok(csv.endsWith(`${last.join(',')}\r\n`))
      assert.equal(csv.split('\r\n').length, rowCount + 2)
    },
    view: async () => {
      const view = await client.post<WireView>(`/api/results/${id}/views`, { sort: [{ column: 0, descending: true }] })
      assert.deepEqual(textRows(await client.bytes(`/api/results/${id}/rows?offset=0&limit=1&view=${view.id}`)), [last])
    },
    summary: async () => {
      const summary = await client.get<{ rows: number }>(`/api/results/${id}/columns/0/summary`)
      assert.ok(JSON.stringify(summary).includes(String(rowCount - 1)), JSON.stringify(summary))
    },
    parquet: async () => assert.equal(String((await client.export(id, 'parquet')).subarray(-4)), 'PAR1'),
  }
  const outcomes: Record<string, TuskError | undefined> = {}
  for (const [what, one] of Object.entries(uses)) outcomes[what] = await failureOf(one)
  return outcomes
}

async function failureOf(work: () => Promise<void>): Promise<TuskError | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (error instanceof TuskError) return error
    throw error
  }
}
