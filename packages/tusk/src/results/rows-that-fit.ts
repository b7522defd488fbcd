import { sliceBatch } from '../arrow/index.ts'
import type { RecordBatch } from '../arrow/record-batch.ts'
import type { SpoolWriter } from './spool-writer.ts'
import type { StoringRoom } from './storing-room.ts'

/** How many of the first rows of `batch` may be appended without outgrowing the room, which is asked for what is missing. */
export async function rowsThatFit(batch: RecordBatch, writer: SpoolWriter, room: StoringRoom): Promise<number> {
  const wanted = writer.sizeWith(batch)
  const granted = wanted <= room.granted ? room.granted : await room.grant(wanted)
  let rows = batch.rowCount
  for (let size = wanted; rows > 0 && size > granted; size = writer.sizeWith(sliceBatch(batch, 0, rows))) {
    const part = Math.max(0, granted - writer.byteCount) / (size - writer.byteCount)
    rows = Math.min(rows - 1, Math.floor(rows * part))
  }
  return rows
}
