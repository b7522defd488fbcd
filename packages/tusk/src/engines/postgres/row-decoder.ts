import { countZeros } from '../../arrow/bitmap.ts'
import {
  type BooleanBuilder,
  createBuilder,
  type FixedWidthBuilder,
  ListBuilder,
  VariableWidthBuilder,
} from '../../arrow/builders.ts'
import type { RecordBatch } from '../../arrow/record-batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import { appendValue, type ColumnPlan, type Decoding, dateOf, writeTimestamp } from './decoding.ts'
import { valueOutOfRange } from './value-out-of-range.ts'
import { writeDecimal } from './values/numeric.ts'

type Builder = BooleanBuilder | FixedWidthBuilder | ListBuilder | VariableWidthBuilder

/** Rows of the batch under way, shared with the generated code. */
interface RowState {
  row: number
  capacity: number
  /** The column whose value did not fit, or -1. */
  failed: number
  readonly builders: Builder[]
  decodings: readonly Decoding[]
}

type DecodeRows = (bytes: Buffer, view: DataView, position: number, end: number, state: RowState) => number

const firstCapacity = 256
const largestCapacity = 16384
/** What fixed parts of one batch may take: rows are fewer where columns are many. */
const batchMemory = 16 * 1024 * 1024
/** More columns than this in one generated function, and the compiler gives up on it. */
const columnsPerFunction = 64

/** Reads DataRow messages into the columns of a batch. */
export class RowDecoder {
  #plans: readonly ColumnPlan[]
  #schema: Schema
  #decode: DecodeRows
  readonly #state: RowState
  readonly #mostRows: number

