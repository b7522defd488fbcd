import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type MultiStudio, startMultiStudio } from '../support/multi-studio.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const closing: (() => void | Promise<void>)[] = []
const untilTheEnd = { after: (end: () => void | Promise<void>) => void closing.push(end) }
let studio: MultiStudio

before(async () => {
  const home = temporaryDirectory(untilTheEnd)
  studio = await startMultiStudio(untilTheEnd, { home, arguments: ['--no-samples', '--no-plugins'] })
})

after(async () => {
  for (const end of closing.toReversed()) await end()
})

async function tusk(args: readonly string[], input = ''): Promise<{ code: number; out: string; error: string }> {
  const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, TUSK_HOME: studio.home } })
  child.stdin.end(input)
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code: child.exitCode ?? -1, out, error }
}

const json = async (...args: string[]): Promise<unknown> => JSON.parse((await tusk([...args, '--json'])).out)

test('a person is made with a one-time password, listed, regrouped and deleted', async () => {
  const made = (await json('users', 'create', 'ada', '--group', 'Analysts, Viewers', '--email', 'ada@example.org')) as {
    oneTimePassword: string
    groups: { name: string }[]
    mustChangePassword: boolean
  }
  assert.match(made.oneTimePassword, /^[a-z2-9-]{23}$/)
  assert.deepEqual(
    made.groups.map(({ name }) => name),
    ['Analysts', 'Viewers'],
  )
  const login = await studio.ask('/api/auth/login', { json: { username: 'ada', password: made.oneTimePassword } })
  assert.equal(((await login.json()) as { mustChangePassword: boolean }).mustChangePassword, true)
  assert.match((await tusk(['users'])).out, /^ada {5,}Analysts, Viewers; last /m)
  assert.deepEqual(await json('users', 'groups', 'ada', 'Viewers'), ['Viewers'])
  assert.deepEqual(await json('users', 'groups', 'ada', ''), [])
  assert.deepEqual(await json('users', 'groups', 'ada'), [])
  assert.match((await tusk(['users', 'delete', 'ada', '--yes'])).error, /Either --heir NAME, or --delete-belongings/)
  const refused = await tusk(['users', 'delete', 'ada', '--delete-belongings'])
  assert.deepEqual([refused.code, /Add --yes/.test(refused.error)], [2, true])
  assert.equal((await tusk(['users', 'delete', 'ada', '--delete-belongings', '--yes'])).code, 0)
  assert.doesNotMatch((await tusk(['users'])).out, /ada/)
})

test('what the command line changes acts at once on an open session', async () => {
  const cookie = await studio.signIn('analyst')
  const may = async () => (await studio.ask('/api/connections', { as: cookie })).status
  assert.equal(await may(), 200)
  await tusk(['users', 'groups', 'analyst', ''])
  assert.equal(await may(), 403)
  await tusk(['users', 'groups', 'analyst', 'Analysts'])
  assert.equal(await may(), 200)
  await tusk(['users', 'disable', 'analyst'])
  assert.equal(await may(), 401)
  await tusk(['users', 'enable', 'analyst'])
  assert.equal(await may(), 401)
})

test('a password is reset from standard input, a bad one is refused, and neither is in the output', async () => {
  const weak = await tusk(['users', 'reset-password', 'engineer', '--password-stdin'], 'password\n')
  assert.deepEqual([weak.code, /cannot be used/.test(weak.error)], [1, true])
  const good = await tusk(['users', 'reset-password', 'engineer', '--password-stdin'], 'three little words\n')
  assert.equal(good.code, 0)
  assert.doesNotMatch(good.out + good.error, /three little/)
  const answer = await studio.ask('/api/auth/login', { json: { username: 'engineer', password: 'three little words' } })
  assert.equal(answer.status, 200)
})

test('groups are made, changed and deleted; permissions are explained', async () => {
  assert.equal((await tusk(['groups', 'create', 'Mappers', '--permissions', 'data.view,queries.execute'])).code, 0)
  assert.deepEqual(await json('groups', 'permissions', 'Mappers'), ['queries.execute', 'data.view'])
  await tusk(['users', 'groups', 'nobody', 'Mappers'])
  const cookie = await studio.signIn('nobody')
  assert.equal((await studio.ask('/api/runs', { as: cookie })).status, 200)
  assert.deepEqual(await json('groups', 'permissions', 'Mappers', 'data.view'), ['data.view'])
  assert.equal((await studio.ask('/api/runs', { as: cookie })).status, 403)
  assert.match((await tusk(['groups', 'show', 'Mappers'])).out, /^People {7}nobody$/m)
  const wrong = await tusk(['groups', 'permissions', 'Mappers', 'data.fly'])
  assert.deepEqual([wrong.code, /no permission “data.fly”/.test(wrong.error)], [1, true])
  assert.equal((await tusk(['groups', 'delete', 'Mappers', '--yes'])).code, 0)
  assert.match((await tusk(['groups', 'permissions'])).out, /connections\.use {7}Run queries on connections\./)
})

