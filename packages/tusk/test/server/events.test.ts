import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type ClientRequest, get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { suite, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Actor, localActor } from '../../src/auth/actor.ts'
import { TuskError } from '../../src/errors.ts'
import { stalledMs } from '../../src/server/watch-sockets.ts'
import { routesOnly, startTestServer } from '../support/test-server.ts'

type Source = (signal: AbortSignal) => AsyncIterable<{ readonly event: string; readonly data: unknown }>

const events = (source: Source) =>
  routesOnly('sample', async app => {
    app.get('/api/events', { config: { permission: 'queries.execute', crossSite: 'deny' } }, (_request, reply) =>
      reply.events(source),
    )
  })

suite('server-sent events', () => {
  test('come in order with ids that count up, as UTF-8 text, and end with their source', async () => {
    await using server = await startTestServer([
      events(async function* () {
        yield { event: 'run', data: { text: 'line\nbreak — ü' } }
        yield { event: 'end', data: null }
      }),
    ])
    const answer = await server.fetch('/api/events')
    assert.equal(answer.headers.get('content-type'), 'text/event-stream; charset=utf-8')
    assert.equal(answer.headers.get('cache-control'), 'no-store')
    assert.equal(
      await answer.text(),
      'retry: 1000\n\nid: 1\nevent: run\ndata: {"text":"line\\nbreak — ü"}\n\nid: 2\nevent: end\ndata: null\n\n',
    )
  })

  test('a client that leaves ends the source', async () => {
    const left = Promise.withResolvers<unknown>()
    await using server = await startTestServer([events(signal => untilAborted(signal, left.resolve))])
    const { request, response } = await open(server.address)
    await once(response, 'data')
    request.destroy()
    assert.equal((await left.promise) instanceof TuskError, true)
  })

  test('a server that stops ends all streams at once', async () => {
    const left = Promise.withResolvers<unknown>()
    const server = await startTestServer([events(signal => untilAborted(signal, left.resolve))])
    const { response } = await open(server.address)
    response.resume()
    const ended = once(response, 'end')
    await server[Symbol.asyncDispose]()
    await Promise.all([left.promise, ended])
  })

  test('a quiet stream has heartbeats, and ends when the right to it is taken away', async () => {
    let allowed = true
    const actor: Actor = { ...localActor, can: () => allowed }
    await using server = await startTestServer([events(signal => untilAborted(signal, () => undefined))], {
      heartbeatMs: 20,
      authenticate: () => actor,
    })
    const { response } = await open(server.address)
    response.setEncoding('utf8')
    let text = ''
    for await (const chunk of response) {
      text += chunk
      if (text.split(': still here').length > 3) allowed = false
    }
    assert.match(text, /: still here\n\n: still here/)
  })

  test('a source that fails is told as an event, without what is ours alone', async () => {
    await using server = await startTestServer([
      routesOnly('sample', async app => {
        const config = { permission: 'public' } as const
        app.get('/api/known', { config }, (_request, reply) => reply.events(failing(new TuskError('HOST_DIED'))))
        app.get('/api/unknown', { config }, (_request, reply) => reply.events(failing(new Error('hunter2'))))
      }),
    ])
    assert.match(await (await server.fetch('/api/known')).text(), /event: error\ndata: \{"code":"HOST_DIED"/)
    const unknown = await (await server.fetch('/api/unknown')).text()
    assert.match(unknown, /"code":"INTERNAL"/)
    assert.doesNotMatch(unknown, /hunter2/)
  })

  test('a slow client slows its source instead of filling our memory', async () => {
    let made = 0
    const left = Promise.withResolvers<unknown>()
    await using server = await startTestServer([
      events(async function* (signal) {
        try {
          for (; !signal.aborted; made++) yield { event: 'row', data: 'x'.repeat(10_000) }
        } finally {
          left.resolve(undefined)
        }
      }),
    ])
    const { request, response } = await open(server.address)
    response.pause()
    let before = -1
    while (made !== before) {
      before = made
      await wait(100)
    }
    assert.ok(made < 2_000, `${made} events were made for a client that read none`)
    request.destroy()
    await left.promise
  })
})

suite('the lifetime of a request', () => {
  test('is not ended by a body that was read, and is by a client that leaves', async () => {
    const seen = Promise.withResolvers<AbortSignal>()
    const reached = Promise.withResolvers<void>()
    await using server = await startTestServer([
      routesOnly('sample', async app => {
        const schema = { body: { type: 'object', additionalProperties: false } } as const
        app.post('/api/long', { config: { permission: 'public' }, schema }, async (_request, reply) => {
          const signal = reply.lifetime()
          seen.resolve(signal)
          await wait(60)
          assert.equal(signal.aborted, false)
          reached.resolve()
          await new Promise(resolve => signal.addEventListener('abort', resolve))
          return {}
        })
      }),
    ])
    const leaving = new AbortController()
    const answer = server
      .fetch('/api/long', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
        signal: leaving.signal,
      })
      .catch((error: unknown) => error)
    const signal = await seen.promise
    await reached.promise
    leaving.abort()
    await answer
    if (!signal.aborted) await once(signal, 'abort')
    assert.equal((signal.reason as TuskError).code, 'QUERY_CANCELLED')
  })

  test('is ended by its deadline, and not at all by an answer that went well', async () => {
    const signals: AbortSignal[] = []
    await using server = await startTestServer([
      routesOnly('sample', async app => {
        app.get('/api/quick', { config: { permission: 'public' } }, (_request, reply) => {
          signals.push(reply.lifetime(30))
          return { done: true }
        })
        app.get('/api/slow', { config: { permission: 'public' } }, async (_request, reply) => {
          const signal = reply.lifetime(30)
          await once(signal, 'abort')
          throw signal.reason
        })
      }),
    ])
    assert.equal((await server.fetch('/api/slow')).status, 504)
    await (await server.fetch('/api/quick')).json()
    await wait(60)
    assert.equal(signals[0]?.aborted, false)
  })
})

