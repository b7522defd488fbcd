import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Denials } from '../../src/auth/denials.ts'
import { startMultiStudioHere } from '../support/multi-studio-here.ts'
import { openTestAuth } from '../support/test-auth.ts'

test('who asks without the permission is on record with the route, once a minute for the same; strangers are not', async t => {
  const studio = await startMultiStudioHere(t)
  t.after(async () => studio[Symbol.asyncDispose]())
  const { auth } = studio
  const viewer = auth.people.byName('viewer')?.id ?? ''
  const { secret } = auth.sessions.create({
    personId: viewer,
    lifetimeMs: 60_000,
    idleMs: 60_000,
    address: '',
    agent: '',
  })
  const cookie = `tusk-session-${new URL(studio.address).port}=${secret}`
  const ask = async (path: string, headers: Record<string, string> = { cookie }) =>
    (await fetch(studio.address + path, { headers })).status
  for (let i = 0; i < 3; i++) assert.equal(await ask('/api/users'), 403)
  assert.equal(await ask('/api/users/a-secret-word'), 403)
  assert.equal(await ask('/api/users', {}), 401)
  assert.equal(await ask('/api/connections'), 200)
  const { entries } = auth.audit.list({ action: 'denied' })
  assert.deepEqual(
    entries
      .map(({ actorName, target, outcome, details }) => [actorName, target, outcome, details.permission])
      .toReversed(),
    [
      ['viewer', 'GET /api/users', 'refused', 'system.users'],
      ['viewer', 'GET /api/users/:id', 'refused', 'system.users'],
    ],
  )
})

test('after a minute it is on record again', t => {
  const { auth, person } = openTestAuth(t)
  let now = 0
  const denials = new Denials(auth.audit, () => now)
  const ada = person('ada')
  const count = (): number => auth.audit.list({ action: 'denied' }).entries.length
  for (const [at, expected] of [
    [0, 1],
    [59_000, 1],
    [61_000, 2],
  ] as const) {
    now = at
    denials.add(ada, 'GET /api/users', 'system.users')
    assert.equal(count(), expected)
  }
})
