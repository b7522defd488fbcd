import { copyBits, countZeros } from '../arrow/bitmap.ts'
import type { FieldNode } from '../arrow/record-batch.ts'
import { TuskError } from '../errors.ts'
import type { ColumnPlace } from './column-place.ts'
import type { PositionedFile } from './positioned-file.ts'
import type { StoredBatch } from './spool-reader.ts'

/** Neighbouring rows of one stored batch. */
export interface RowRun {
  readonly batch: StoredBatch
  readonly start: number
  readonly count: number
}

export interface GatherOptions {
  /** TOO_LARGE when the rows hold more than this. Default 1 GiB. */
  readonly maxBytes?: number
  /** Text and binary longer than this are cut (at a character), lists to whole items. Default: nothing is cut. */
  readonly maxCellBytes?: number
}

export interface GatheredColumns {
  readonly rowCount: number
  readonly nodes: readonly FieldNode[]
  readonly buffers: readonly Uint8Array[]
  /** Per column asked for: full byte length by row of the cells that were cut. */
  readonly cuts: readonly ReadonlyMap<number, number>[]
}

/**
 * Copies the rows of `runs`, in that order, out of the file into the buffers of one batch, reading only what is wanted: offsets are
 * rebased, validity and bool bits shifted, lists followed to their items.
 */
export function gatherRuns(
  file: PositionedFile,
  columns: readonly ColumnPlace[],
  runs: readonly RowRun[],
  options: GatherOptions = {},
): GatheredColumns {
  const gathering = new Gathering(file, options)
  const cuts = columns.map(place => gathering.column(place, runs))
  return { rowCount: countRows(runs), nodes: gathering.nodes, buffers: gathering.buffers, cuts }
}

class Gathering {
  readonly nodes: FieldNode[] = []
  readonly buffers: Uint8Array[] = []
  readonly #file: PositionedFile
  readonly #maxCellBytes: number
  #bytesLeft: number
  #scratch = new Uint8Array(4096)

  constructor(file: PositionedFile, options: GatherOptions) {
    this.#file = file
    this.#maxCellBytes = options.maxCellBytes ?? Number.POSITIVE_INFINITY
    this.#bytesLeft = options.maxBytes ?? 2 ** 30
  }

  column(place: ColumnPlace, runs: readonly RowRun[]): ReadonlyMap<number, number> {
    const cuts = new Map<number, number>()
    this.#column(place, runs, this.#maxCellBytes === Number.POSITIVE_INFINITY ? undefined : cuts)
    if (place.type.kind === 'struct') {
      for (const row of cuts.keys()) cuts.set(row, this.#measureRow(place, runs, row))
    }
    return cuts
  }

  /** `cuts`: cut long cells and note them there; undefined: all of every cell. */
  #column(place: ColumnPlace, runs: readonly RowRun[], cuts: Map<number, number> | undefined): void {
    const total = countRows(runs)
    this.#validity(place, runs, total)
    switch (place.type.kind) {
      case 'bool':
        this.buffers.push(this.#bits(runs, place.buffer + 1, total))
        return
      case 'utf8':
      case 'binary':
        this.#bytesColumn(place, runs, total, cuts)
        return
      case 'list':
      case 'map':
        this.#listColumn(place, runs, total, cuts)
        return
      case 'struct':
        for (const child of place.children) this.#column(child, runs, cuts)
        return
      default:
        this.#fixedColumn(place, runs, total)
    }
  }

  #validity(place: ColumnPlace, runs: readonly RowRun[], total: number): void {
    let nullCount = 0
    let bits = none
    if (runs.some(run => run.batch.nullCounts[place.node] !== 0)) {
      bits = this.#bits(runs, place.buffer, total, place.node)
      nullCount = countZeros(bits, total)
    }
    this.nodes.push({ length: total, nullCount })
    this.buffers.push(nullCount === 0 ? none : bits)
  }

