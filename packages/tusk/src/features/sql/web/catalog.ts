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
    try {
      const value = await this.#api.relations(connectionId, refresh)
      const known = schema.value.index
      const index = refresh ? known : new SchemaIndex(value.relations, value.searchPath)
      schema.value = { relations: { state: 'ready', value }, columns: new Map(), index }
      await this.#complete(schema, connectionId, value, refresh)
    } catch (error) {
      schema.value = { ...schema.value, relations: { state: 'failed', failure: failureOf(error) } }
    }
  }

  async loadColumns(connectionId: string, relation: WireRelation): Promise<void> {
    const schema = this.of(connectionId)
    const key = relationKey(relation)
    const known = schema.value.columns.get(key)?.state
    if (known === 'loading' || known === 'ready') return
    this.#putColumns(schema, key, { state: 'loading' })
    try {
      const value = await this.#api.columns(connectionId, relation, false)
      this.#putColumns(schema, key, { state: 'ready', value })
    } catch (error) {
      this.#putColumns(schema, key, { state: 'failed', failure: failureOf(error) })
    }
  }

  /** The connection was changed or removed. */
  forget(connectionId: string): void {
    const schema = this.#schemas.get(connectionId)
    if (schema !== undefined) schema.value = nothing
  }

  async #complete(
    schema: Observable<ConnectionSchema>,
    connectionId: string,
    relations: WireRelations,
    refresh: boolean,
  ): Promise<void> {
    // The tree works without it; completion then knows tables only.
    const none: WireCompletion = { columns: {}, truncated: true }
    const { columns } = await this.#api.completion(connectionId, refresh).catch(() => none)
    const index = new SchemaIndex(relations.relations, relations.searchPath, columns)
    schema.value = { ...schema.value, index }
  }

  #putColumns(schema: Observable<ConnectionSchema>, key: string, columns: Loading<readonly WireColumn[]>): void {
    schema.value = { ...schema.value, columns: new Map(schema.value.columns).set(key, columns) }
  }
}
