import { flushCompileCache } from 'node:module'
import { setFlagsFromString } from 'node:v8'
import type { Engine } from '../engine/engine.ts'
import { TuskError } from '../errors.ts'
import type { Exporter } from '../export/exporter.ts'
import { AskedRoom } from './asked-room.ts'
import { HostedSessions } from './hosted-sessions.ts'
import { watchParent } from './parent-watch.ts'
import type { CallEvent, FromHost, HostCall, HostCalls, ToHost } from './protocol.ts'
import { runExport } from './run-export.ts'

/** What a host can do; more comes from modules of plugins, when a call names one. */
export interface HostParts {
  readonly engines: readonly Engine[]
  readonly exporters: readonly Exporter[]
  load?(module: string): Promise<{ readonly engines?: readonly Engine[]; readonly exporters?: readonly Exporter[] }>
}

/** What a host process does, from its start to its end. Call it once, from the entry file of hosts. */
export function runHost(parts: HostParts): void {
  watchParent()
  // Rows are buffers outside V8's heap, gigabytes of them that live for milliseconds. By its own rule V8 marks its whole heap after each
  // 64 MB, a quarter of all processor time here; with this one they count like the heap, and mostly die young. Where a later V8
  // no longer knows the flag it goes on without.
  setFlagsFromString('--external-memory-accounted-in-global-limit')
  process.title = 'tusk-host (spare)'
  const engines = [...parts.engines]
  const exporters = [...parts.exporters]
  const loaded = new Set<string>()
  const sessions = new HostedSessions(engines)
  const running = new Map<number, AbortController>()
  const rooms = new Map<number, AskedRoom>()

  process.on('message', message => {
    const request = message as ToHost
    switch (request.kind) {
      case 'call':
        void answer(request)
        return
      case 'granted':
        rooms.get(request.call)?.answered(request.bytes)
        return
      case 'cancel':
        running.get(request.call)?.abort(TuskError.fromJSON(request.reason))
        return
      case 'exit':
        void end()
        return
      default:
        request satisfies never
    }
  })
  process.once('disconnect', () => void end())
  // Ctrl+C in a terminal goes to every process of the group: the parent decides when its hosts end.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => undefined)
  send({ kind: 'ready' })
  // Hosts end by a signal, so what was compiled is kept now; the next host starts in half the time.
  setImmediate(flushCompileCache)

  async function answer(request: HostCall): Promise<void> {
    const { call } = request
    const abort = new AbortController()
    running.set(call, abort)
    try {
      const value = await perform(request, abort.signal, event => send({ kind: 'event', call, event }))
      send({ kind: 'answer', call, value })
    } catch (error) {
      const { signal } = abort
      const known = signal.aborted && signal.reason instanceof TuskError ? signal.reason : TuskError.from(error)
      if (request.method === 'run') tellTransaction(call, request.takes.session)
      send({ kind: 'failure', call, error: known.toJSON() })
    } finally {
      running.delete(call)
      rooms.delete(call)
    }
  }

  function tellTransaction(call: number, session: number): void {
    const transaction = sessions.transaction(session)
    if (transaction !== undefined) send({ kind: 'event', call, event: { kind: 'transaction', transaction } })
  }

  async function run(
    call: number,
    { session, grantedBytes, ...request }: HostCalls['run']['takes'],
    signal: AbortSignal,
    onEvent: (event: CallEvent) => void,
  ): Promise<HostCalls['run']['gives']> {
    const hosted = sessions.get(session)
    if (grantedBytes === undefined) return await hosted.run(request, signal, onEvent)
    const room = new AskedRoom(grantedBytes, bytes => send({ kind: 'wants', call, bytes }), signal)
    rooms.set(call, room)
    return await hosted.run({ ...request, room }, signal, onEvent)
  }

  async function perform(
    { call, method, takes }: HostCall,
    signal: AbortSignal,
    onEvent: (event: CallEvent) => void,
  ): Promise<unknown> {
    switch (method) {
      case 'open':
        await learn(takes.module)
        return await sessions.open(takes, signal)
      case 'close':
        await sessions.close(takes.session)
        return
      case 'run':
        return await run(call, takes, signal, onEvent)
      case 'relations':
        return await sessions.get(takes.session).introspector.relations({ signal })
      case 'columns':
        return await sessions.get(takes.session).introspector.columns(takes.relation, { signal })
      case 'allColumns':
        return await sessions.get(takes.session).introspector.allColumns(takes.limit, { signal })
      case 'table':
        return await sessions.get(takes.session).table(takes.relation, { signal })
      case 'searchPath':
        return await sessions.get(takes.session).introspector.searchPath({ signal })
      case 'mount':
        await sessions.get(takes.session).mount(takes.name, takes.directory, takes.schema)
        return
      case 'unmount':
        await sessions.get(takes.session).unmount(takes.name)
        return
      case 'rowNumbers':
        return await sessions.get(takes.session).rowNumbers(takes.sql, takes.file, signal)
      case 'rows':
        try {
          return await sessions.get(takes.session).rows(takes.sql, takes.limit, signal)
        } finally {
          tellTransaction(call, takes.session)
        }
      case 'load': {
        const { session, ...request } = takes
        try {
          return await sessions.get(session).load(request, signal, rows => onEvent({ kind: 'loaded', rows }))
        } finally {
          tellTransaction(call, session)
        }
      }
      case 'export':
        process.title = `tusk-host export ${takes.format}`
        await learn(takes.module)
        await runExport(exporters, takes, signal, rows => onEvent({ kind: 'exported', rows }))
        return
      default:
        method satisfies never
    }
  }

  async function learn(module: string | undefined): Promise<void> {
    if (module === undefined || loaded.has(module)) return
    const more = (await parts.load?.(module)) ?? {}
    loaded.add(module)
    engines.push(...(more.engines ?? []))
    exporters.push(...(more.exporters ?? []))
  }

  async function end(): Promise<void> {
    for (const abort of running.values()) abort.abort(new TuskError('QUERY_CANCELLED'))
    try {
      await sessions[Symbol.asyncDispose]()
    } catch (error) {
      process.stderr.write(`closing a session failed: ${TuskError.from(error).message}\n`)
    }
    // process.exit() may hang after heavy work (nodejs/node#54918), and nothing is left to be done.
    process.kill(process.pid, 'SIGKILL')
  }
}

function send(message: FromHost): void {
  if (process.connected) process.send?.(message)
}
