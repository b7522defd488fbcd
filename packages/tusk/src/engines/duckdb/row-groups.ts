import { createHash } from 'node:crypto'
import type { DataChunk, Connection as Handle, TableFunctionInitInfo, Vector } from '@duckdb/node-bindings'
import { columnsOf } from '../../arrow/column-data.ts'
import type { DataType } from '../../arrow/data-type.ts'
import type { Schema } from '../../arrow/schema.ts'
import { duckdbDialect } from '../../dialect/duckdb.ts'
import { mostGroupRows, type TableSource } from '../../engine/table-source.ts'
import { TuskError } from '../../errors.ts'
import type { Bindings } from './bindings.ts'
import { logicalTypeOf, type VectorWriter } from './vector-writer.ts'

/*
 * DuckDB keeps the order of rows that several threads read only where it knows which part of the source each row is of, as it does
 * for the row groups of its own tables; table functions of ours cannot tell it. So a table of DuckDB's stands for the source: one
 * row group of it for each group of rows, with the source's number in its first row. A function makes a group of such a row.
 * Reading, converting and compressing then go on beside one another, and what COPY writes is in order.
 */

/** The statement whose rows, kept in a temporary table, are what `mountedInOrder` reads by. They take 2 bytes for each row of the source. */
export function rowGroupMarks(name: string): string {
  return `SELECT mark FROM tusk_row_groups(${duckdbDialect.quoteLiteral(name)})`
}

/**
 * All columns of a mounted table as a FROM item, in order wherever DuckDB keeps the order of a table's rows, read by several threads.
 * Column 3 of the source is called `c3`. `marks` is the temporary table with the rows of `rowGroupMarks`.
 */
export function mountedInOrder(schema: Schema, marks: string): string {
  const columns = schema.fields.map((_, column) => `unnest(g.c${column}) AS c${column}`)
  const table = `temp.main.${duckdbDialect.quoteIdentifier(marks)}`
  const group = `${functionName(schema)}(mark, (rowid // ${mostGroupRows})::UINTEGER)`
  return `(SELECT ${columns.join(', ')} FROM (SELECT ${group} AS g FROM ${table} WHERE mark <> 0))`
}

/** The functions behind `mountedInOrder` in one instance. */
export class RowGroups {
  readonly #duckdb: Bindings
  readonly #writer: VectorWriter
  readonly #sources = new Map<number, { readonly connectionId: number; readonly source: TableSource }>()
  readonly #known = new Set<string>()
  #last = 0

  constructor(duckdb: Bindings, writer: VectorWriter) {
    this.#duckdb = duckdb
    this.#writer = writer
  }

