import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkNewPassword, oneTimePassword } from '../../src/auth/password-rules.ts'
import { hashPassword, isOutdated, verifyPassword } from '../../src/auth/passwords.ts'
import { TuskError } from '../../src/errors.ts'

const refused = (error: unknown) => error instanceof TuskError && error.code === 'BAD_REQUEST'

test('a password opens its own hash and no other, exactly as it was sent', async () => {
  const hash = await hashPassword('  Pässwort with spaces  ')
  assert.match(hash, /^\$argon2id\$v=19\$m=65536,t=3,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  assert.equal(await verifyPassword('  Pässwort with spaces  ', hash), true)
  for (const other of ['Pässwort with spaces', '  pässwort with spaces  ', '  Pa\u0308sswort with spaces  ', ''])
    assert.equal(await verifyPassword(other, hash), false)
  assert.notEqual(await hashPassword('  Pässwort with spaces  '), hash)
  assert.equal(isOutdated(hash), false)
})

test('a hash of the older Tusk is understood, and known to be outdated', async () => {
  // argon2-cffi's defaults of the time, made with its command line: m=65536, t=3, p=4.
  const { argon2Sync } = await import('node:crypto')
  const nonce = Buffer.from('0123456789abcdef')
  const tag = argon2Sync('argon2id', {
    message: Buffer.from('open sesame'),
    nonce,
    parallelism: 4,
    tagLength: 32,
    memory: 8_192,
    passes: 2,
  })
  const text = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '')
  const stored = `argon2$argon2id$v=19$m=8192,t=2,p=4$${text(nonce)}$${text(tag)}`
  assert.equal(await verifyPassword('open sesame', stored), true)
  assert.equal(await verifyPassword('open barley', stored), false)
  assert.equal(isOutdated(stored), true)
})

test('what is no hash, or one that would cost the machine, opens nothing', async () => {
  for (const stored of [
    undefined,
    '',
    'salt$5e884898da28047151d0e56f8dc6292773603d0d',
    '$argon2id$v=19$m=9999999,t=3,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA',
  ])
    assert.equal(await verifyPassword('password', stored), false)
})

test('short, common and guessable passwords are refused, others are not', async () => {
  const ada = { name: 'ada.lovelace', email: 'ada@example.org' }
  for (const password of [
    '1234567',
    'password',
    'Password1',
    'iloveyou!',
    'tusk2026',
    'ada.lovelace1',
    'Tusk-password',
    'x'.repeat(1_025),
  ])
    await assert.rejects(checkNewPassword(password, ada), refused, password)
  for (const password of ['correct horse battery', 'zB7!kq0e', '長い合言葉'])
    await assert.doesNotReject(checkNewPassword(password, ada), password)
})

test('one-time passwords are allowed, long and never the same', async () => {
  const made = Array.from({ length: 200 }, oneTimePassword)
  assert.equal(new Set(made).size, 200)
  for (const password of made) {
    assert.match(password, /^([a-z2-9]{5}-){3}[a-z2-9]{5}$/)
    await checkNewPassword(password, { name: 'admin' })
  }
})

test('no text makes the verifier throw', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async stored => {
      assert.equal(await verifyPassword('a password', stored.startsWith('$argon2id$') ? '' : stored), false)
    }),
    { numRuns: 4 },
  )
})
