import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { TuskError } from '../../src/errors.ts'
import { StateDatabase } from '../../src/home/database.ts'
import { Home } from '../../src/home/home.ts'
import { StateLock } from '../../src/home/lock.ts'
import { LogFile } from '../../src/home/log-file.ts'
import { writeFileAtomic } from '../../src/home/write-file-atomic.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const code = (expected: string) => (error: unknown) => error instanceof TuskError && error.code === expected

test('a new state directory and its key are for their owner only', t => {
  const home = Home.open(join(temporaryDirectory(t), 'state'))
  assert.equal(statSync(home.directory).mode & 0o777, 0o700)
  assert.equal(statSync(home.path('results')).mode & 0o777, 0o700)
  assert.equal(statSync(home.path('key')).mode & 0o777, 0o600)
})

test('secrets are read back with the same key and place, and with no other', t => {
  const directory = temporaryDirectory(t)
  const { secrets } = Home.open(join(directory, 'one'))
  const sealed = secrets.encrypt('pässword', 'local/a/password')
  assert.ok(!sealed.includes('pässword'))
  assert.notEqual(sealed, secrets.encrypt('pässword', 'local/a/password'))
  assert.equal(Home.open(join(directory, 'one')).secrets.decrypt(sealed, 'local/a/password'), 'pässword')
  assert.throws(() => secrets.decrypt(sealed, 'local/b/password'), code('STATE_DAMAGED'))
  assert.throws(
    () => Home.open(join(directory, 'two')).secrets.decrypt(sealed, 'local/a/password'),
    code('STATE_DAMAGED'),
  )
  assert.throws(() => secrets.decrypt('plain', 'local/a/password'), code('STATE_DAMAGED'))
})

test('a damaged key is named and not replaced', t => {
  const directory = temporaryDirectory(t)
  Home.open(directory)
  writeFileSync(join(directory, 'key'), 'short')
  assert.throws(() => Home.open(directory), code('STATE_DAMAGED'))
  assert.equal(readFileSync(join(directory, 'key'), 'utf8'), 'short')
})

test('a second studio on the same directory is refused, and told where the first one is', t => {
  const home = Home.open(temporaryDirectory(t))
  {
    using lock = StateLock.acquire(home)
    lock.note('http://127.0.0.1:8000')
    assert.throws(
      () => StateLock.acquire(home),
      (error: unknown) =>
        error instanceof TuskError &&
        error.code === 'STATE_LOCKED' &&
        (error.detail ?? '').includes('http://127.0.0.1:8000'),
    )
  }
  StateLock.acquire(home)[Symbol.dispose]()
})

test('the lock of a killed process is free at once', async t => {
  const home = Home.open(temporaryDirectory(t))
  const script = `
    import { Home } from ${JSON.stringify(new URL('../../src/home/home.ts', import.meta.url).href)}
    import { StateLock } from ${JSON.stringify(new URL('../../src/home/lock.ts', import.meta.url).href)}
    globalThis.lock = StateLock.acquire(Home.open(${JSON.stringify(home.directory)}))
    console.log('held'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  assert.throws(() => StateLock.acquire(home), code('STATE_LOCKED'))
  child.kill('SIGKILL')
  await once(child, 'exit')
  StateLock.acquire(home)[Symbol.dispose]()
})

test('a file is replaced whole, with nothing left beside it', async t => {
  const file = join(temporaryDirectory(t), 'file')
  await writeFileAtomic(file, 'one')
  await writeFileAtomic(file, 'two')
  assert.equal(readFileSync(file, 'utf8'), 'two')
  assert.equal(statSync(file).mode & 0o777, 0o600)
})

test('a file is never half written, however often its writer is killed', async t => {
  const file = join(temporaryDirectory(t), 'file')
  const whole = (letter: string): string => letter.repeat(2_000_000)
  await writeFileAtomic(file, whole('a'))
  const script = `
    import { writeFileAtomic } from ${JSON.stringify(new URL('../../src/home/write-file-atomic.ts', import.meta.url).href)}
    for (let i = 0; ; i++) { await writeFileAtomic(${JSON.stringify(file)}, 'ab'[i % 2].repeat(2000000)); if (i === 0) console.log('writing') }`
  for (let round = 0; round < 8; round++) {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    await new Promise(resolve => setTimeout(resolve, 5 + round * 7))
    child.kill('SIGKILL')
    await once(child, 'exit')
    const text = readFileSync(file, 'utf8')
    assert.ok(text === whole('a') || text === whole('b'))
  }
})

test('migrations run once each, in one transaction, after a copy', t => {
  const file = join(temporaryDirectory(t), 'state.db')
  const first = ['CREATE TABLE note (text TEXT)']
  {
    using database = StateDatabase.open(file, first)
    database.run('INSERT INTO note VALUES (?)', 'kept')
  }
  const broken = [...first, 'ALTER TABLE note ADD COLUMN done INTEGER; SELECT * FROM absent']
  assert.throws(() => StateDatabase.open(file, broken), code('STATE_DAMAGED'))
  {
    using database = StateDatabase.open(file, [...first, 'ALTER TABLE note ADD COLUMN done INTEGER'])
    assert.deepEqual({ ...database.get('SELECT * FROM note') }, { text: 'kept', done: null })
  }
  assert.throws(() => StateDatabase.open(file, first), code('STATE_DAMAGED'))
})

test('a damaged database is named and left as it is', t => {
  const file = join(temporaryDirectory(t), 'state.db')
  writeFileSync(file, 'not a database, but long enough to look like one'.repeat(100))
  assert.throws(() => StateDatabase.open(file, ['CREATE TABLE t (x)']), code('STATE_DAMAGED'))
  assert.match(readFileSync(file, 'utf8'), /^not a database/)
})

test('a log that cannot be written stops nobody, and says later how many lines were lost', t => {
  const file = join(temporaryDirectory(t), 'log')
  {
    const full = new LogFile('/dev/full')
    full.write('one\n')
  }
  const log = new LogFile(file)
  log.write('one\n')
  log.write('two\n')
  assert.equal(readFileSync(file, 'utf8'), 'one\ntwo\n')
  assert.throws(() => new LogFile(join(file, 'below')), code('STATE_DAMAGED'))
})
