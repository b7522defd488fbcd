import type { Grouping } from '../../src/results/grouping.ts'
import type { WireConnection, WireDiff, WireDiffRequest, WireRun, WireView, WireViewRequest } from '../../src/wire.ts'
import type { StudioProcess } from '../../test/support/studio-process.ts'

/** A run that is over: how it ended and where its rows are. */
export interface FinishedRun {
  readonly run: WireRun
  readonly resultId: string
  readonly rowCount: number
}

/** A real studio, used over HTTP as the browser uses it. */
export class Studio {
  readonly address: string
  readonly pid: number
  readonly home: string
  /** Of the web process before it was asked anything, in MB. */
  readonly idleMemory: number

  constructor(process: StudioProcess, home: string, idleMemory: number) {
    this.address = process.address
    this.pid = process.pid
    this.home = home
    this.idleMemory = idleMemory
  }

  async connect(engine: string, name: string, config: Readonly<Record<string, string | number | boolean>>) {
    const connection = (await this.json('POST', '/api/connections', { name, engine, config })) as WireConnection
    return connection.id
  }

  /** Runs one statement to its end, in one tab for each connection: its last row is stored when this resolves. */
  async run(connectionId: string, sql: string): Promise<FinishedRun> {
    const started = (await this.json('POST', '/api/runs', { connectionId, sql, tabId: connectionId })) as WireRun
    await this.#ended(started.id)
    const run = (await this.json('GET', `/api/runs/${started.id}`)) as WireRun
    const statement = run.statements[0]
    if (run.state !== 'complete' || statement?.resultId === undefined)
      throw new Error(`the run ended as ${run.state}: ${JSON.stringify(statement?.error)}`)
    return { run, resultId: statement.resultId, rowCount: statement.rowCount }
  }

  /** The stream of events of a run ends when the run does. */
  async #ended(id: string): Promise<void> {
    await drain(await this.fetch('GET', `/api/runs/${id}/events`))
  }

  async window(resultId: string, offset: number, limit = 200, view?: string): Promise<number> {
    const viewed = view === undefined ? '' : `&view=${view}`
    return drain(await this.fetch('GET', `/api/results/${resultId}/rows?offset=${offset}&limit=${limit}${viewed}`))
  }

  /** Resolves when the first page can be read. */
  async view(resultId: string, request: WireViewRequest): Promise<WireView> {
    return (await this.json('POST', `/api/results/${resultId}/views`, request)) as WireView
  }

  async viewComplete(resultId: string, view: string): Promise<WireView> {
    return (await this.json('GET', `/api/results/${resultId}/views/${view}?wait=true`)) as WireView
  }

  async summary(resultId: string, column: number): Promise<void> {
    await this.json('GET', `/api/results/${resultId}/columns/${column}/summary`)
  }

  /** The id of the groups, which are whole when this resolves. */
  async group(resultId: string, grouping: Grouping): Promise<string> {
    return ((await this.json('POST', `/api/results/${resultId}/groups`, grouping)) as { readonly id: string }).id
  }

  /** The id of what is different, whole when this resolves. */
  async diff(resultId: string, request: WireDiffRequest): Promise<WireDiff> {
    return (await this.json('POST', `/api/results/${resultId}/diff`, request)) as WireDiff
  }

  async remove(resultId: string): Promise<void> {
    await drain(await this.fetch('DELETE', `/api/results/${resultId}`))
  }

  async json(method: string, path: string, body?: unknown): Promise<unknown> {
    return (await this.fetch(method, path, body)).json()
  }

  async fetch(method: string, path: string, body?: unknown): Promise<Response> {
    const answer = await fetch(`${this.address}${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return answer
  }
}

/** Reads an answer to its end and gives its length. */
export async function drain(answer: Response): Promise<number> {
  let bytes = 0
  for await (const chunk of answer.body ?? []) bytes += (chunk as Uint8Array).byteLength
  return bytes
}
