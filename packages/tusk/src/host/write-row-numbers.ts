import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { readColumns } from '../arrow/index.ts'
import type { RecordBatch } from '../arrow/record-batch.ts'
import type { ResultStream } from '../engine/result-stream.ts'
import { TuskError } from '../errors.ts'
import { diskError } from '../results/spool-writer.ts'

/** Writes a stream of row numbers as little-endian uint32 to `file`, which is there whole or not at all. Gives their number. */
export async function writeRowNumbers(stream: ResultStream, file: string): Promise<number> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const handle = await open(temporary, 'wx', 0o600)
  let count = 0
  try {
    try {
      for await (const batch of stream) {
        await handle.writeFile(numbersOf(batch))
        count += batch.rowCount
      }
      await handle.datasync()
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
    return count
  } catch (error) {
    await unlink(temporary).catch(() => undefined)
    throw diskError(error, file)
  }
}

function numbersOf(batch: RecordBatch): Uint8Array {
  const type = batch.schema.fields[0]?.type
  if (batch.schema.fields.length !== 1 || type?.kind !== 'int' || batch.nodes[0]!.nullCount > 0) {
    throw new TuskError('INTERNAL', 'Row numbers are one column of whole numbers without nulls.')
  }
  if (type.bits === 32 && !type.signed) return batch.buffers[1]!.subarray(0, batch.rowCount * 4)
  const column = readColumns(batch)[0]!
  const numbers = Uint32Array.from({ length: batch.rowCount }, (_, row) => Number(column.value(row)))
  return new Uint8Array(numbers.buffer)
}
