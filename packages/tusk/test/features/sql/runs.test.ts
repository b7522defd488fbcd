import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Runs } from '../../../src/features/sql/web/runs.ts'
import type { StudioApi } from '../../../src/features/sql/web/studio-api.ts'
import type { Tabs } from '../../../src/features/sql/web/tabs.ts'
import type { ServerEvent } from '../../../src/ui/web/events.ts'
import type { WireRun, WireStatement } from '../../../src/wire.ts'

const part = { sql: 'select 1', offset: 0 }

function statement(state: WireStatement['state']): WireStatement {
  return { index: 0, from: 0, to: 8, sql: 'select 1', state, rowCount: 1, byteCount: 8, milliseconds: 1, notices: [] }
}

function run(id: string, state: WireRun['state'], statementState: WireStatement['state']): WireRun {
  const startedAt = '2026-01-01T00:00:00Z'
  const statements = [statement(statementState)]
  const head = { id, connectionId: 'c', connectionName: 'C', engine: 'sqlite', tabId: 'tab' }
  return { ...head, state, startedAt, milliseconds: 1, statements, transaction: 'none' }
}

/** A server whose answers and events are given by the test. */
class RunServer {
  readonly started: PromiseWithResolvers<WireRun>[] = []
  readonly cancelled: string[] = []
  listed: readonly WireRun[] = []
  readonly #said = new Map<string, ServerEvent[]>()
  #news = Promise.withResolvers<void>()

  readonly api = {
    startRun: () => {
      const answer = Promise.withResolvers<WireRun>()
      this.started.push(answer)
      return answer.promise
    },
    runs: async () => this.listed,
    cancelRun: async (id: string) => void this.cancelled.push(id),
    runEventsAddress: (id: string) => id,
  } as unknown as StudioApi

  say(data: WireRun): void {
    this.#said.set(data.id, [...(this.#said.get(data.id) ?? []), { event: 'run', data }])
    this.#news.resolve()
    this.#news = Promise.withResolvers()
  }

  runs(): Runs {
    const say = this.#said
    const news = () => this.#news.promise
    async function* openEvents(id: string): AsyncGenerator<ServerEvent> {
      for (let at = 0; ; at++) {
        while ((say.get(id)?.length ?? 0) <= at) await news()
        yield say.get(id)![at]!
      }
    }
    const tabs = { idOf: async () => 'tab', setRun: () => {} } as unknown as Tabs
    return new Runs({ api: this.api, tabs, openEvents, onFailure: failure => assert.fail(failure) })
  }
}

/** Until everything that can go on without the server has gone on. */
const settled = () => new Promise(resolve => setImmediate(resolve))

test('a run whose statements are over is waited for, and the next one starts at its end', async () => {
  const server = new RunServer()
  const runs = server.runs()
  const first = runs.start('key', 'c', part)
  await settled()
  server.started[0]!.resolve(run('one', 'running', 'complete'))
  assert.equal(await first, true)
  const second = runs.start('key', 'c', part)
  await settled()
  assert.equal(server.started.length, 1)
  server.say(run('one', 'complete', 'complete'))
  await settled()
  assert.equal(server.started.length, 2)
  server.started[1]!.resolve(run('two', 'complete', 'complete'))
  assert.equal(await second, true)
  assert.equal(runs.of('key').value.run?.id, 'two')
})

test('while a statement runs nothing else is started, and the caller is told', async () => {
  const server = new RunServer()
  const runs = server.runs()
  const first = runs.start('key', 'c', part)
  await settled()
  assert.equal(await runs.start('key', 'c', part), false)
  server.started[0]!.resolve(run('one', 'running', 'storing'))
  await first
  assert.equal(await runs.start('key', 'c', part), false)
  assert.equal(await runs.aside('key', 'c', 'COMMIT'), undefined)
  assert.equal(server.started.length, 1)
  runs.destroy()
})

test('a run that is cancelled before the server has answered is cancelled as soon as it is known', async () => {
  const server = new RunServer()
  const runs = server.runs()
  const first = runs.start('key', 'c', part)
  await settled()
  await runs.cancel('key')
  assert.equal(runs.of('key').value.cancelling, true)
  assert.deepEqual(server.cancelled, [])
  server.started[0]!.resolve(run('one', 'running', 'running'))
  await first
  assert.deepEqual(server.cancelled, ['one'])
  server.say(run('one', 'cancelled', 'cancelled'))
  await settled()
  assert.equal(runs.of('key').value.cancelling, false)
})

test('a run that has not been answered yet is found in the list and cancelled there', async () => {
  const server = new RunServer()
  const runs = server.runs()
  const first = runs.start('key', 'c', part)
  await settled()
  await runs.cancel('key')
  server.listed = [run('one', 'running', 'waiting')]
  while (server.cancelled.length === 0) await settled()
  assert.deepEqual(server.cancelled, ['one'])
  server.started[0]!.resolve(run('one', 'cancelled', 'cancelled'))
  await first
})