  /** The bits of the rows, side by side. With `node`, batches in which it has no nulls count as all ones. */
  #bits(runs: readonly RowRun[], buffer: number, total: number, node?: number): Uint8Array {
    const bits = this.#allocate((total + 7) >> 3)
    let at = 0
    for (const { batch, start, count } of runs) {
      if (node !== undefined && batch.nullCounts[node] === 0) setBits(bits, at, count)
      else {
        const first = start >> 3
        const bytes = this.#read(batch.positions[buffer]! + first, ((start + count + 7) >> 3) - first)
        copyBits(bytes, start & 7, bits, at, count)
      }
      at += count
    }
    return bits
  }

  #fixedColumn(place: ColumnPlace, runs: readonly RowRun[], total: number): void {
    const { width } = place
    const values = this.#allocate(total * width)
    let at = 0
    for (const { batch, start, count } of runs) {
      const byteLength = count * width
      this.#file.readInto(values.subarray(at, at + byteLength), batch.positions[place.buffer + 1]! + start * width)
      at += byteLength
    }
    this.buffers.push(values)
  }

  #bytesColumn(
    place: ColumnPlace,
    runs: readonly RowRun[],
    total: number,
    cuts: Map<number, number> | undefined,
  ): void {
    const offsets = this.#allocateOffsets(total)
    const pieces: { position: number; byteLength: number }[] = []
    let row = 0
    let end = 0
    for (const run of runs) {
      const stored = this.#offsets(place, run)
      const data = run.batch.positions[place.buffer + 2]!
      if (cuts === undefined || !hasLongCell(stored, run.count, this.#maxCellBytes)) {
        const shift = end - stored[0]!
        for (let index = 1; index <= run.count; index++) offsets[++row] = stored[index]! + shift
        const byteLength = stored[run.count]! - stored[0]!
        pieces.push({ position: data + stored[0]!, byteLength })
        end += byteLength
      } else {
        const kept = stored.slice()
        for (let index = 0; index < run.count; index++) {
          const position = data + kept[index]!
          let byteLength = kept[index + 1]! - kept[index]!
          if (byteLength > this.#maxCellBytes) {
            cuts.set(row, byteLength)
            byteLength = this.#cutLength(position, place.type.kind === 'utf8')
          }
          pieces.push({ position, byteLength })
          end += byteLength
          offsets[++row] = end
        }
      }
      if (end > this.#bytesLeft) throw tooLarge()
    }
    const bytes = this.#allocate(end)
    let at = 0
    for (const { position, byteLength } of pieces) {
      if (byteLength !== 0) this.#file.readInto(bytes.subarray(at, at + byteLength), position)
      at += byteLength
    }
    this.buffers.push(asBytes(offsets), bytes)
  }

  #listColumn(place: ColumnPlace, runs: readonly RowRun[], total: number, cuts: Map<number, number> | undefined): void {
    const offsets = this.#allocateOffsets(total)
    const items = place.children[0]!
    const itemRuns: RowRun[] = []
    let row = 0
    let end = 0
    for (const run of runs) {
      const { batch, count } = run
      const stored = this.#offsets(place, run).slice()
      const first = stored[0]!
      const all = stored[count]! - first
      if (cuts === undefined || this.#measure(items, batch, first, all) <= this.#maxCellBytes) {
        for (let index = 1; index <= count; index++) offsets[++row] = stored[index]! - first + end
        if (all !== 0) itemRuns.push({ batch, start: first, count: all })
        end += all
        continue
      }
      for (let index = 0; index < count; index++) {
        const start = stored[index]!
        let length = stored[index + 1]! - start
        const byteLength = this.#measure(items, batch, start, length)
        if (byteLength > this.#maxCellBytes) {
          cuts.set(row, byteLength)
          length = this.#wholeItems(items, batch, start, length)
        }
        if (length !== 0) itemRuns.push({ batch, start, count: length })
        end += length
        offsets[++row] = end
      }
    }
    this.buffers.push(asBytes(offsets))
    this.#column(items, itemRuns, undefined)
  }

  /** The offsets of a run's rows, valid until the next read. */
  #offsets(place: ColumnPlace, { batch, start, count }: RowRun): Int32Array {
    if (batch.byteLengths[place.buffer + 1] === 0) return noOffsets
    const bytes = this.#read(batch.positions[place.buffer + 1]! + start * 4, (count + 1) * 4)
    return new Int32Array(bytes.buffer, bytes.byteOffset, count + 1)
  }

  /** Bytes that these items take as they are stored, offsets and validity not counted. */
  #measure(place: ColumnPlace, batch: StoredBatch, start: number, count: number): number {
    if (count === 0) return 0
    switch (place.type.kind) {
      case 'bool':
        return count
      case 'struct':
        return place.children.reduce((sum, child) => sum + this.#measure(child, batch, start, count), 0)
      case 'utf8':
      case 'binary':
      case 'list':
      case 'map': {
        const from = this.#offsets(place, { batch, start, count: 0 })[0]!
        const to = this.#offsets(place, { batch, start: start + count, count: 0 })[0]!
        const items = place.children[0]
        return items === undefined ? to - from : this.#measure(items, batch, from, to - from)
      }
      default:
        return count * place.width
    }
  }

  #measureRow(place: ColumnPlace, runs: readonly RowRun[], row: number): number {
    let left = row
    for (const { batch, start, count } of runs) {
      if (left < count) return this.#measure(place, batch, start + left, 1)
      left -= count
    }
    return 0
  }

  /** How many of the first items stay within the limit. */
  #wholeItems(place: ColumnPlace, batch: StoredBatch, start: number, count: number): number {
    let fits = 0
    let tooMany = count
    while (tooMany - fits > 1) {
      const middle = (fits + tooMany) >> 1
      if (this.#measure(place, batch, start, middle) <= this.#maxCellBytes) fits = middle
      else tooMany = middle
    }
    return fits
  }

  /** Length of a long cell once cut, so that no UTF-8 character is torn. */
  #cutLength(position: number, text: boolean): number {
    let length = this.#maxCellBytes
    if (!text) return length
    const back = Math.min(3, length)
    const bytes = this.#read(position + length - back, back + 1)
    // The first byte left out must begin a character: go back while it continues one.
    for (let at = back; at > 0 && (bytes[at]! & 0xc0) === 0x80; at--) length--
    return length
  }

  /** Bytes of the file in a buffer that the next read uses again. */
  #read(position: number, byteLength: number): Uint8Array {
    if (byteLength > this.#scratch.byteLength) this.#scratch = new Uint8Array(2 ** Math.ceil(Math.log2(byteLength)))
    const bytes = this.#scratch.subarray(0, byteLength)
    this.#file.readInto(bytes, position)
    return bytes
  }

  #allocate(byteLength: number): Uint8Array {
    this.#bytesLeft -= byteLength
    if (this.#bytesLeft < 0) throw tooLarge()
    return new Uint8Array(byteLength)
  }

  #allocateOffsets(total: number): Int32Array {
    return new Int32Array(this.#allocate((total + 1) * 4).buffer)
  }
}

const none: Uint8Array = new Uint8Array(0)
/** Arrow allows an empty offsets buffer where there are no rows. */
const noOffsets = new Int32Array(1)

function countRows(runs: readonly RowRun[]): number {
  return runs.reduce((sum, run) => sum + run.count, 0)
}

function hasLongCell(offsets: Int32Array, count: number, limit: number): boolean {
  if (offsets[count]! - offsets[0]! <= limit) return false
  for (let index = 0; index < count; index++) if (offsets[index + 1]! - offsets[index]! > limit) return true
  return false
}

function setBits(bits: Uint8Array, start: number, count: number): void {
  for (let index = start; index < start + count; index++) bits[index >> 3]! |= 1 << (index & 7)
}

function asBytes(offsets: Int32Array): Uint8Array {
  return new Uint8Array(offsets.buffer, offsets.byteOffset, offsets.byteLength)
}

function tooLarge(): TuskError {
  return new TuskError('TOO_LARGE', 'These rows hold more than can be shown at once.', {
    hint: 'Ask for fewer rows, or for long values cut.',
  })
}
