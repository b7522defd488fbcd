import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, suite, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { localActor } from '../../src/auth/actor.ts'
import type { AuditOutcome } from '../../src/auth/audit.ts'
import { defaultGroups } from '../../src/auth/default-groups.ts'
import { openAuth } from '../../src/auth/open-auth.ts'
import { Home } from '../../src/home/home.ts'
import { authWrites } from '../support/auth-writer.ts'
import { recordedConnections } from '../support/connection-writer.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const writer = fileURLToPath(new URL('../support/auth-writer.ts', import.meta.url))
const connectionWriter = fileURLToPath(new URL('../support/connection-writer.ts', import.meta.url))

type Count = (sql: string) => number

/** What is true after each whole write and in between of none: both numbers are the same. */
const whole: Readonly<Record<string, (count: Count) => readonly (readonly [number, number])[]>> = {
  'person.create': count => [
    [
      count("FROM person WHERE name LIKE 'made-%'"),
      count("FROM audit WHERE action = 'person.create' AND target LIKE 'made-%'"),
    ],
    [
      2 * count("FROM person WHERE name LIKE 'made-%'"),
      count("FROM membership JOIN person ON person.id = person_id WHERE name LIKE 'made-%'"),
    ],
  ],
  'person.groups': count => [
    [
      count("FROM audit WHERE action = 'person.groups' AND target = 'ada'"),
      count("FROM audit WHERE action = 'person.update' AND target = 'ada'"),
    ],
    // Two groups with an even number, one with an odd one.
    [
      count("FROM membership JOIN person ON person.id = person_id WHERE name = 'ada'"),
      count("FROM person WHERE name = 'ada' AND email IS NOT NULL AND substr(email, 2) % 2 = 0") +
        count("FROM person WHERE name = 'ada' AND email IS NOT NULL"),
    ],
  ],
  'person.disable': count => [
    [
      count("FROM person WHERE name = 'ada' AND active = 0"),
      count("FROM audit WHERE action = 'person.disable'") - count("FROM audit WHERE action = 'person.enable'"),
    ],
  ],
  'person.delete': count => [
    [count('FROM departure'), count("FROM audit WHERE action = 'person.delete'")],
    [count('FROM departure'), count("FROM audit WHERE action = 'person.inherit'")],
    [
      count("FROM person WHERE name LIKE 'gone-%'") + count('FROM departure'),
      count("FROM audit WHERE action = 'person.create' AND target LIKE 'gone-%'"),
    ],
  ],
  'password.reset': count => [[count("FROM audit WHERE action = 'password.reset'"), passwords(count)]],
  'group.update': count => [
    [
      count("FROM group_permission JOIN person_group ON id = group_id WHERE name = 'Viewers'"),
      count("FROM audit WHERE action = 'group.update'") === 0
        ? 4
        : count("FROM person_group WHERE name = 'Viewers' AND description % 2 = 0") === 1
          ? 2
          : 3,
    ],
  ],
  'group.delete': count => [
    [
      count("FROM person_group WHERE name LIKE 'short-%'"),
      count("FROM audit WHERE action = 'group.create' AND target LIKE 'short-%'") -
        count("FROM audit WHERE action = 'group.delete'"),
    ],
    [
      2 * count("FROM person_group WHERE name LIKE 'short-%'"),
      count("FROM group_permission JOIN person_group ON id = group_id WHERE name LIKE 'short-%'"),
    ],
  ],
  'connection.rights': count => [
    [count('FROM connection_right'), count("FROM audit WHERE action = 'connection.rights'") === 0 ? 0 : 2],
    [count('FROM (SELECT DISTINCT level FROM connection_right)'), Math.min(1, count('FROM connection_right'))],
  ],
  'share.create': count => [[count('FROM share'), count("FROM audit WHERE action = 'share.create'")]],
  'share.revoke': count => [
    [
      count('FROM share'),
      count("FROM audit WHERE action = 'share.create'") - count("FROM audit WHERE action = 'share.revoke'"),
    ],
  ],
  'token.revoke': count => [
    [
      count('FROM api_token'),
      count("FROM audit WHERE action = 'token.create'") - count("FROM audit WHERE action = 'token.revoke'"),
    ],
  ],
  'person.link': count => [
    [
      count("FROM person WHERE name = 'ada' AND issuer IS NOT NULL AND subject IS NOT NULL"),
      count("FROM audit WHERE action = 'person.link'") - count("FROM audit WHERE action = 'person.unlink'"),
    ],
  ],
  // Two for each time that they were ended, and those since then.
  'session.end': count => [
    [
      count(`FROM session WHERE CAST(agent AS INTEGER) <= (SELECT count(*) FROM audit WHERE action = 'session.end')`),
      0,
    ],
  ],
  'directory.import': count => [
    [count("FROM person WHERE name LIKE 'imported-%'"), count("FROM person WHERE name LIKE 'twin-%'")],
    [
      count("FROM person WHERE name LIKE 'imported-%'"),
      count("FROM audit WHERE action = 'person.create' AND target LIKE 'imported-%'"),
    ],
    [
      2 * count("FROM person WHERE name LIKE 'imported-%'"),
      count("FROM membership JOIN person_group ON person_group.id = group_id WHERE name = 'Imported'"),
    ],
  ],
}