async function* untilAborted(
  signal: AbortSignal,
  onEnd: (reason: unknown) => void,
): AsyncGenerator<{ event: string; data: number }> {
  try {
    yield { event: 'start', data: 1 }
    if (!signal.aborted) await once(signal, 'abort')
  } finally {
    onEnd(signal.reason)
  }
}

function failing(error: Error): Source {
  return async function* () {
    yield { event: 'start', data: 1 }
    throw error
  }
}

async function open(address: string): Promise<{ request: ClientRequest; response: IncomingMessage }> {
  const request = get(`${address}/api/events`)
  request.on('error', () => undefined) // destroyed by the test
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.on('error', () => undefined)
  return { request, response }
}

suite('a connection', () => {
  test('whose client takes nothing is cut, but not while its answer is being made, nor a quiet stream with heartbeats', async () => {
    const work = Promise.withResolvers<void>()
    const endless = Readable.from(repeated('x'.repeat(100_000)))
    await using server = await startTestServer(
      [
        routesOnly('sample', async app => {
          const config = { permission: 'queries.execute', crossSite: 'deny' } as const
          app.get('/api/slow', { config }, () => work.promise.then(() => ({ done: true })))
          app.get('/api/endless', { config }, (_request, reply) => reply.send(endless))
          app.get('/api/events', { config }, (_request, reply) =>
            reply.events(signal => untilAborted(signal, () => undefined)),
          )
        }),
      ],
      { heartbeatMs: 20 },
    )
    assert.equal(server.server.app.server.timeout, stalledMs)
    server.server.app.server.timeout = 200
    const slow = server.fetch('/api/slow')
    const living = await open(server.address)
    living.response.resume()
    const cut = once(endless, 'close')
    const idle = connect(server.port, '127.0.0.1', () =>
      idle.write(`GET /api/endless HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`),
    )
    await cut
    idle.destroy()
    work.resolve()
    assert.deepEqual(await (await slow).json(), { done: true })
    assert.equal(living.response.destroyed, false)
    living.request.destroy()
  })

  test('that a browser opened ahead of a request does not hold up the stop', async () => {
    const server = await startTestServer([])
    const ahead = connect(server.port, '127.0.0.1')
    await once(ahead, 'connect')
    await server.fetch('/api/health')
    await Promise.all([once(ahead.resume(), 'close'), server[Symbol.asyncDispose]()])
  })
})

function* repeated(text: string): Generator<string> {
  for (;;) yield text
}
