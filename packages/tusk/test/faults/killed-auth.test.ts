import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { localActor } from '../../src/auth/actor.ts'
import { defaultGroups } from '../../src/auth/default-groups.ts'
import { openAuth } from '../../src/auth/open-auth.ts'
import { authWrites } from '../support/auth-writer.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const writer = fileURLToPath(new URL('../support/auth-writer.ts', import.meta.url))

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
      const child = spawn(process.execPath, [writer, file, kind], { stdio: ['ignore', 'pipe', 'inherit'] })
      t.after(() => child.kill('SIGKILL'))
      // Somewhere in the middle of a write that comes after a few whole ones: each time after another part of a millisecond.
      let written = 0
      for await (const chunk of child.stdout.setEncoding('utf8')) {
        written += String(chunk).split('\n').length - 1
        if (written < 3) continue
        const until = performance.now() + Math.random() * 8
        while (performance.now() < until) {
          // Busy: a timer is not that exact.
        }
        child.kill('SIGKILL')
        break
      }
      await once(child, 'exit')
      assert.ok(written >= 3)
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
})
