import type { RecordBatch } from '../arrow/record-batch.ts'
import type { Schema } from '../arrow/schema.ts'

/** Turns rows into the bytes of a file format. Pure and streaming: pulls a batch, yields its bytes. */
export interface Exporter {
  /** `csv`, `json`: in URLs and `--format`. */
  readonly format: string
  readonly label: string
  readonly extension: string
  readonly mimeType: string
  readonly options: readonly ExportOption[]
  /** `options` hold values checked against `options`; absent ones have their defaults. */
  write(
    schema: Schema,
    batches: AsyncIterable<RecordBatch>,
    options: Readonly<Record<string, unknown>>,
  ): AsyncIterable<Uint8Array>
}

export interface ExportOption {
  readonly key: string
  readonly label: string
  readonly kind: 'boolean' | 'text' | 'choice'
  readonly default: string | boolean
  readonly choices?: readonly string[]
  readonly help?: string
}
