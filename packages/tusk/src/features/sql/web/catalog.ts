import type { ApiError } from '../../../ui/web/api.ts'
import { SchemaIndex } from '../../../ui/web/editor/completion/schema-index.ts'
import type { WireColumn, WireCompletion, WireRelation, WireRelations } from '../../../wire.ts'
import { failureOf } from './failure-of.ts'
import { Observable } from './observable.ts'
import type { StudioApi } from './studio-api.ts'

export type Loading<Value> =
  | { readonly state: 'idle' }
  | { readonly state: 'loading'; readonly value?: Value }
  | { readonly state: 'ready'; readonly value: Value }
  | { readonly state: 'failed'; readonly failure: ApiError }

/** What is known of one connection's schema. */
export interface ConnectionSchema {
  readonly relations: Loading<WireRelations>
  readonly columns: ReadonlyMap<string, Loading<readonly WireColumn[]>>
  readonly index: SchemaIndex
}

const nothing: ConnectionSchema = { relations: { state: 'idle' }, columns: new Map(), index: SchemaIndex.empty }

/** Identifies a relation within its connection. */
export function relationKey(relation: {
  readonly catalog?: string
  readonly schema: string
  readonly name: string
}): string {
  return JSON.stringify([relation.catalog ?? null, relation.schema, relation.name])
}

/** Schemas of connections, read when they are first looked at and kept until refreshed. */
export class Catalog {
  readonly #api: Pick<StudioApi, 'relations' | 'columns' | 'completion'>
  readonly #schemas = new Map<string, Observable<ConnectionSchema>>()
  /** Ends what is still asked for a connection when that is changed or removed. */
  readonly #asking = new Map<string, AbortController>()

  constructor(api: Pick<StudioApi, 'relations' | 'columns' | 'completion'>) {
    this.#api = api
  }

  of(connectionId: string): Observable<ConnectionSchema> {
    let schema = this.#schemas.get(connectionId)
    if (schema === undefined) {
      schema = new Observable(nothing)
      this.#schemas.set(connectionId, schema)
    }
    return schema
  }

  /** Reads tables, then what completion needs. Nothing happens when that is known or on its way, unless `refresh`. */
  async load(connectionId: string, refresh = false): Promise<void> {
    const schema = this.of(connectionId)
    const { relations } = schema.value
    if (relations.state === 'loading' || (relations.state === 'ready' && !refresh)) return
    const before = relations.state === 'ready' ? { value: relations.value } : {}
    schema.value = { ...schema.value, relations: { state: 'loading', ...before } }
    const { signal } = this.#controller(connectionId)
    try {
      const value = await this.#api.relations(connectionId, refresh, signal)
      const known = schema.value.index
      const index = refresh ? known : new SchemaIndex(value.relations, value.searchPath)
      schema.value = { relations: { state: 'ready', value }, columns: new Map(), index }
      await this.#complete(schema, connectionId, value, signal)
    } catch (error) {
      if (signal.aborted) return
      schema.value = { ...schema.value, relations: { state: 'failed', failure: failureOf(error) } }
    }
  }

  async loadColumns(connectionId: string, relation: WireRelation): Promise<void> {
    const schema = this.of(connectionId)
    const key = relationKey(relation)
    const known = schema.value.columns.get(key)?.state
    if (known === 'loading' || known === 'ready') return
    this.#putColumns(schema, key, { state: 'loading' })
    const { signal } = this.#controller(connectionId)
    try {
      const value = await this.#api.columns(connectionId, relation, signal)
      this.#putColumns(schema, key, { state: 'ready', value })
    } catch (error) {
      if (signal.aborted) return
      this.#putColumns(schema, key, { state: 'failed', failure: failureOf(error) })
    }
  }

  /** What is known of a relation's columns, asked for when that is nothing yet. Empty when they could not be read. */
  async columnsOf(connectionId: string, relation: WireRelation): Promise<readonly WireColumn[]> {
    await this.loadColumns(connectionId, relation)
    const known = this.of(connectionId).value.columns.get(relationKey(relation))
    return known?.state === 'ready' ? known.value : []
  }

  /** The connection was changed or removed. */
  forget(connectionId: string): void {
    this.#asking.get(connectionId)?.abort()
    this.#asking.delete(connectionId)
    const schema = this.#schemas.get(connectionId)
    if (schema !== undefined) schema.value = nothing
  }

  async #complete(
    schema: Observable<ConnectionSchema>,
    connectionId: string,
    relations: WireRelations,
    signal: AbortSignal,
  ): Promise<void> {
    // The tree works without it; completion then knows tables only.
    const none: WireCompletion = { columns: {}, truncated: true }
    const { columns } = await this.#api.completion(connectionId, signal).catch(() => none)
    if (signal.aborted) return
    const index = new SchemaIndex(relations.relations, relations.searchPath, columns)
    schema.value = { ...schema.value, index }
  }

  #controller(connectionId: string): AbortController {
    let controller = this.#asking.get(connectionId)
    if (controller === undefined) {
      controller = new AbortController()
      this.#asking.set(connectionId, controller)
    }
    return controller
  }

  #putColumns(schema: Observable<ConnectionSchema>, key: string, columns: Loading<readonly WireColumn[]>): void {
    schema.value = { ...schema.value, columns: new Map(schema.value.columns).set(key, columns) }
  }
}
