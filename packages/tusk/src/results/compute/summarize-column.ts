import type { DataField } from '../../arrow/data-type.ts'
import { dateText, timestampText, timeText } from '../../arrow/text/date-time-text.ts'
import { sortKeys } from '../../engines/duckdb/sort-keys.ts'
import { TuskError } from '../../errors.ts'
import type { HostSession } from '../../host/host-pool.ts'
import type { ColumnSummary } from '../result-compute.ts'
import type { StoredResult } from '../result-store.ts'
import { checkValues } from './check-values.ts'
import { textOf } from './column-sql.ts'
import { mountedResult } from './compute-hosts.ts'
import type { CanonicalView } from './view-request.ts'
import { viewSql } from './view-sql.ts'

type Row = readonly (string | null)[]
/** Runs a query over the rows that are summed up, given as FROM … WHERE …. */
type Ask = (sql: (from: string) => string) => Promise<readonly Row[]>

const buckets = 40
const topValues = 10
/** Above so many distinct values the most frequent ones are found by a sketch and then counted. */
const countedDistinct = 100_000
/** Above so many rows quantiles are estimated: exact ones hold every value in memory. */
const exactQuantileRows = 20_000_000
/** Longer texts are cut. */
const shownLength = 1_000

/** What is in one column, of the rows that pass the filter: one scan for the figures, one for the buckets, one for the top values. */
export async function summarizeColumn(
  session: HostSession,
  result: StoredResult,
  column: number,
  view: CanonicalView,
  signal: AbortSignal,
): Promise<ColumnSummary> {
  const field = result.schema.fields[column]!
  const sql = viewSql(mountedResult, result.schema, { ...view, sort: [] })
  await checkValues(session, sql.checks, signal)
  const from = sql.from([column])
  const ask: Ask = query => session.rows(query(from), { signal })

  const expressions = expressionsOf(field, `c${column}`)
  const figures = await readFigures(ask, expressions, result.rowCount)
  const { low, high } = figures
  return {
    ...figures.summary,
    ...(low === undefined || high === undefined || expressions.measure === undefined
      ? {}
      : { histogram: await readHistogram(ask, expressions.measure, edgesOf(field, low, high)) }),
    top: await readTop(ask, expressions, figures.summary),
  }
}

/** The column as SQL, for the things that are asked of it. */
interface Expressions {
  readonly value: string
  /** What equal values have in common. */
  readonly identity: string
  /** How a value found is shown. */
  readonly shown: (expression: string) => string
  readonly min: string | undefined
  readonly max: string | undefined
  /** A finite DOUBLE for numbers and times, NULL for what has no place on a scale. */
  readonly measure: string | undefined
  /** What quantiles are taken of; numbers only. */
  readonly quantiled: string | undefined
}

function expressionsOf(field: DataField, value: string): Expressions {
  const { type } = field
  const plain = { value, identity: value, shown: (expression: string) => expression }
  const ordered = { min: `min(${value})`, max: `max(${value})` }
  switch (type.kind) {
    case 'int':
    case 'decimal':
      return { ...plain, ...ordered, measure: `${value}::DOUBLE`, quantiled: value }
    case 'float':
      return {
        ...plain,
        ...ordered,
        measure: `CASE WHEN isfinite(${value}) THEN ${value}::DOUBLE END`,
        quantiled: `CASE WHEN NOT isnan(${value}) THEN ${value} END`,
      }
    case 'date':
      return {
        ...plain,
        ...ordered,
        measure: `CASE WHEN isfinite(${value}) THEN (${value} - DATE '1970-01-01')::DOUBLE END`,
        quantiled: undefined,
      }
    case 'timestamp':
      return {
        ...plain,
        ...ordered,
        measure: `CASE WHEN isfinite(${value}) THEN epoch_us(${type.unit === 'us' ? value : `${value}::TIMESTAMP`})::DOUBLE END`,
        quantiled: undefined,
      }
    case 'time':
      return { ...plain, ...ordered, measure: `date_part('epoch', ${value}::TIME) * 1e6`, quantiled: undefined }
    case 'bool':
      return { ...plain, ...ordered, measure: undefined, quantiled: undefined }
    case 'utf8': {
      const key = sortKeys(field, value)[0]!
      const cut = (expression: string) => `left(${expression}, ${shownLength})`
      const number = field.logical === 'decimal' ? `TRY_CAST(${value} AS DOUBLE)` : undefined
      const measure = number === undefined ? undefined : `CASE WHEN isfinite(${number}) THEN ${number} END`
      return {
        value,
        identity: value,
        shown: cut,
        min: cut(key === value ? `min(${value})` : `arg_min(${value}, ${key})`),
        max: cut(key === value ? `max(${value})` : `arg_max(${value}, ${key})`),
        measure,
        quantiled: measure,
      }
    }
    default: {
      const text = `left(${textOf(field, value)}, ${shownLength})`
      return {
        value,
        identity: text,
        shown: (expression: string) => expression,
        min: undefined,
        max: undefined,
        measure: undefined,
        quantiled: undefined,
      }
    }
  }
}

interface Figures {
  readonly summary: Omit<ColumnSummary, 'histogram' | 'top'>
  readonly low: number | undefined
  readonly high: number | undefined
}

