import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'
import { localActor } from '../../src/auth/actor.ts'
import { TuskError } from '../../src/errors.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

// The real function, which also says what it was asked to do: a clock would measure the machine.
const { argon2 } = crypto
const asked: string[] = []
crypto.argon2 = ((algorithm, options, callback) => {
  const { memory, passes, parallelism, tagLength } = options
  asked.push(`${algorithm} m=${memory} t=${passes} p=${parallelism} ${tagLength}`)
  argon2(algorithm, options, callback)
}) as typeof argon2
syncBuiltinESMExports()
const { openAuth } = await import('../../src/auth/open-auth.ts')
const { hashPassword } = await import('../../src/auth/passwords.ts')

test('a name that nobody has costs the same work as a wrong password, a disabled person and one without a password', async t => {
  using auth = openAuth(join(temporaryDirectory(t), 'auth.db'))
  const passwordHash = await hashPassword('correct horse battery')
  auth.people.create(localActor, { name: 'root', administrator: true })
  auth.people.create(localActor, { name: 'ada', passwordHash })
  const gone = auth.people.create(localActor, { name: 'gone', passwordHash })
  auth.people.update(localActor, gone.id, { active: false })
  auth.people.create(localActor, { name: 'external', external: { issuer: 'https://login.example.org', subject: 's' } })
  const one = ['argon2id m=65536 t=3 p=1 32']
  const workOf = async (name: string, password: string): Promise<readonly string[]> => {
    asked.length = 0
    await assert.rejects(
      auth.signIn.check(name, password, '192.0.2.1'),
      error => error instanceof TuskError && error.code === 'NOT_AUTHENTICATED',
    )
    return [...asked]
  }
  assert.deepEqual(await workOf('ada', 'not it at all'), one)
  assert.deepEqual(await workOf('no such person', 'not it at all'), one)
  assert.deepEqual(await workOf('gone', 'correct horse battery'), one)
  assert.deepEqual(await workOf('external', 'not it at all'), one)
  asked.length = 0
  assert.equal((await auth.signIn.check('ada', 'correct horse battery', '192.0.2.1')).name, 'ada')
  assert.deepEqual(asked, one)
})
