import type { RecordBatch } from '../arrow/record-batch.ts'
import type { Schema } from '../arrow/schema.ts'
import type { Actor } from '../auth/actor.ts'
import type { Cancellable } from '../engine/engine.ts'
import type { PluginTusk } from './tusk.ts'

/**
 * A table that a plugin offers: `SELECT * FROM plugin_<id>.<name>` in every DuckDB session (a `-` in the plugin's id is a `_` there).
 * Read when a statement names it, as it is at that moment, without any DuckDB extension. Inside a transaction DuckDB sees those that
 * were named before it began, and those that its first statement with a dataset of that plugin names.
 */
export type Dataset = StoredDataset | ReadDataset

interface DatasetHead {
  /** `^[a-z][a-z0-9_]{0,62}$` */
  readonly name: string
  readonly description?: string
}

/** A table or view of the plugin's own database, all of its columns. */
export interface StoredDataset extends DatasetHead {
  readonly table: string
}

/** Rows that the plugin's code makes. */
export interface ReadDataset extends DatasetHead {
  /**
   * Called for each statement that names the dataset. Stop when `signal` aborts. Filter by `actor` what belongs to people. In `tusk query`
   * the plugin's `start` was not called: take what you need from `tusk`.
   */
  read(context: { readonly actor: Actor; readonly tusk: PluginTusk } & Cancellable): Promise<DatasetRows>
}

export interface DatasetRows {
  readonly schema: Schema
  readonly batches: AsyncIterable<RecordBatch> | Iterable<RecordBatch>
}