function passwords(count: Count): number {
  // The n-th hash is `hash n`, and each was on record.
  for (let n = 0; ; n++)
    if (count(`FROM person WHERE name = 'ada' AND coalesce(password_hash, 'hash 0') = 'hash ${n}'`) === 1) return n
}

/** Starts a process that writes without end, and ends it somewhere in the middle of a write that comes after a few whole ones; gives their number. */
async function killWhileItWrites(t: TestContext, script: string, given: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [script, ...given], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  let written = 0
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    written += String(chunk).split('\n').length - 1
    if (written < 3) continue
    // Each time after another part of a millisecond.
    const until = performance.now() + Math.random() * 8
    while (performance.now() < until) {
      // Busy: a timer is not that exact.
    }
    child.kill('SIGKILL')
    break
  }
  await once(child, 'exit')
  assert.ok(written >= 3)
  return written
}

suite('the plug pulled while auth.db is written', { concurrency: 2 }, () => {
  for (const kind of Object.keys(authWrites))
    test(`${kind}: each write is there with its record, or neither is`, { timeout: 120_000 }, async t => {
      const file = join(temporaryDirectory({ after }), 'auth.db')
      {
        using auth = openAuth(file)
        for (const group of defaultGroups) auth.groups.create(localActor, group)
        auth.people.create(localActor, { name: 'root', administrator: true })
        for (const name of ['ada', 'heir']) auth.people.create(localActor, { name })
      }
      await killWhileItWrites(t, writer, [file, kind])
      using auth = openAuth(file)
      assert.ok(auth.people.hasAdministrator)
      using database = new DatabaseSync(file)
      assert.deepEqual({ ...database.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' })
      assert.deepEqual(database.prepare('PRAGMA foreign_key_check').all(), [])
      const count: Count = sql => Number(database.prepare(`SELECT count(*) AS n ${sql}`).get()?.n)
      for (const [one, other] of whole[kind]?.(count) ?? []) assert.equal(one, other)
      // And it goes on.
      authWrites['group.update']?.(auth, 7)
    })

  // The file and the record are two places, and no transaction holds both.
  for (let round = 1; round <= 4; round++)
    test(`connections of a file: each that is there was attempted, and each that is done is there (${round})`, {
      timeout: 120_000,
    }, async t => {
      const home = Home.open(temporaryDirectory({ after }))
      const told = await killWhileItWrites(t, connectionWriter, [home.directory])
      using auth = openAuth(home.path('auth.db'))
      const names = recordedConnections(home, auth.audit)
        .list(localActor)
        .map(({ name }) => name)
      const targets = (outcome: AuditOutcome): string[] =>
        auth.audit
          .list({ action: 'connection.create', outcome, limit: 1_000 })
          .entries.map(({ target }) => target)
          .toReversed()
      const [attempted, done] = [targets('attempted'), targets('done')]
      assert.ok(done.length >= told)
      assert.deepEqual(done, names.slice(0, done.length))
      assert.deepEqual(names, attempted.slice(0, names.length))
      assert.ok(attempted.length - done.length <= 1, `${attempted.length} attempted, ${done.length} done`)
      assert.deepEqual(targets('failed'), [])
    })
})
