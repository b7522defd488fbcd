import type { Schema } from '../../arrow/schema.ts'
import type { HostSession } from '../../host/host-pool.ts'

/** Columns as numbers, in SQL. */
export interface NumberTypes {
  /** The column `c<position>` as a number; undefined: it holds none. */
  of(column: number): string | undefined
  /** Nothing is rounded by `of`. */
  isExact(column: number): boolean
}

/** Asks how long the numbers are that came as text: those of up to 38 digits are summed exactly, longer ones, NaN and infinity as doubles. */
export async function numberTypes(
  session: HostSession,
  schema: Schema,
  columns: readonly number[],
  from: string,
  signal: AbortSignal,
): Promise<NumberTypes> {
  const texts = columns.filter(column => schema.fields[column]!.logical === 'decimal')
  const scales = new Map<number, number>()
  if (texts.length > 0) {
    const asked = texts.flatMap(column => [
      `coalesce(max(length(split_part(c${column}, '.', 2))), 0)`,
      `coalesce(max(length(ltrim(split_part(c${column}, '.', 1), '-'))), 1)`,
      `coalesce(bool_or(c${column} IN ('NaN', 'Infinity', '-Infinity')), false)`,
    ])
    const [row = []] = await session.rows(`SELECT ${asked.join(', ')} ${from}`, { signal })
    for (const [index, column] of texts.entries()) {
      const [scale, whole, special] = row.slice(index * 3, index * 3 + 3)
      if (special !== 'true' && Number(scale) + Number(whole) <= 38) scales.set(column, Number(scale))
    }
  }
  return {
    of(column) {
      const { type, logical } = schema.fields[column]!
      const value = `c${column}`
      if (type.kind === 'int' || type.kind === 'float' || type.kind === 'decimal') return value
      if (type.kind === 'bool') return `${value}::INTEGER`
      if (logical === 'mixed') return `TRY_CAST(${value} AS DOUBLE)`
      if (logical !== 'decimal') return undefined
      const scale = scales.get(column)
      return scale === undefined ? `TRY_CAST(${value} AS DOUBLE)` : `CAST(${value} AS DECIMAL(38,${scale}))`
    },
    isExact(column) {
      const { type } = schema.fields[column]!
      return ['int', 'float', 'decimal'].includes(type.kind) || scales.has(column)
    },
  }
}