async function readFigures(ask: Ask, expressions: Expressions, resultRows: number): Promise<Figures> {
  const { value, identity, min, max, measure, quantiled } = expressions
  const quantile = resultRows > exactQuantileRows ? 'approx_quantile' : 'quantile_disc'
  const quantiles = `${quantile}(${quantiled}, [0.05, 0.25, 0.5, 0.75, 0.95])`
  const select = (moments: boolean) =>
    [
      'count(*)',
      `count(${value})`,
      `approx_count_distinct(${identity})`,
      min ?? 'NULL',
      max ?? 'NULL',
      measure === undefined ? 'NULL' : `min(${measure})`,
      measure === undefined ? 'NULL' : `max(${measure})`,
      ...(quantiled === undefined ? [] : [1, 2, 3, 4, 5].map(at => `${quantiles}[${at}]`)),
      ...(quantiled === undefined || !moments ? [] : [`avg(${measure})`, `stddev_samp(${measure})`]),
    ].join(', ')
  const [row = []] = await ask(from => `SELECT ${select(true)} ${from}`).catch((error: unknown) => {
    // The sum of squares of very large doubles is out of range, which DuckDB calls an error.
    if (quantiled !== undefined && TuskError.from(error).code === 'QUERY_FAILED')
      return ask(from => `SELECT ${select(false)} ${from}`)
    throw error
  })
  const [all, present, distinct, smallest, largest, low, high, p5, p25, p50, p75, p95, mean, deviation] = row
  const valueCount = Number(present ?? 0)
  const isText = (cell: string | null | undefined): cell is string => cell !== null && cell !== undefined
  return {
    summary: {
      rowCount: Number(all ?? 0),
      nullCount: Number(all ?? 0) - valueCount,
      distinctEstimate: Math.min(Number(distinct ?? 0), valueCount),
      min: smallest ?? null,
      max: largest ?? null,
      ...(isText(mean) ? { mean } : {}),
      ...(isText(deviation) ? { standardDeviation: deviation } : {}),
      ...(isText(p5) && isText(p25) && isText(p50) && isText(p75) && isText(p95)
        ? { quantiles: { p5, p25, p50, p75, p95 } }
        : {}),
    },
    low: isText(low) ? Number(low) : undefined,
    high: isText(high) ? Number(high) : undefined,
  }
}

/** Where the buckets of a histogram begin: equally wide, at whole numbers where the column has no others. */
interface Edges {
  readonly low: number
  readonly width: number
  readonly count: number
  text(edge: number): string
}

function edgesOf(field: DataField, low: number, high: number): Edges {
  const { type } = field
  const text = (edge: number): string => {
    switch (type.kind) {
      case 'date':
        return dateText(Math.round(edge))
      case 'timestamp':
        return timestampText(BigInt(Math.round(edge)), 'us', type.timezone !== null)
      case 'time':
        return timeText(BigInt(Math.round(edge)), 'us')
      default:
        return String(edge)
    }
  }
  const whole = type.kind === 'int' || type.kind === 'date'
  if (whole && high - low < 2 ** 52) {
    const width = Math.max(1, Math.ceil((high - low + 1) / buckets))
    return { low, width, count: Math.max(1, Math.ceil((high - low + 1) / width)), text }
  }
  // Halves, because the difference of two doubles may be infinite.
  const width = high / buckets - low / buckets
  return width > 0 ? { low, width, count: buckets, text } : { low, width: 0, count: 1, text }
}

async function readHistogram(
  ask: Ask,
  measure: string,
  edges: Edges,
): Promise<NonNullable<ColumnSummary['histogram']>> {
  const { low, width, count, text } = edges
  const place = `${measure} / ${double(width)} - ${double(low / width)}`
  const bucket = width === 0 ? '0' : `greatest(0, least(${count - 1}, floor(${place})))::INTEGER`
  const rows = await ask(from => `SELECT ${bucket} AS bucket, count(${measure}) ${from} GROUP BY bucket`)
  const counts = new Map(rows.map(([at, inside]) => [Number(at ?? -1), Number(inside)]))
  return Array.from({ length: count }, (_, at) => ({
    from: text(low + at * width),
    to: text(low + (at + 1) * width),
    count: counts.get(at) ?? 0,
  }))
}

async function readTop(
  ask: Ask,
  { identity, shown }: Expressions,
  { distinctEstimate, nullCount }: Figures['summary'],
): Promise<ColumnSummary['top']> {
  const exact = distinctEstimate <= countedDistinct
  const values = (rows: string) => `(SELECT ${identity} AS identity ${rows})`
  const rows = await ask(
    from =>
      `SELECT ${shown('identity')} AS shown, count(*) AS times FROM ${values(from)}
       WHERE ${exact ? 'identity IS NOT NULL' : `identity IN (SELECT unnest(approx_top_k(identity, ${topValues * 2})) FROM ${values(from)})`}
       GROUP BY identity ORDER BY times DESC, identity LIMIT ${topValues}`,
  )
  const found = rows.map(([text, times]) => ({ value: text ?? null, count: Number(times) }))
  if (nullCount === 0) return found
  const at = found.findIndex(({ count }) => count < nullCount)
  return found.toSpliced(at < 0 ? found.length : at, 0, { value: null, count: nullCount }).slice(0, topValues)
}

function double(value: number): string {
  return `'${value}'::DOUBLE`
}
