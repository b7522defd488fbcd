import type {
  DataChunk,
  Connection as Handle,
  LogicalType,
  TableFunctionBindInfo,
  TableFunctionInfo,
  TableFunctionInitInfo,
  Type,
} from '@duckdb/node-bindings'
import { type ColumnData, columnsOf } from '../../arrow/column-data.ts'
import type { Schema } from '../../arrow/schema.ts'
import { duckdbDialect } from '../../dialect/duckdb.ts'
import type { TableSource } from '../../engine/table-source.ts'
import { TuskError } from '../../errors.ts'
import type { Bindings } from './bindings.ts'
import { RowGroups } from './row-groups.ts'
import { logicalTypeOf, uniqueSqlNames, VectorWriter } from './vector-writer.ts'

/** Name of the last column of every mounted table: the row's position in the source, from 0, UINTEGER. */
export const rowNumberColumn = 'tusk:row'

/**
 * Names of a mounted table's columns, in order. DuckDB ignores case: empty names become `column<position>`, repeated ones
 * `<name>_<position>`, positions from 1.
 */
export function mountedColumnNames(schema: Schema): readonly string[] {
  return uniqueSqlNames(
    schema.fields.map(field => field.name),
    [rowNumberColumn],
  )
}

/**
 * Some columns of a mounted table as a FROM item, several times faster than the table's own name, but without an order: rows come
 * batch by batch from several threads. Column 3 of the source is called `c3`; the row's position is `"tusk:row"`.
 */
export function mountedColumns(name: string, columns: readonly number[]): string {
  const items = [...new Set(columns)].map(column => `unnest(c${column}) AS c${column}`)
  return `(SELECT ${[...items, `unnest(row_numbers) AS "${rowNumberColumn}"`].join(', ')} FROM tusk_batches(${duckdbDialect.quoteLiteral(name)}))`
}

/** The mounted table's rows in order: what the view of its name is made of. */
export function selectMounted(name: string, withRowNumber = true): string {
  return `SELECT *${withRowNumber ? '' : ` EXCLUDE ("${rowNumberColumn}")`} FROM tusk_rows(${duckdbDialect.quoteLiteral(name)})`
}

/** Rows of a batch that go into one list; batches of results are not larger. */
const listRows = 65_536

/**
 * What the sessions of one instance have mounted. DuckDB knows table functions of ours, `tusk_rows(name)`, `tusk_batches(name)` and
 * those of row-groups.ts; each finds what the asking session mounted under that name. To be disposed before the database is closed.
 */
export class Mounts implements Disposable {
  readonly #duckdb: Bindings
  readonly #writer: VectorWriter
  readonly #groups: RowGroups
  readonly #mounted = new Map<string, Mounted>()
  #turn: Promise<unknown> = Promise.resolve()
  #handle: Handle | undefined

  constructor(duckdb: Bindings) {
    this.#duckdb = duckdb
    this.#writer = new VectorWriter(duckdb)
    this.#groups = new RowGroups(duckdb, this.#writer)
  }

  /** Work that no other of the instance may do meanwhile: two that replace one view at once are a conflict. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work, work)
    this.#turn = done
    return done
  }

  add(connectionId: number, name: string, source: TableSource): void {
    const key = keyOf(connectionId, name)
    if (this.#mounted.has(key)) throw new TuskError('CONFLICT', `A table “${name}” is mounted already.`)
    if (this.#handle === undefined)
      throw new TuskError('INTERNAL', 'Nothing can be mounted before the functions are registered.')
    this.#mounted.set(key, new Mounted(this.#duckdb, source, this.#groups.add(this.#handle, connectionId, source)))
  }

  remove(connectionId: number, name: string): void {
    const key = keyOf(connectionId, name)
    const mounted = this.#mounted.get(key)
    if (mounted === undefined) return
    this.#groups.remove(mounted.number)
    this.#mounted.delete(key)
  }

  /** Makes the table functions known; once for an instance. Keeps the handle, which registers more of them as tables are mounted. */
  register(handle: Handle): void {
    const duckdb = this.#duckdb
    this.#handle = handle
    this.#groups.registerMarks(handle, (connectionId, name) => this.#get(connectionId, name).number)
    for (const [name, bind, fill] of [
      ['tusk_rows', this.#bindRows, this.#fillRows],
      ['tusk_batches', this.#bindBatches, this.#fillBatches],
    ] as const) {
      const tableFunction = duckdb.create_table_function()
      duckdb.table_function_set_name(tableFunction, name)
      duckdb.table_function_add_parameter(tableFunction, duckdb.create_logical_type(duckdb.Type.VARCHAR))
      duckdb.table_function_supports_projection_pushdown(tableFunction, true)
      duckdb.table_function_set_bind(tableFunction, info => {
        try {
          bind(info, this.#find(info))
        } catch (error) {
          duckdb.bind_set_error(info, messageOf(error))
        }
      })
      duckdb.table_function_set_init(tableFunction, info => {
        try {
          // Order is kept by one thread only; who reads batches says ORDER BY.
          duckdb.init_set_max_threads(info, name === 'tusk_rows' ? 1 : maxThreads)
          duckdb.init_set_init_data(info, new Scan(duckdb, duckdb.init_get_bind_data(info) as Mounted, info))
        } catch (error) {
          duckdb.init_set_error(info, messageOf(error))
        }
      })
      duckdb.table_function_set_function(tableFunction, (info, output) => {
        try {
          fill(duckdb.function_get_init_data(info) as Scan, output)
        } catch (error) {
          this.#fail(info, output, error)
        }
      })
      duckdb.register_table_function(handle, tableFunction)
    }
  }

  [Symbol.dispose](): void {
    if (this.#handle !== undefined) this.#duckdb.disconnect_sync(this.#handle)
    this.#handle = undefined
  }

  #find(info: TableFunctionBindInfo): Mounted {
    const duckdb = this.#duckdb
    const name = duckdb.get_varchar(duckdb.bind_get_parameter(info, 0))
    const connectionId = duckdb.client_context_get_connection_id(duckdb.table_function_get_client_context(info))
    const mounted = this.#get(connectionId, name)
    duckdb.bind_set_bind_data(info, mounted)
    return mounted
  }

  #get(connectionId: number, name: string): Mounted {
    const mounted = this.#mounted.get(keyOf(connectionId, name))
    if (mounted === undefined) throw new TuskError('NOT_FOUND', `Nothing is mounted as “${name}” in this session.`)
    return mounted
  }

  #bindRows = (info: TableFunctionBindInfo, mounted: Mounted): void => {
    const duckdb = this.#duckdb
    for (const [index, name] of mounted.names.entries())
      duckdb.bind_add_result_column(info, name, mounted.types[index]!)
    duckdb.bind_add_result_column(info, rowNumberColumn, duckdb.create_logical_type(rowNumberType(duckdb)))
    duckdb.bind_set_cardinality(info, mounted.source.rowCount, true)
  }

  #bindBatches = (info: TableFunctionBindInfo, mounted: Mounted): void => {
    const duckdb = this.#duckdb
    for (const [index, type] of mounted.types.entries()) {
      duckdb.bind_add_result_column(info, `c${index}`, duckdb.create_list_type(type))
    }
    const numbers = duckdb.create_list_type(duckdb.create_logical_type(rowNumberType(duckdb)))
    duckdb.bind_add_result_column(info, 'row_numbers', numbers)
    duckdb.bind_set_cardinality(info, mounted.source.batchCount, false)
  }

