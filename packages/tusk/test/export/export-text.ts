import type { RecordBatch } from '../../src/arrow/record-batch.ts'
import type { Schema } from '../../src/arrow/schema.ts'
import type { Exporter } from '../../src/export/exporter.ts'

/** All chunks of an export. */
export async function exportChunks(
  exporter: Exporter,
  schema: Schema,
  batches: readonly RecordBatch[],
  options: Readonly<Record<string, unknown>> = {},
): Promise<readonly Uint8Array[]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of exporter.write(schema, streamOf(batches), options)) chunks.push(chunk)
  return chunks
}

/** An export as one text. */
export async function exportText(
  exporter: Exporter,
  schema: Schema,
  batches: readonly RecordBatch[],
  options: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
    Buffer.concat(await exportChunks(exporter, schema, batches, options)),
  )
}

export async function* streamOf(batches: readonly RecordBatch[]): AsyncGenerator<RecordBatch, void, undefined> {
  yield* batches
}
