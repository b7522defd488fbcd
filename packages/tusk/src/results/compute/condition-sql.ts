import type { DataField } from '../../arrow/data-type.ts'
import { duckdbDialect } from '../../dialect/duckdb.ts'
import { sortKeys } from '../../engines/duckdb/sort-keys.ts'
import { TuskError } from '../../errors.ts'
import type { Condition } from '../result-compute.ts'
import { sqlTypeOf, textOf } from './column-sql.ts'

/** A condition as SQL, and what must be true of its values for it to mean anything; DuckDB is asked before it is used. */
export interface ConditionSql {
  readonly sql: string
  /** Expressions that are true for values of the column's type, with what to say otherwise. */
  readonly checks: readonly { readonly sql: string; readonly otherwise: TuskError }[]
}

/** `column` is the SQL of the column. As in SQL, NULL meets no condition but `isNull` and those that say `orNull`. */
export function conditionSql(condition: Condition, field: DataField, column: string): ConditionSql {
  const { sql, checks } = valueCondition(condition, field, column)
  return { sql: condition.orNull === true ? `(${sql} OR ${column} IS NULL)` : sql, checks }
}

/** Some column's text contains the text, in whatever case. */
export function searchSql(search: string, fields: readonly DataField[], nameOf: (column: number) => string): string {
  const pattern = `${literal(escaped(search))}, 'si'`
  const holds = fields.map((field, column) => `regexp_matches(${textOf(field, nameOf(column))}, ${pattern})`)
  return holds.length === 0 ? 'false' : `(${holds.map(one => `coalesce(${one}, false)`).join(' OR ')})`
}

function valueCondition(condition: Condition, field: DataField, column: string): ConditionSql {
  const values = condition.values ?? []
  switch (condition.operator) {
    case 'isNull':
    case 'isNotNull':
      expectValues(condition, field, 0)
      return { sql: `${column} IS ${condition.operator === 'isNull' ? '' : 'NOT '}NULL`, checks: [] }
    case 'contains':
    case 'notContains':
    case 'startsWith':
    case 'endsWith':
    case 'matches':
      expectValues(condition, field, 1)
      return textCondition(condition, field, textOf(field, column), values[0]!)
    case 'between': {
      expectValues(condition, field, 2)
      const compare = comparison(field, column)
      return {
        sql: `(${compare.sql('>=', values[0]!)} AND ${compare.sql('<=', values[1]!)})`,
        checks: values.flatMap(compare.checks),
      }
    }
    case 'in':
    case 'notIn': {
      const compare = comparison(field, column)
      const any = values.length === 0 ? 'false' : values.map(value => compare.sql('=', value)).join(' OR ')
      return {
        sql: condition.operator === 'in' ? `(${any})` : `NOT (${any})`,
        checks: values.flatMap(compare.checks),
      }
    }
    default: {
      expectValues(condition, field, 1)
      const compare = comparison(field, column)
      return { sql: compare.sql(condition.operator, values[0]!), checks: compare.checks(values[0]!) }
    }
  }
}

type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>='

interface Comparer {
  sql(operator: Comparison, value: string): string
  checks(value: string): ConditionSql['checks']
}

function comparison(field: DataField, column: string): Comparer {
  const { type } = field
  switch (type.kind) {
    case 'int':
    case 'decimal':
      return { sql: (operator, value) => `${column} ${operator} ${number(field, value)}`, checks: () => [] }
    case 'float':
      return { sql: (operator, value) => `${column} ${operator} ${double(field, value)}::DOUBLE`, checks: () => [] }
    case 'bool':
      return { sql: (operator, value) => `${column} ${operator} ${truth(field, value)}`, checks: () => [] }
    case 'binary':
      return { sql: (operator, value) => `${column} ${operator} unhex('${hex(field, value)}')`, checks: () => [] }
    case 'date':
    case 'time':
    case 'timestamp': {
      const sqlType = sqlTypeOf(type)
      const cast = (value: string) => `TRY_CAST(${literal(withDuckdbEra(value))} AS ${sqlType})`
      return {
        sql: (operator, value) => `${column} ${operator} ${cast(value)}`,
        checks: value => [{ sql: `${cast(value)} IS NOT NULL`, otherwise: notOfType(field, value) }],
      }
    }
    case 'utf8':
      return textComparison(field, column)
    default:
      return { sql: (operator, value) => `${textOf(field, column)} ${operator} ${literal(value)}`, checks: () => [] }
  }
}

/** Text that means a number, an interval … compares by the same keys that it sorts by. */
function textComparison(field: DataField, column: string): Comparer {
  const compareKeys = (operator: Comparison, value: string, key: number) =>
    `${sortKeys(field, column)[key]} ${operator} ${sortKeys(field, literal(value))[key]}`
  switch (field.logical) {
    case 'decimal':
      return {
        sql: (operator, value) => {
          if (!isDecimal(value)) throw notOfType(field, value)
          // A hugeint column may be asked about numbers that no hugeint can be.
          const { sourceType: _, ...anyDecimal } = field
          const keyed = isHugeint(field, value) ? field : anyDecimal
          return `${sortKeys(keyed, column)[0]} ${operator} ${sortKeys(keyed, literal(value))[0]}`
        },
        checks: () => [],
      }
    case 'interval':
      return {
        sql: (operator, value) => compareKeys(operator, value, 0),
        checks: value => [
          { sql: `${sortKeys(field, literal(value))[0]} IS NOT NULL`, otherwise: notOfType(field, value) },
        ],
      }
    case 'timetz':
      return {
        sql: (operator, value) => compareKeys(operator, value, 0),
        checks: value => [
          { sql: `${sortKeys(field, literal(value))[0]} IS NOT NULL`, otherwise: notOfType(field, value) },
        ],
      }
    case 'enum':
      return {
        sql: (operator, value) => {
          if (!(field.labels ?? []).includes(value)) throw notOfType(field, value)
          return compareKeys(operator, value, 0)
        },
        checks: () => [],
      }
    case 'uuid':
      return { sql: (operator, value) => `${column} ${operator} ${literal(value.toLowerCase())}`, checks: () => [] }
    case 'mixed':
      return {
        sql: (operator, value) =>
          operator !== '=' && operator !== '<>' && isDecimal(value)
            ? `TRY_CAST(${column} AS DOUBLE) ${operator} ${literal(value)}::DOUBLE`
            : `${column} ${operator} ${literal(value)}`,
        checks: () => [],
      }
    default:
      return { sql: (operator, value) => `${column} ${operator} ${literal(value)}`, checks: () => [] }
  }
}