  #fillRows = (scan: Scan, output: DataChunk): void => {
    const part = scan.take(this.#duckdb.vector_size())
    this.#duckdb.data_chunk_set_size(output, part?.count ?? 0)
    if (part === undefined) return
    for (const [index, column] of part.columns.entries()) {
      const vector = this.#duckdb.data_chunk_get_vector(output, index)
      if (column === undefined) this.#writer.writeNumbers(vector, part.first, part.count)
      else this.#writer.write(vector, column, part.from, part.count)
    }
  }

  #fillBatches = (scan: Scan, output: DataChunk): void => {
    const part = scan.take(listRows)
    this.#duckdb.data_chunk_set_size(output, part === undefined ? 0 : 1)
    if (part === undefined) return
    for (const [index, column] of part.columns.entries()) {
      const vector = this.#duckdb.data_chunk_get_vector(output, index)
      if (column === undefined) this.#writer.writeNumbersAsOneList(vector, part.first, part.count)
      else this.#writer.writeAsOneList(vector, column, part.from, part.count)
    }
  }

  /** An exception must not cross into DuckDB's thread: it becomes the query's error. */
  #fail(info: TableFunctionInfo, output: DataChunk, error: unknown): void {
    this.#duckdb.data_chunk_set_size(output, 0)
    this.#duckdb.function_set_error(info, messageOf(error))
  }
}

/** DuckDB asks from at most so many threads; the filling itself happens on ours, one after the other. */
const maxThreads = 16

class Mounted {
  readonly source: TableSource
  readonly names: readonly string[]
  readonly types: readonly LogicalType[]
  /** What it is called in row-groups.ts. */
  readonly number: number

  constructor(duckdb: Bindings, source: TableSource, number: number) {
    this.source = source
    this.number = number
    this.names = mountedColumnNames(source.schema)
    this.types = source.schema.fields.map(field => logicalTypeOf(duckdb, field.type))
  }
}

/** Where one query is in its walk over the batches. */
class Scan {
  readonly #source: TableSource
  /** Per column of the output its place among the columns read; undefined for the row number. */
  readonly #places: readonly (number | undefined)[]
  readonly #wanted: readonly number[]
  #batch = -1
  #size = 0
  #from = 0
  #columns: readonly ColumnData[] = []

  constructor(duckdb: Bindings, mounted: Mounted, info: TableFunctionInitInfo) {
    this.#source = mounted.source
    const rowNumber = mounted.types.length
    const asked = Array.from({ length: duckdb.init_get_column_count(info) }, (_, index) =>
      duckdb.init_get_column_index(info, index),
    )
    this.#wanted = [...new Set(asked.filter(column => column < rowNumber))].sort((one, other) => one - other)
    this.#places = asked.map(column => (column < rowNumber ? this.#wanted.indexOf(column) : undefined))
  }

  /** The next rows, at most `limit`, all of one batch; undefined at the end. */
  take(limit: number) {
    while (this.#from >= this.#size) {
      if (this.#batch + 1 >= this.#source.batchCount) return undefined
      this.#batch++
      this.#from = 0
      this.#size = this.#source.batchStarts[this.#batch + 1]! - this.#source.batchStarts[this.#batch]!
      this.#columns =
        this.#wanted.length === 0 || this.#size === 0
          ? []
          : columnsOf(this.#source.readBatch(this.#batch, this.#wanted))
    }
    const from = this.#from
    const count = Math.min(limit, this.#size - from)
    this.#from += count
    return {
      from,
      count,
      first: this.#source.batchStarts[this.#batch]! + from,
      columns: this.#places.map(place => (place === undefined ? undefined : this.#columns[place]!)),
    }
  }
}

function rowNumberType(duckdb: Bindings): Type {
  return duckdb.Type.UINTEGER
}

function keyOf(connectionId: number, name: string): string {
  return `${connectionId} ${name}`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
