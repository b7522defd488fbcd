import type { WireError } from '../errors.ts'
import type { CellRequest, WindowRequest } from './result-store.ts'

/** What the store asks its reading thread for. */
export type ReadingOrder =
  | (OfResult & { readonly kind: 'window'; readonly request: WindowRequest })
  | (OfResult & { readonly kind: 'cell'; readonly request: CellRequest })
  /** A piece of a cell that was located in the file with this inode. */
  | {
      readonly kind: 'bytes'
      readonly directory: string
      readonly inode: number
      readonly position: number
      readonly byteLength: number
    }
  /** The result is removed: let go of its file. */
  | { readonly kind: 'forget'; readonly directory: string }

interface OfResult {
  readonly directory: string
  /** Rows of a result that is finished; absent while it is being stored. */
  readonly rowCount?: number
}

export interface NumberedOrder {
  readonly number: number
  readonly order: ReadingOrder
}

export interface ReadingAnswer {
  readonly number: number
  readonly value?: unknown
  readonly error?: WireError
}
