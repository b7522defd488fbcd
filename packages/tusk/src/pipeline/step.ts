import type { Schema } from '../arrow/schema.ts'
import type { Dialect } from '../engine/dialect.ts'
import type { FormField } from '../engine/form-field.ts'

/** All Tusk knows about one kind of pipeline step. A step in a saved pipeline is plain JSON: kind and config. Pure. */
export interface PipelineStep<Config = Readonly<Record<string, unknown>>> {
  /** Unique; of a plugin `<id>.<name>`. */
  readonly kind: string
  readonly label: string
  /** Lucide name. */
  readonly icon?: string
  readonly description?: string
  /** How many tables it takes: 0 for a source, 2 for a join. Default 1. */
  readonly inputs?: number
  readonly fields: readonly FormField[]
  /** Columns that come out; or throws a TuskError that the canvas shows on the node. */
  output(config: Config, inputs: readonly Schema[]): Schema
  /** One SELECT. `inputs` are quoted names of tables. Names and values of `config` go through `dialect`'s quoting (R17). */
  toSql(config: Config, inputs: readonly string[], dialect: Dialect): string
  /** The Polars expression that people copy; it must run. `inputs` are names of data frames. */
  toPolars(config: Config, inputs: readonly string[]): string
}
