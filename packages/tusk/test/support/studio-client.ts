import { randomUUID } from 'node:crypto'
import { TuskError } from '../../src/errors.ts'
import type {
  WireConnection,
  WireFailure,
  WireResult,
  WireRun,
  WireRunRequest,
  WireStatement,
  WireTab,
} from '../../src/wire.ts'

/** A program that uses a studio through its API. Answers with an error become the TuskError that they tell of. */
export class StudioClient {
  readonly address: string
  #tabs = 0

  constructor(address: string) {
    this.address = address
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const answer = await fetch(this.address + path, { signal: AbortSignal.timeout(60_000), ...init })
    if (answer.ok) return answer
    throw TuskError.fromJSON(((await answer.json()) as WireFailure).error)
  }

  async get<Answer>(path: string): Promise<Answer> {
    return (await (await this.fetch(path)).json()) as Answer
  }

  /** Gives what was answered; undefined for an empty answer. */
  async post<Answer>(path: string, body: unknown): Promise<Answer> {
    const answer = await this.fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    return (answer.status === 204 ? undefined : await answer.json()) as Answer
  }

  async bytes(path: string): Promise<Buffer> {
    return Buffer.from(await (await this.fetch(path)).arrayBuffer())
  }

  /** Saves a connection and gives its id. */
  async connect(engine: string, config: Readonly<Record<string, string | number | boolean>>): Promise<string> {
    return (await this.post<WireConnection>('/api/connections', { name: engine, engine, config })).id
  }

  async tab(title: string, connectionId: string | null = null): Promise<string> {
    return (await this.post<WireTab>('/api/tabs', { title, connectionId, sql: '', position: this.#tabs++ })).id
  }

  /** The run as soon as its first columns are known, or it has ended. */
  async start(request: WireRunRequest): Promise<WireRun> {
    let run = await this.post<WireRun>('/api/runs', request)
    while (run.state === 'running' && run.statements[0]?.schema === undefined)
      run = await this.get<WireRun>(`/api/runs/${run.id}`)
    return run
  }

  /** The run when it is over, as its events tell. */
  async ended(runId: string): Promise<WireRun> {
    return this.watch(runId, event => (event.event === 'end' ? (event.data as WireRun) : undefined))
  }

  /** Follows the events of a run until `found` gives something. */
  async watch<Found>(
    runId: string,
    found: (event: { readonly event: string; readonly data: unknown }) => Found | undefined,
  ): Promise<Found> {
    const stop = new AbortController()
    const answer = await this.fetch(`/api/runs/${runId}/events`, {
      signal: AbortSignal.any([stop.signal, AbortSignal.timeout(120_000)]),
    })
    let text = ''
    for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += piece
      for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
        const lines = text.slice(0, end).split('\n')
        text = text.slice(end + 2)
        const event = lines.find(line => line.startsWith('event: '))?.slice('event: '.length)
        const data = lines.filter(line => line.startsWith('data: ')).map(line => line.slice('data: '.length))
        if (event === undefined) continue
        const value = found({ event, data: JSON.parse(data.join('\n')) })
        if (value === undefined) continue
        stop.abort()
        return value
      }
    }
    throw new Error(`the events of run ${runId} ended early`)
  }

  /** Resolves when the first statement of a run has stored rows, with that statement. */
  rowsOf(runId: string): Promise<WireStatement> {
    return this.watch(runId, ({ event, data }) => {
      const statement = event === 'statement' ? (data as WireStatement) : (data as WireRun).statements[0]
      return statement !== undefined && statement.rowCount > 0 ? statement : undefined
    })
  }

  /** Runs a script to its end. */
  async run(connectionId: string, sql: string, more: { readonly tabId?: string } = {}): Promise<WireRun> {
    return this.ended((await this.start({ connectionId, sql, ...more })).id)
  }

  /** Runs one statement that must succeed and gives the id of its result. */
  async resultOf(connectionId: string, sql: string, more: { readonly tabId?: string } = {}): Promise<string> {
    const { statements } = await this.run(connectionId, sql, more)
    const last = statements.at(-1)
    const failed = statements.find(statement => statement.error !== undefined)
    if (failed?.error !== undefined) throw TuskError.fromJSON(failed.error)
    if (last?.resultId === undefined) throw new Error('the statement has no result')
    return last.resultId
  }

  result(id: string): Promise<WireResult> {
    return this.get<WireResult>(`/api/results/${id}`)
  }

  rows(resultId: string, offset = 0, limit = 1_000): Promise<Buffer> {
    return this.bytes(`/api/results/${resultId}/rows?offset=${offset}&limit=${limit}`)
  }

  export(resultId: string, format: string, options: Readonly<Record<string, string>> = {}): Promise<Buffer> {
    return this.bytes(this.exportPath(resultId, format, options))
  }

  exportPath(
    resultId: string,
    format: string,
    options: Readonly<Record<string, string>> = {},
    exportId = randomUUID(),
  ): string {
    const query = new URLSearchParams({ format, exportId })
    for (const [key, value] of Object.entries(options)) query.set(`option.${key}`, value)
    return `/api/results/${resultId}/export?${query}`
  }
}