  /** Takes a source in, with the function that its columns need; gives its number. */
  add(handle: Handle, connectionId: number, source: TableSource): number {
    if (source.schema.fields.length !== 0) this.#register(handle, source.schema)
    do this.#last = (this.#last % largestNumber) + 1
    while (this.#sources.has(this.#last))
    this.#sources.set(this.#last, { connectionId, source })
    return this.#last
  }

  remove(number: number): void {
    this.#sources.delete(number)
  }

  /** Registers `tusk_row_groups(name)`; `find` gives the number of what the asking session mounted under that name. */
  registerMarks(handle: Handle, find: (connectionId: number, name: string) => number): void {
    const duckdb = this.#duckdb
    const marks = duckdb.create_table_function()
    duckdb.table_function_set_name(marks, 'tusk_row_groups')
    duckdb.table_function_add_parameter(marks, duckdb.create_logical_type(duckdb.Type.VARCHAR))
    duckdb.table_function_set_bind(marks, info => {
      try {
        const name = duckdb.get_varchar(duckdb.bind_get_parameter(info, 0))
        const context = duckdb.table_function_get_client_context(info)
        const number = find(duckdb.client_context_get_connection_id(context), name)
        duckdb.bind_add_result_column(info, 'mark', duckdb.create_logical_type(duckdb.Type.USMALLINT))
        duckdb.bind_set_bind_data(info, { number })
      } catch (error) {
        duckdb.bind_set_error(info, messageOf(error))
      }
    })
    duckdb.table_function_set_init(marks, (info: TableFunctionInitInfo) => {
      const { number } = duckdb.init_get_bind_data(info) as { readonly number: number }
      duckdb.init_set_max_threads(info, 1)
      const groups = (this.#sources.get(number)?.source.groupStarts.length ?? 1) - 1
      duckdb.init_set_init_data(info, { number, left: groups * mostGroupRows, row: 0 } satisfies MarksScan)
    })
    duckdb.table_function_set_function(marks, (info, output) =>
      this.#writeMarks(duckdb.function_get_init_data(info) as MarksScan, output),
    )
    duckdb.register_table_function(handle, marks)
  }

  #writeMarks(scan: MarksScan, output: DataChunk): void {
    const duckdb = this.#duckdb
    const count = Math.min(scan.left, duckdb.vector_size())
    duckdb.data_chunk_set_size(output, count)
    if (count === 0) return
    const marks = new Uint16Array(count)
    for (let row = 0; row < count; row++) if ((scan.row + row) % mostGroupRows === 0) marks[row] = scan.number
    duckdb.copy_data_to_vector(duckdb.data_chunk_get_vector(output, 0), 0, marks.buffer, 0, count * 2)
    scan.row += count
    scan.left -= count
  }

  #register(handle: Handle, schema: Schema): void {
    const duckdb = this.#duckdb
    const name = functionName(schema)
    if (this.#known.has(name)) return
    const group = duckdb.create_scalar_function()
    duckdb.scalar_function_set_name(group, name)
    duckdb.scalar_function_add_parameter(group, duckdb.create_logical_type(duckdb.Type.USMALLINT))
    duckdb.scalar_function_add_parameter(group, duckdb.create_logical_type(duckdb.Type.UINTEGER))
    const lists = schema.fields.map(field => duckdb.create_list_type(logicalTypeOf(duckdb, field.type)))
    const names = schema.fields.map((_, column) => `c${column}`)
    duckdb.scalar_function_set_return_type(group, duckdb.create_struct_type(lists, names))
    duckdb.scalar_function_set_bind(group, info => {
      const context = duckdb.scalar_function_get_client_context(info)
      duckdb.scalar_function_set_bind_data(info, { connectionId: duckdb.client_context_get_connection_id(context) })
    })
    duckdb.scalar_function_set_function(group, (info, input, output) => {
      try {
        const { connectionId } = duckdb.scalar_function_get_bind_data(info) as { readonly connectionId: number }
        this.#writeGroup(connectionId, name, input, output)
      } catch (error) {
        duckdb.scalar_function_set_error(info, messageOf(error))
      }
    })
    duckdb.register_scalar_function(handle, group)
    this.#known.add(name)
  }

  #writeGroup(connectionId: number, name: string, input: DataChunk, output: Vector): void {
    const duckdb = this.#duckdb
    const size = duckdb.data_chunk_get_size(input)
    if (size === 0) return
    if (size !== 1) throw new TuskError('INTERNAL', 'Groups of rows are read one at a time.')
    const mark = Buffer.from(duckdb.vector_get_data(duckdb.data_chunk_get_vector(input, 0), 2)).readUInt16LE()
    const group = Buffer.from(duckdb.vector_get_data(duckdb.data_chunk_get_vector(input, 1), 4)).readUInt32LE()
    const known = this.#sources.get(mark)
    if (known?.connectionId !== connectionId || functionName(known.source.schema) !== name) {
      throw new TuskError('NOT_FOUND', 'These rows are not mounted in this session.')
    }
    const { source } = known
    const first = source.groupStarts[group]
    const next = source.groupStarts[group + 1]
    if (first === undefined || next === undefined) throw new TuskError('INTERNAL', `There is no group ${group}.`)
    const every = source.schema.fields.map((_, column) => column)
    for (const [index, column] of columnsOf(source.readRows(first, next - first, every)).entries()) {
      this.#writer.writeAsOneList(duckdb.struct_vector_get_child(output, index), column, 0, next - first)
    }
  }
}

interface MarksScan {
  readonly number: number
  left: number
  row: number
}

/** Numbers fit USMALLINT; 0 is no mark. */
const largestNumber = 0xffff

/** A function's type is fixed when it is made, so there is one for each list of column types. */
function functionName(schema: Schema): string {
  const types = schema.fields.map(field => typeText(field.type)).join()
  return `tusk_group_${createHash('sha256').update(types).digest('hex').slice(0, 24)}`
}

function typeText(type: DataType): string {
  switch (type.kind) {
    case 'int':
      return `${type.signed ? 'int' : 'uint'}${type.bits}`
    case 'float':
      return `float${type.bits}`
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`
    case 'time':
      return `time(${type.unit})`
    case 'timestamp':
      return `timestamp(${type.unit},${type.timezone})`
    case 'list':
      return `list(${typeText(type.item.type)})`
    case 'struct':
      return `struct(${type.fields.map(field => JSON.stringify(field.name) + typeText(field.type)).join()})`
    case 'map':
      return `map(${typeText(type.key.type)},${typeText(type.value.type)})`
    default:
      return type.kind
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
