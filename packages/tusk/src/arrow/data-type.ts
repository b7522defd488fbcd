/**
 * The column types of Tusk, as plain JSON: the part of Arrow's type system that results are made of.
 * What an engine has and this list lacks travels as `utf8` (exact text) with `sourceType` in the field (see schema.ts).
 *
 * Physical layout is Arrow's, little endian. Conventions on top of it, the same for every engine:
 * - `date` is int32 days since 1970-01-01; +infinity is 2147483647, -infinity is -2147483647 (as in DuckDB).
 * - `timestamp` is int64 since 1970-01-01 in `unit`; +infinity is 2^63-1, -infinity is -(2^63-1) (as in DuckDB).
 *   `timezone` is 'UTC' for an instant, null for a wall-clock time.
 * - `time` is int64 in `unit` since midnight; 24:00:00 is legal.
 * - `decimal` is a signed 128-bit integer scaled by 10^scale; 1 <= precision <= 38, 0 <= scale <= precision.
 */
export type DataType =
  | { readonly kind: 'bool' }
  | { readonly kind: 'int'; readonly bits: 8 | 16 | 32 | 64; readonly signed: boolean }
  | { readonly kind: 'float'; readonly bits: 32 | 64 }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'date' }
  | { readonly kind: 'time'; readonly unit: 'us' | 'ns' }
  | { readonly kind: 'timestamp'; readonly unit: TimeUnit; readonly timezone: 'UTC' | null }
  | { readonly kind: 'utf8' }
  | { readonly kind: 'binary' }
  | { readonly kind: 'list'; readonly item: DataField }
  | { readonly kind: 'struct'; readonly fields: readonly DataField[] }
  | { readonly kind: 'map'; readonly key: DataField; readonly value: DataField }

export type TimeUnit = 's' | 'ms' | 'us' | 'ns'

export interface DataField {
  readonly name: string
  readonly type: DataType
  readonly nullable: boolean
  /** The source's own name of the type, as a person knows it: `numeric(20,4)`, `int4[]`, `HUGEINT`. */
  readonly sourceType?: string
  /** How text or binary is meant where Arrow has no type for it: decides sort order, alignment, viewer and export. */
  readonly logical?: LogicalType
  /** Labels of an enum in the order of the source, which is also the sort order. Only with `logical: 'enum'`. */
  readonly labels?: readonly string[]
  /** Further facts of the source, kept through every step: SRID, origin table, collation, … */
  readonly metadata?: Readonly<Record<string, string>>
}

/**
 * - `decimal`: text of any number, also NaN, Infinity, -Infinity (unbounded numeric, hugeint). Sorts as a number.
 * - `interval`: text as the source writes it: `1 year 2 mons -3 days +04:05:06.789` (PostgreSQL), `1 year 2 months -3 days
 *   04:05:06.789` (DuckDB). Sorts as PostgreSQL sorts intervals.
 * - `timetz`: text `04:05:06.789+02`. · `json`: the source's own text, never parsed. · `uuid`: 36 characters.
 * - `enum`: one of `labels`. · `wkb`: binary (E)WKB. · `xml`, `bit`: text. · `mixed`: SQLite column of several types.
 */
export type LogicalType = 'decimal' | 'interval' | 'timetz' | 'json' | 'uuid' | 'enum' | 'wkb' | 'xml' | 'bit' | 'mixed'
