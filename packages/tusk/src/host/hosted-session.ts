import { readColumns } from '../arrow/index.ts'
import type { Connection } from '../engine/connection.ts'
import type { Cancellable } from '../engine/engine.ts'
import type { Introspector, RelationName } from '../engine/introspector.ts'
import type { TableDetails } from '../engine/table-details.ts'
import { TuskError } from '../errors.ts'
import { SpoolTableSource } from '../results/spool-table-source.ts'
import { ViewTableSource } from '../results/view-table-source.ts'
import type { CallEvent, LoadCall, WireOutcome } from './protocol.ts'
import { type StoreRequest, storeStatement } from './store-statement.ts'
import { writeRowNumbers } from './write-row-numbers.ts'

/** One database session inside a host process. Disposing cancels what runs and closes it. */
export class HostedSession implements AsyncDisposable {
  readonly #connection: Connection
  readonly #blocks: boolean
  readonly #mounts = new Map<string, AsyncDisposableStack>()

  /** `blocks`: a running statement holds the thread. */
  constructor(connection: Connection, blocks: boolean) {
    this.#connection = connection
    this.#blocks = blocks
  }

  get introspector(): Introspector {
    return this.#connection.introspector
  }

  /** UNSUPPORTED where the kind of database tells no more than columns. */
  async table(relation: RelationName, options: Cancellable): Promise<TableDetails> {
    const { introspector } = this
    if (introspector.table === undefined)
      throw new TuskError('UNSUPPORTED', 'This kind of database tells no more of a table than its columns.')
    return await introspector.table(relation, options)
  }

  get transaction(): Connection['transaction'] {
    return this.#connection.transaction
  }

  run(
    request: Omit<StoreRequest, 'blocks'>,
    signal: AbortSignal,
    onEvent: (event: CallEvent) => void,
  ): Promise<WireOutcome> {
    return storeStatement(this.#connection, { ...request, blocks: this.#blocks }, signal, onEvent)
  }

  async mount(name: string, directory: string, schema?: string): Promise<void> {
    const { mount } = this.#connection
    if (mount === undefined) {
      throw new TuskError('UNSUPPORTED', 'This kind of database cannot read stored results.')
    }
    const key = schema === undefined ? name : `${schema}.${name}`
    if (this.#mounts.has(key)) throw new TuskError('CONFLICT', `There is a result named “${key}” already.`)
    await using stack = new AsyncDisposableStack()
    const source = stack.use(new SpoolTableSource(directory))
    stack.use(await mount.call(this.#connection, name, source, schema))
    this.#mounts.set(key, stack.move())
  }

  async unmount(name: string): Promise<void> {
    const mounted = this.#mounts.get(name)
    this.#mounts.delete(name)
    await mounted?.disposeAsync()
  }

  /** UNSUPPORTED where the kind of database takes no rows from outside. */
  async load(
    { directory, rowNumbersFile, ...request }: LoadCall,
    signal: AbortSignal,
    onProgress: (rows: number) => void,
  ): Promise<{ readonly rows: number }> {
    if (this.#connection.load === undefined)
      throw new TuskError('UNSUPPORTED', 'Rows cannot be loaded into this kind of database.')
    using source =
      rowNumbersFile === undefined ? new SpoolTableSource(directory) : new ViewTableSource(directory, rowNumbersFile)
    return { rows: await this.#connection.load({ ...request, source }, { signal, onProgress }) }
  }

  async rowNumbers(sql: string, file: string, signal: AbortSignal): Promise<{ readonly count: number }> {
    await using stream = await this.#connection.query(sql, { signal })
    const count = await writeRowNumbers(stream, file)
    signal.throwIfAborted()
    return { count }
  }

  async rows(sql: string, limit: number, signal: AbortSignal): Promise<readonly (readonly (string | null)[])[]> {
    await using stream = await this.#connection.query(sql, { signal })
    const rows: (string | null)[][] = []
    for await (const batch of stream) {
      const columns = readColumns(batch)
      for (let row = 0; row < batch.rowCount && rows.length < limit; row++) {
        rows.push(columns.map(column => column.text(row)))
      }
      if (rows.length >= limit) break
    }
    signal.throwIfAborted()
    return rows
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const mounts = [...this.#mounts.values()]
    this.#mounts.clear()
    await Promise.allSettled(mounts.map(mounted => mounted.disposeAsync()))
    await this.#connection[Symbol.asyncDispose]()
  }
}
