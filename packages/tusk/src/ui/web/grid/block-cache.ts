import type { GridWindow } from './grid-source.ts'

export const rowsPerBlock = 200
export const columnsPerBlock = 32

/** A block of the table: rows `row`·200 on, schema columns `group`·32 on. */
export interface BlockAddress {
  readonly rowBlock: number
  readonly columnGroup: number
}

export interface BlockCacheOptions {
  readonly load: (address: BlockAddress, signal: AbortSignal) => Promise<GridWindow>
  /** A block came or failed. */
  readonly onChange: () => void
  /** Blocks being loaded at once. Default 4. */
  readonly maxLoads?: number
  /** Blocks kept. Default 200. */
  readonly maxBlocks?: number
  /** Memory of the blocks kept, roughly. Default 96 MiB. */
  readonly maxBytes?: number
}

export type CellLookup =
  | { readonly state: 'ready'; readonly window: GridWindow; readonly row: number; readonly position: number }
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly error: unknown }

interface Load {
  readonly address: BlockAddress
  readonly expectedRows: number
  readonly controller: AbortController
}

interface Failure {
  readonly error: unknown
  /** Set when fewer rows came than this: worth a new try when more are said to be there. */
  readonly expectedRows?: number
}

interface WantedBlock extends BlockAddress {
  readonly expectedRows: number
}

const loading: CellLookup = { state: 'loading' }

/**
 * The blocks of rows that a grid has seen lately. `want` says what is on screen now: it loads what is missing, what is on screen
 * first, and takes the place of loads that nobody wants any more. The least lately used blocks are dropped.
 */
export class BlockCache {
  readonly #options: Required<BlockCacheOptions>
  readonly #blocks = new Map<number, GridWindow>()
  readonly #failed = new Map<number, Failure>()
  readonly #loads = new Map<number, Load>()
  #wanted = new Map<number, WantedBlock>()
  #bytes = 0

  constructor(options: BlockCacheOptions) {
    this.#options = { maxLoads: 4, maxBlocks: 200, maxBytes: 96 * 1024 * 1024, ...options }
  }

  get loadCount(): number {
    return this.#loads.size
  }

  get blockCount(): number {
    return this.#blocks.size
  }

  lookup(row: number, column: number): CellLookup {
    const key = keyOf(Math.floor(row / rowsPerBlock), Math.floor(column / columnsPerBlock))
    const window = this.#blocks.get(key)
    const inBlock = row % rowsPerBlock
    if (window !== undefined && inBlock < window.rowCount) {
      return { state: 'ready', window, row: inBlock, position: column % columnsPerBlock }
    }
    const failure = this.#failed.get(key)
    return failure === undefined ? loading : { state: 'failed', error: failure.error }
  }

  /**
   * Rows `first` to `last` of these columns are on screen, `ahead` follows them; `rowCount` rows exist. A block that was read
   * before its last rows had come is read again when they are wanted; until then it serves the rows it has.
   */
  want(view: {
    readonly first: number
    readonly last: number
    readonly columns: Iterable<number>
    readonly rowCount: number
    readonly ahead?: 'down' | 'up' | undefined
  }): void {
    this.#wanted = new Map()
    if (view.rowCount > 0 && view.last >= view.first) {
      const groups = new Set<number>()
      for (const column of view.columns) groups.add(Math.floor(column / columnsPerBlock))
      const lastBlock = Math.floor(Math.min(view.last, view.rowCount - 1) / rowsPerBlock)
      const firstBlock = Math.floor(view.first / rowsPerBlock)
      const end = Math.floor((view.rowCount - 1) / rowsPerBlock)
      for (let rowBlock = firstBlock; rowBlock <= lastBlock; rowBlock++) this.#wantGroups(rowBlock, groups, view)
      if (view.ahead === 'down' && lastBlock < end) this.#wantGroups(lastBlock + 1, groups, view)
      if (view.ahead === 'up' && firstBlock > 0) this.#wantGroups(firstBlock - 1, groups, view)
    }
    this.#startLoads()
  }

  /** Loads the failed blocks again that are still wanted. */
  retry(): void {
    this.#failed.clear()
    this.#startLoads()
    this.#options.onChange()
  }

  /** Forgets everything and aborts what is being loaded: the rows are others now. */
  reset(): void {
    for (const load of this.#loads.values()) load.controller.abort()
    this.#loads.clear()
    this.#blocks.clear()
    this.#failed.clear()
    this.#wanted.clear()
    this.#bytes = 0
  }

  #wantGroups(rowBlock: number, groups: Iterable<number>, view: { readonly rowCount: number }): void {
    const expectedRows = Math.min(rowsPerBlock, view.rowCount - rowBlock * rowsPerBlock)
    for (const columnGroup of groups) {
      const key = keyOf(rowBlock, columnGroup)
      const window = this.#blocks.get(key)
      if (window !== undefined) {
        this.#blocks.delete(key)
        this.#blocks.set(key, window)
        if (window.rowCount >= expectedRows) continue
      }
      const failure = this.#failed.get(key)
      if (failure?.expectedRows !== undefined && failure.expectedRows < expectedRows) this.#failed.delete(key)
      this.#wanted.set(key, { rowBlock, columnGroup, expectedRows })
    }
  }

  #startLoads(): void {
    for (const [key, address] of this.#wanted) {
      if (this.#loads.has(key) || this.#failed.has(key)) continue
      if (this.#loads.size >= this.#options.maxLoads && !this.#abortUnwanted()) return
      void this.#load(key, address)
    }
  }

  #abortUnwanted(): boolean {
    for (const [key, load] of this.#loads) {
      if (this.#wanted.has(key)) continue
      load.controller.abort()
      this.#loads.delete(key)
      return true
    }
    return false
  }

  async #load(key: number, address: WantedBlock): Promise<void> {
    const load: Load = { address, expectedRows: address.expectedRows, controller: new AbortController() }
    this.#loads.set(key, load)
    try {
      const window = await this.#options.load(address, load.controller.signal)
      if (this.#loads.get(key) !== load) return
      this.#keep(key, window)
      if (window.rowCount < load.expectedRows) {
        const error = new Error(`${window.rowCount} of ${load.expectedRows} rows came.`)
        this.#failed.set(key, { error, expectedRows: load.expectedRows })
      }
    } catch (error) {
      if (this.#loads.get(key) !== load) return
      this.#failed.set(key, { error })
    }
    this.#loads.delete(key)
    this.#wanted.delete(key)
    this.#startLoads()
    this.#options.onChange()
  }

  #keep(key: number, window: GridWindow): void {
    this.#bytes += window.byteLength - (this.#blocks.get(key)?.byteLength ?? 0)
    this.#blocks.delete(key)
    this.#blocks.set(key, window)
    for (const [oldest, old] of this.#blocks) {
      if (this.#blocks.size <= this.#options.maxBlocks && this.#bytes <= this.#options.maxBytes) break
      if (oldest === key) break
      this.#blocks.delete(oldest)
      this.#bytes -= old.byteLength
    }
  }
}

function keyOf(rowBlock: number, columnGroup: number): number {
  return rowBlock * 4096 + columnGroup
}
