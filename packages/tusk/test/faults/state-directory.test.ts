import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withSmallDisk } from '../support/small-disk.ts'
import { textRows } from '../support/spool-fixture.ts'
import { tusk } from '../support/tusk-command.ts'
import { startAgain, withStudio } from '../support/with-studio.ts'

const studio = ['studio', '--port', '0', '--no-open', '--no-samples']

test('a second studio on the same state directory is refused and told where the first one is, which works on', async () => {
  await withStudio({}, async ({ client, home }) => {
    const duckdb = await client.connect('duckdb', { path: ':memory:' })
    const { code, err } = await tusk(home, studio)
    assert.equal(code, 1)
    assert.ok(err.includes(`Another Tusk is using ${home}`), err)
    assert.ok(err.includes(client.address), err)
    assert.match(err, /TUSK_HOME/)
    assert.deepEqual(textRows(await client.rows(await client.resultOf(duckdb, 'SELECT 1'))), [['1']])
  })
})

test('a read-only state directory stops the start, named with what to do; once it can be written the studio starts', async context => {
  const skipped = await withSmallDisk(64, async ({ directory, setReadOnly }) => {
    for (const when of ['new', 'used']) {
      setReadOnly(true)
      const { code, err } = await tusk(directory, studio)
      assert.equal(code, 1, when)
      assert.ok(err.includes(directory), err)
      assert.match(err, /read-only/)
      assert.match(err, /Make it writable for you, or set TUSK_HOME/)
      setReadOnly(false)
      await startAgain(directory, async client => {
        const duckdb = await client.connect('duckdb', { path: ':memory:' })
        assert.deepEqual(textRows(await client.rows(await client.resultOf(duckdb, 'SELECT 1'))), [['1']])
      })
    }
  })
  if (skipped !== undefined) context.skip(skipped)
})

test('a state directory that is a file is refused with its name', async () => {
  const { code, err } = await tusk(import.meta.filename, studio)
  assert.equal(code, 1)
  assert.ok(err.includes(import.meta.filename), err)
  assert.match(err, /set TUSK_HOME to another directory/)
})
