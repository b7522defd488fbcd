import type { Schema } from '../arrow/schema.ts'
import { TuskError } from '../errors.ts'
import { SpoolReader } from './spool-reader.ts'

/** What a writer that ended in the middle has left: every whole batch counts. Undefined when not even the columns are there. */
export function findRows(
  directory: string,
): { readonly schema: Schema; readonly rowCount: number; readonly byteCount: number } | undefined {
  try {
    using reader = SpoolReader.whole(directory)
    return { schema: reader.schema, rowCount: reader.rowCount, byteCount: reader.byteCount }
  } catch (error) {
    if (error instanceof TuskError && error.code === 'RESULT_DAMAGED') return undefined
    throw error
  }
}