  constructor(plans: readonly ColumnPlan[]) {
    this.#plans = plans
    this.#schema = { fields: plans.map(plan => plan.field) }
    this.#decode = compile(plans)
    this.#mostRows = Math.max(64, Math.min(largestCapacity, Math.floor(batchMemory / (plans.length * 16 + 1))))
    const capacity = Math.min(firstCapacity, this.#mostRows)
    this.#state = { row: 0, capacity, failed: -1, builders: [], decodings: plans.map(plan => plan.decoding) }
    this.#renewBuilders()
  }

  get schema(): Schema {
    return this.#schema
  }

  get rowCount(): number {
    return this.#state.row
  }

  get isFull(): boolean {
    return this.#state.row === this.#state.capacity
  }

  /** Bytes of text and binary so far, which is what makes a batch large. */
  get byteLength(): number {
    let sum = 0
    for (const builder of this.#state.builders) {
      sum +=
        builder instanceof VariableWidthBuilder ? builder.used : builder instanceof ListBuilder ? builder.byteLength : 0
    }
    return sum
  }

  /**
   * Reads whole DataRow messages from `position` on until one is not whole, another kind of message comes, the batch is full
   * or must be handed on first because a column widened (`mustFinish`). Gives the position of the first byte not read.
   */
  read(bytes: Buffer, view: DataView, position: number, end: number): number {
    const state = this.#state
    for (;;) {
      const next = this.#decode(bytes, view, position, end, state)
      if (state.failed < 0 || state.row > 0) return next
      this.#widen()
      position = next
    }
  }

  /** The next row needs a wider column: `finish` the rows so far first. */
  get mustFinish(): boolean {
    return this.#state.failed >= 0
  }

  /** The rows so far; the decoder goes on with larger batches. */
  finish(): RecordBatch {
    const state = this.#state
    const rowCount = state.row
    const columns = state.builders.map(builder => {
      closeRows(builder, rowCount)
      return builder.finish()
    })
    const batch = {
      schema: this.#schema,
      rowCount,
      nodes: columns.flatMap(column => column.nodes),
      buffers: columns.flatMap(column => column.buffers),
    }
    state.row = 0
    if (state.failed >= 0) this.#widen()
    else if (state.capacity < this.#mostRows) {
      state.capacity = Math.min(this.#mostRows, state.capacity * 8)
      this.#renewBuilders()
    }
    return batch
  }

  #widen(): void {
    const failed = this.#state.failed
    const wider = this.#plans[failed]!.widened
    if (wider === undefined) throw valueOutOfRange(this.#plans[failed]!.field)
    this.#plans = this.#plans.map((plan, index) => (index === failed ? wider : plan))
    this.#schema = { fields: this.#plans.map(plan => plan.field) }
    this.#decode = compile(this.#plans)
    this.#state.decodings = this.#plans.map(plan => plan.decoding)
    this.#state.failed = -1
    // The row that failed had been begun in the columns before it.
    this.#renewBuilders()
  }

  #renewBuilders(): void {
    const state = this.#state
    state.builders.length = 0
    for (const plan of this.#plans) state.builders.push(createBuilder(plan.field, state.capacity) as Builder)
  }
}

/** The generated code writes arrays only; counts follow here. A row that failed half-way is cut off. */
function closeRows(builder: Builder, rowCount: number): void {
  builder.length = rowCount
  builder.nullCount = countZeros(builder.validity, rowCount)
  if (builder instanceof VariableWidthBuilder) builder.used = builder.offsets[rowCount]!
}

/**
 * One function for these columns, made when the query's columns are known: with types and order fixed, the engine compiles
 * it to a straight run over the bytes. All that flows into the source are numbers.
 */
function compile(plans: readonly ColumnPlan[]): DecodeRows {
  if (plans.length <= columnsPerFunction) return compileRows(plans)
  const parts: DecodeRows[] = []
  for (let first = 0; first < plans.length; first += columnsPerFunction) {
    parts.push(compilePart(plans.slice(first, first + columnsPerFunction), first))
  }
  return (bytes, view, position, end, state) => {
    while (state.row < state.capacity && end - position >= 7 && bytes[position] === dataRow) {
      if (end - position <= view.getInt32(position + 1)) break
      let at = position + 7
      for (const part of parts) {
        at = part(bytes, view, at, end, state)
        if (state.failed >= 0) return position
      }
      position = at
      state.row++
    }
    return position
  }
}

/** The letter D. */
const dataRow = 68

function compileRows(plans: readonly ColumnPlan[]): DecodeRows {
  const code = plans.map((plan, index) => columnCode(plan, index, index))
  return generate(`
    let row = state.row, length = 0, p = position
    const capacity = state.capacity
    ${code.map(part => part.before).join('\n')}
    rows: while (row < capacity && end - position >= 7 && bytes[position] === ${dataRow}) {
      if (end - position <= view.getInt32(position + 1)) break
      p = position + 7
      ${code.map(part => part.each).join('\n')}
      position = p
      row++
    }
    ${code.map(part => part.after).join('\n')}
    state.row = row
    return position`)
}

/** Reads some columns of the row under way; gives the position after them. */
function compilePart(plans: readonly ColumnPlan[], first: number): DecodeRows {
  const code = plans.map((plan, index) => columnCode(plan, index, first + index))
  return generate(`
    const row = state.row
    let length = 0, p = position
    ${code.map(part => part.before).join('\n')}
    rows: do {
      ${code.map(part => part.each).join('\n')}
    } while (false)
    ${code.map(part => part.after).join('\n')}
    return p`)
}

function generate(body: string): DecodeRows {
  const make = new Function(
    'appendOne',
    'dateOf',
    'writeDecimal',
    'writeTimestamp',
    `return function decode(bytes, view, position, end, state) {${body}\n}`,
  )
  return make(appendOne, dateOf, writeDecimal, writeTimestamp) as DecodeRows
}

function appendOne(
  decoding: Decoding,
  builder: Builder,
  bytes: Buffer,
  view: DataView,
  position: number,
  length: number,
): boolean {
  if (length >= 0) return appendValue(decoding, builder, bytes, view, position, length)
  builder.appendNull()
  return true
}

interface ColumnCode {
  readonly before: string
  readonly each: string
  readonly after: string
}

/** `name` makes the variables unique; `column` is the position in the row. */
function columnCode(plan: ColumnPlan, name: number, column: number): ColumnCode {
  const decoding = plan.decoding
  const builder = `b${name}`
  const fail = `{ state.failed = ${column}; break rows }`
  const setNull = `${builder}n[row >> 3] &= ~(1 << (row & 7))`
  const code = (before: string, value: string, atNull = '', after = ''): ColumnCode => ({
    before: `const ${builder} = state.builders[${column}], ${builder}n = ${builder}.validity\n${before}`,
    each: `length = view.getInt32(p); p += 4
      if (length < 0) { ${setNull}; ${atNull} } else { ${value}; p += length }`,
    after,
  })
  const fixed = (array: string, value: string) =>
    code(`const v${name} = ${builder}.${array}`, value.replaceAll('$v', `v${name}`))
  switch (decoding.kind) {
    case 'bool':
      return fixed('bits', 'if (bytes[p] !== 0) $v[row >> 3] |= 1 << (row & 7)')
    case 'int16':
      return fixed('i16', '$v[row] = view.getInt16(p)')
    case 'int32':
      return fixed('i32', '$v[row] = view.getInt32(p)')
    case 'int64':
      return fixed('i32', '$v[row << 1] = view.getInt32(p + 4); $v[(row << 1) + 1] = view.getInt32(p)')
    case 'float32':
      return fixed('f32', '$v[row] = view.getFloat32(p)')
    case 'float64':
      return fixed('f64', '$v[row] = view.getFloat64(p)')
    case 'date':
      return fixed('i32', '$v[row] = dateOf(view.getInt32(p))')
    case 'timestamp':
      return fixed('i32', `if (!writeTimestamp(view.getInt32(p), view.getUint32(p + 4), $v, row << 1)) ${fail}`)
    case 'decimal':
      return fixed('i32', `if (!writeDecimal(view, p, $v, row << 2, ${decoding.scale})) ${fail}`)
    case 'bytes': {
      // Short texts are copied in place: a call for each costs more than the copy.
      const copy = `const from = p + ${decoding.skip}, to = p + length, size = to - from
        if (u${name} + size > v${name}.length) { ${builder}.used = u${name}; v${name} = ${builder}.reserve(size) }
        if (size < 40) { for (let at = from, into = u${name}; at < to; at++, into++) v${name}[into] = bytes[at] }
        else bytes.copy(v${name}, u${name}, from, to)
        u${name} += size`
      const part = code(
        `let v${name} = ${builder}.bytes, u${name} = ${builder}.used; const o${name} = ${builder}.offsets`,
        copy,
        '',
        `${builder}.used = u${name}`,
      )
      return { ...part, each: `${part.each}\no${name}[row + 1] = u${name}` }
    }
    case 'text':
    case 'list':
      return {
        before: `const ${builder} = state.builders[${column}], d${name} = state.decodings[${column}]`,
        each: `length = view.getInt32(p); p += 4
          if (!appendOne(d${name}, ${builder}, bytes, view, p, length)) ${fail}
          if (length > 0) p += length`,
        after: '',
      }
  }
}