test('the last administrator cannot be disabled or deleted, and names that do not exist are told', async () => {
  for (const args of [
    ['disable', 'root'],
    ['delete', 'root', '--delete-belongings', '--yes'],
  ])
    assert.match((await tusk(['users', ...args])).error, /last active administrator/)
  assert.match((await tusk(['users', 'enable', 'nobody at all'])).error, /no person “nobody at all”/)
  assert.match((await tusk(['users', 'create', 'x', '--group', 'Nowhere'])).error, /no group “Nowhere”/)
  assert.equal((await tusk(['users', 'fly'])).code, 2)
})

test('a person is linked to an identity of a provider and unlinked, a group gets a claim and loses it', async () => {
  const issuer = 'https://login.example.org'
  const linked = (await json('users', 'link', 'viewer', '--issuer', issuer, '--subject', 's-1')) as { issuer: string }
  assert.equal(linked.issuer, issuer)
  const taken = await tusk(['users', 'link', 'analyst', '--issuer', issuer, '--subject', 's-1'])
  assert.deepEqual([taken.code, /linked to “viewer”/.test(taken.error)], [1, true], taken.error)
  assert.equal('issuer' in ((await json('users', 'unlink', 'viewer')) as object), false)
  assert.equal((await tusk(['users', 'link', 'viewer', '--issuer', issuer])).code, 2)

  const claimed = (await json('groups', 'claim', 'Viewers', 'readers')) as { claim: string; permissions: string[] }
  assert.equal(claimed.claim, 'readers')
  assert.ok(claimed.permissions.length > 0)
  assert.equal((await tusk(['groups', 'claim', 'Viewers'])).out, 'readers\n')
  assert.equal('claim' in ((await json('groups', 'claim', 'Viewers', '')) as object), false)
})

test('people and groups go out to a file and come in from one, after a look', async () => {
  const exported = await tusk(['users', 'export'])
  assert.match(exported.out, /^\[groups\.Analysts\]$/m)
  assert.ok(!exported.out.includes('argon2'))
  const file = join(temporaryDirectory(untilTheEnd), 'people.toml')
  writeFileSync(file, '[groups.Clerks]\npermissions = ["data.view"]\n[people.clara]\ngroups = ["Clerks"]\n')
  const look = await tusk(['users', 'import', file, '--dry-run'])
  assert.match(look.error, /^add group Clerks: permissions: \+ data\.view$/m)
  assert.match(look.error, /^add person clara:/m)
  assert.ok(!(await tusk(['users'])).out.includes('clara'))
  assert.equal((await tusk(['users', 'import', file])).code, 2)
  const done = await tusk(['users', 'import', file, '--yes'])
  const password = /^one-time password of clara: (\S+)$/m.exec(done.out)?.[1] ?? ''
  const login = await studio.ask('/api/auth/login', { json: { username: 'clara', password } })
  assert.equal(((await login.json()) as { mustChangePassword: boolean }).mustChangePassword, true)
  assert.match((await tusk(['users', 'import', file, '--yes'])).error, /Everything is as the file says already/)
  writeFileSync(file, '[people.clara]\nage = 30\n')
  const wrong = await tusk(['users', 'import', file])
  assert.deepEqual([wrong.code, /people\.clara\.age is not known/.test(wrong.error)], [1, true], wrong.error)
})

test('a setting that is changed is on record, by its name and without its value', async () => {
  assert.equal((await tusk(['config', 'set', 'oidc.client_id', 'not-for-the-log'])).code, 0)
  assert.equal((await tusk(['config', 'set', 'query.timeout', 'soon'])).code, 1)
  const log = await studio.ask('/api/audit?action=setting.change', { as: await studio.signIn('root') })
  const { entries } = (await log.json()) as { entries: { target: string; outcome: string }[] }
  assert.deepEqual(
    entries.map(({ target, outcome }) => [target, outcome]),
    [
      ['query.timeout', 'failed'],
      ['query.timeout', 'attempted'],
      ['oidc.client_id', 'done'],
      ['oidc.client_id', 'attempted'],
    ],
  )
  assert.ok(!JSON.stringify(entries).includes('not-for-the-log'))
})
