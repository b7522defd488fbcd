import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openAuth } from '../../src/auth/open-auth.ts'
import { startMultiStudio, testPassword } from '../support/multi-studio.ts'
import { textRows } from '../support/spool-fixture.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const page = fileURLToPath(new URL('../../../../docs/api-tokens.md', import.meta.url))
const text = readFileSync(page, 'utf8')
const missing = ['bash', 'curl', 'jq'].find(program => spawnSync(program, ['--version']).error !== undefined)

suite('docs/api-tokens.md', () => {
  test('every block of it runs, in order, with the password of a person and nothing else', {
    skip: missing === undefined ? false : `no ${missing}; apt-get install ${missing}`,
    timeout: 120_000,
  }, async t => {
    const studio = await startMultiStudio(t, {
      home: temporaryDirectory(t),
      arguments: ['--no-samples', '--no-plugins'],
    })
    const shop = { name: 'Shop', engine: 'duckdb', config: { path: ':memory:' } }
    assert.equal(
      (await studio.ask('/api/connections', { as: await studio.signIn('engineer'), json: shop })).status,
      201,
    )
    const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)
    assert.ok(blocks.length >= 7)
    const script = blocks.join('\n').replace('https://tusk.example.org', studio.address)
    assert.ok(script.includes(studio.address))
    const folder = temporaryDirectory(t)
    const { code, out } = await bash(folder, script, `engineer\n${testPassword}\n`)
    assert.equal(code, 0, out)
    assert.match(out, /complete: 1000 rows/)
    for (const format of ['json', 'csv', 'arrow', 'parquet']) assert.match(out, new RegExp(`^${format}$`, 'm'))

    const file = (name: string): Buffer => readFileSync(join(folder, name))
    const rows = JSON.parse(file('rows.json').toString()) as { id: unknown; name: string }[]
    assert.deepEqual([rows.length, Number(rows[0]?.id), rows.at(-1)?.name], [1_000, 1, 'item 1000'])
    assert.equal(file('rows.csv').toString().trimEnd().split(/\r?\n/).length, 1_001)
    assert.equal(file('rows.parquet').subarray(0, 4).toString(), 'PAR1')
    const some = textRows(file('rows.arrows'))
    assert.deepEqual([some.length, some[0]], [50, ['101', 'item 101']])

    // What the page says of secrets: gone, or for one person alone.
    assert.equal(existsSync(join(folder, 'session.txt')), false)
    assert.equal(statSync(join(folder, 'token.header')).mode & 0o077, 0)
    for (const name of readdirSync(folder)) assert.ok(!file(name).includes(testPassword), name)
    using auth = openAuth(join(studio.home, 'auth.db'))
    const engineer = auth.people.byName('engineer')?.id ?? ''
    assert.deepEqual(
      auth.tokens.of(engineer).map(({ name }) => name),
      ['nightly report'],
    )
    assert.deepEqual(
      auth.sessions.of(engineer).length,
      1,
      'the session of the page is over; the one of this test is not',
    )
  })

  test('names pages that exist', () => {
    for (const [, file = ''] of text.matchAll(/\]\((?!http)([^)#]+)/g))
      assert.ok(existsSync(join(dirname(page), file)), `${file} is not there`)
  })
})

/** Stops at the first command that fails. What is typed comes by standard input. */
async function bash(folder: string, script: string, input: string): Promise<{ code: number | null; out: string }> {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] })
  let out = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      out += chunk
    })
  child.stdin.end(input)
  await once(child, 'close')
  return { code: child.exitCode, out }
}
