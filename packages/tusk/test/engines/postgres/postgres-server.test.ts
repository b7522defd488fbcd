import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { TuskError } from '../../../src/errors.ts'
import { startPostgresServer } from '../../../src/samples/postgres-server.ts'
import { postgresBinaries, skipWithoutPostgres } from '../../support/postgres.ts'

for (const version of [15, 18] as const) {
  describe(`a PostgreSQL ${version} of our own`, { skip: skipWithoutPostgres(version) }, () => {
    test('keeps its data and its port from start to start', async () => {
      await using home = await temporaryHome()
      const first = await start(version, home.directory)
      assert.equal(await answers(first.port), true)
      await first.stop()
      assert.equal(await answers(first.port), false)
      const second = await start(version, home.directory)
      assert.equal(second.port, first.port)
      await second.stop()
    })

    test('starts over the lock of a server that is gone', async () => {
      await using home = await temporaryHome()
      const first = await start(version, home.directory)
      await first.stop()
      // A number that belongs to a living process which is no postmaster of this directory: this one.
      await writeFile(join(home.directory, 'data', 'postmaster.pid'), `${process.pid}\n${home.directory}/data\n`)
      const second = await start(version, home.directory)
      assert.equal(await answers(second.port), true)
      await second.stop()
    })

    test('ends when the process that started it is killed', async () => {
      await using home = await temporaryHome()
      const child = spawn(
        process.execPath,
        [join(import.meta.dirname, 'start-and-wait.ts'), String(version), home.directory],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      )
      const [line] = await once(child.stdout, 'data')
      const port = Number(String(line))
      assert.equal(await answers(port), true)
      child.kill('SIGKILL')
      for (let waited = 0; waited < 200 && (await answers(port)); waited++) await sleep(50)
      assert.equal(await answers(port), false)
      const lock = join(home.directory, 'data', 'postmaster.pid')
      for (let waited = 0; waited < 200 && (await readFile(lock).catch(() => undefined)); waited++) await sleep(50)
    })
  })
}

describe('a PostgreSQL that cannot start', { skip: skipWithoutPostgres(15) }, () => {
  test('refuses a directory that holds something else', async () => {
    await using home = await temporaryHome()
    await mkdir(join(home.directory, 'data'))
    await writeFile(join(home.directory, 'data', 'letter.txt'), 'dear')
    await assert.rejects(start(15, home.directory), (error: TuskError) => error.code === 'CONFLICT')
    assert.equal(await readFile(join(home.directory, 'data', 'letter.txt'), 'utf8'), 'dear')
  })

  test('says which folder the server may not enter', {
    skip: process.getuid?.() !== 0 && 'only root hands over',
  }, async () => {
    await using home = await temporaryHome()
    await chmod(home.directory, 0o700)
    await assert.rejects(start(15, home.directory), (error: unknown) => {
      assert.ok(error instanceof TuskError)
      assert.match(error.message, new RegExp(home.directory))
      return true
    })
  })

  test('says what the server said', async () => {
    await using home = await temporaryHome()
    const started = start(15, home.directory, { shared_buffers: 'many' })
    await assert.rejects(started, (error: TuskError) => /invalid value for parameter/.test(error.detail ?? ''))
  })
})

async function temporaryHome() {
  const directory = await mkdtemp(join(tmpdir(), 'tusk-server-'))
  await chmod(directory, 0o755)
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true, maxRetries: 5 }) }
}

function start(version: 15 | 18, home: string, settings: Record<string, string> = {}) {
  const binaries = postgresBinaries(version)
  assert.ok('directory' in binaries)
  return startPostgresServer({ binDirectory: binaries.directory, dataDirectory: join(home, 'data'), settings })
}

function answers(port: number): Promise<boolean> {
  return new Promise(done => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      done(true)
    })
    socket.once('error', () => done(false))
  })
}