/** Regular expressions are RE2: linear in the text, whatever the pattern. They are also the fastest way to ignore case. */
function textCondition(condition: Condition, field: DataField, text: string, value: string): ConditionSql {
  const exact = condition.caseSensitive === true
  const matches = (pattern: string, flags: string) =>
    `regexp_matches(${text}, ${literal(pattern)}, '${flags}${exact ? '' : 'i'}')`
  switch (condition.operator) {
    case 'contains':
      return { sql: exact ? `contains(${text}, ${literal(value)})` : matches(escaped(value), 's'), checks: [] }
    case 'notContains':
      return {
        sql: `NOT ${exact ? `contains(${text}, ${literal(value)})` : matches(escaped(value), 's')}`,
        checks: [],
      }
    case 'startsWith':
      return { sql: exact ? `starts_with(${text}, ${literal(value)})` : matches(`^${escaped(value)}`, 's'), checks: [] }
    case 'endsWith':
      return { sql: exact ? `suffix(${text}, ${literal(value)})` : matches(`${escaped(value)}\\z`, 's'), checks: [] }
    default: {
      const otherwise = new TuskError('BAD_REQUEST', `Column “${field.name}”: “${value}” is no regular expression.`)
      return {
        sql: matches(value, ''),
        // DuckDB refuses the whole question when the pattern is wrong, which tells as much.
        checks: [{ sql: `regexp_matches('', ${literal(value)}) IS NOT NULL`, otherwise }],
      }
    }
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}

function number(field: DataField, value: string): string {
  const text = value.trim()
  if (/^[+-]?\d+$/.test(text)) {
    const exact = BigInt(text)
    const { type } = field
    if (type.kind === 'int') {
      const fits = (type.signed ? BigInt.asIntN : BigInt.asUintN)(type.bits, exact) === exact
      if (fits) return `${literal(text)}::${sqlTypeOf(type)}`
    }
    return digits(text) <= 38 ? `${literal(text)}::HUGEINT` : `${literal(text)}::DOUBLE`
  }
  const decimal = /^[+-]?(\d*)\.(\d+)$/.exec(text)
  if (decimal !== null && digits(text) <= 38) return `${literal(text)}::DECIMAL(${digits(text)},${decimal[2]!.length})`
  return `${double(field, value)}::DOUBLE`
}

function double(field: DataField, value: string): string {
  const text = value.trim()
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) || /^([+-]?inf(inity)?|nan)$/i.test(text)) return literal(text)
  throw notOfType(field, value)
}

function digits(text: string): number {
  return text.replace(/\D/g, '').length
}

function truth(field: DataField, value: string): string {
  if (/^(true|t|1|yes)$/i.test(value.trim())) return 'true'
  if (/^(false|f|0|no)$/i.test(value.trim())) return 'false'
  throw notOfType(field, value)
}

function hex(field: DataField, value: string): string {
  const match = /^\\x((?:[0-9a-f]{2})*)$/i.exec(value.trim())
  if (match === null) throw notOfType(field, value)
  return match[1]!
}

function isDecimal(value: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(value) || /^(NaN|-?Infinity)$/.test(value)
}

function isHugeint(field: DataField, value: string): boolean {
  if (!/^[+-]?\d+$/.test(value)) return false
  const exact = BigInt(value)
  return field.sourceType === 'UHUGEINT'
    ? BigInt.asUintN(128, exact) === exact
    : field.sourceType === 'HUGEINT' && BigInt.asIntN(128, exact) === exact
}

/** Years before Christ end in ` BC` with us; DuckDB reads ` (BC)` right after the date. */
function withDuckdbEra(value: string): string {
  const match = /^(\S+)( .*?)? BC$/.exec(value.trim())
  return match === null ? value.trim() : `${match[1]} (BC)${match[2] ?? ''}`
}

function expectValues(condition: Condition, field: DataField, count: number): void {
  if ((condition.values ?? []).length === count) return
  throw new TuskError('BAD_REQUEST', `Column “${field.name}”: “${condition.operator}” takes ${count} values.`)
}

function notOfType(field: DataField, value: string): TuskError {
  const shown = value.length > 60 ? `${value.slice(0, 60)}…` : value
  return new TuskError('BAD_REQUEST', `Column “${field.name}”: “${shown}” is not a value of type ${typeName(field)}.`)
}

function typeName(field: DataField): string {
  return field.sourceType ?? field.logical ?? sqlTypeOf(field.type)
}

function literal(text: string): string {
  return duckdbDialect.quoteLiteral(text)
}
