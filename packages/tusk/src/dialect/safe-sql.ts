import type { Dialect } from '../engine/dialect.ts'
import type { RelationName } from '../engine/introspector.ts'
import { TuskError } from '../errors.ts'
import { duckdbDialect, duckdbRules } from './duckdb.ts'
import { type LexicalRules, tokenize } from './lexer.ts'
import { postgresDialect, postgresRules } from './postgres.ts'
import type { SqlFlavour } from './sql-literal.ts'
import { sqliteDialect, sqliteLexicalRules } from './sqlite.ts'
import { placedWords } from './words.ts'

const made = Symbol('made here')

/** SQL that Tusk itself wrote (R17): from the template below, with names, values and parts that SqlParts has quoted or looked at. Nothing else can make one. */
export class SafeSql {
  readonly text: string

  constructor(key: typeof made, text: string) {
    if (key !== made) throw new TypeError('SQL is made by the template sql`…`')
    this.text = text
  }
}

/** `sql\`DELETE FROM ${parts.relation(table)}\``: what stands between is SafeSql again, never a string. */
export function sql(texts: TemplateStringsArray, ...values: readonly SafeSql[]): SafeSql {
  return new SafeSql(made, texts.map((text, at) => text + (values[at]?.text ?? '')).join(''))
}

export function joinSql(parts: readonly SafeSql[], between: SafeSql): SafeSql {
  return new SafeSql(made, parts.map(({ text }) => text).join(between.text))
}

/** Names, values and written parts as SQL of one kind of database. */
export class SqlParts {
  readonly flavour: SqlFlavour
  readonly dialect: Dialect
  readonly #rules: LexicalRules

  constructor(flavour: SqlFlavour) {
    this.flavour = flavour
    const { dialect, rules } = flavours[flavour]
    this.dialect = dialect
    this.#rules = rules
  }

  /** BAD_REQUEST for a name that the database would not keep as it is. */
  name(name: string): SafeSql {
    return new SafeSql(made, this.dialect.quoteIdentifier(name))
  }

  names(names: readonly string[]): SafeSql {
    return joinSql(
      names.map(name => this.name(name)),
      sql`, `,
    )
  }

  /** With catalog and schema. */
  relation({ catalog, schema, name }: RelationName): SafeSql {
    const path = [...(catalog === undefined ? [] : [catalog]), schema, name]
    return joinSql(
      path.map(part => this.name(part)),
      sql`.`,
    )
  }

  text(text: string): SafeSql {
    return new SafeSql(made, this.dialect.quoteLiteral(text))
  }

  /** A literal that `sqlLiteral` wrote, whose parts are numbers or quoted. */
  literal(write: (quote: (text: string) => string) => string): SafeSql {
    return new SafeSql(
      made,
      write(text => this.#quoted(text)),
    )
  }

  /** A whole statement as the database's own catalog keeps it, such as one of an index. BAD_REQUEST when it is several. */
  statement(text: string): SafeSql {
    const [only, second] = this.dialect.split(text)
    if (only === undefined || second !== undefined)
      throw new TuskError('BAD_REQUEST', 'This is not one statement.', { detail: text.slice(0, 200) })
    return new SafeSql(made, only.text)
  }

  /** DuckDB keeps texts with a NUL inside, which no literal of its can hold. */
  #quoted(text: string): string {
    if (this.flavour !== 'duckdb' || !text.includes('\0')) return this.dialect.quoteLiteral(text)
    const pieces = text.split('\0').map(piece => this.dialect.quoteLiteral(piece))
    return `(${pieces.join(' || chr(0) || ')})`
  }

  /**
   * A type, an expression or a query as a person or the catalog wrote it, taken as it is when it is one whole part of a statement: all quotes and
   * parentheses closed, no semicolon, no comment. BAD_REQUEST, which names `what`, otherwise.
   */
  written(text: string, what: string): SafeSql {
    const trimmed = text.trim()
    if (trimmed === '') throw new TuskError('BAD_REQUEST', `${what} is missing.`)
    const inParentheses = `(${trimmed})`
    const words = placedWords(inParentheses, this.#rules)
    const last = words.at(-1)
    const isWhole =
      last?.text === ')' &&
      last.depth === 0 &&
      last.to === inParentheses.length &&
      words.slice(1, -1).every(({ depth, kind, text: word }) => depth > 0 && !(kind === 'symbol' && word === ';'))
    const hasComment = [...tokenize(inParentheses, this.#rules)].some(({ kind }) => kind === 'comment')
    if (!isWhole || hasComment || trimmed.includes('\0'))
      throw new TuskError('BAD_REQUEST', `${what} cannot be used like this: ${trimmed.slice(0, 200)}`, {
        hint: 'Close all quotes and parentheses; write no semicolon and no comment.',
      })
    return new SafeSql(made, trimmed)
  }
}

const flavours: Readonly<Record<SqlFlavour, { readonly dialect: Dialect; readonly rules: LexicalRules }>> = {
  postgres: { dialect: postgresDialect, rules: postgresRules },
  duckdb: { dialect: duckdbDialect, rules: duckdbRules },
  sqlite: { dialect: sqliteDialect, rules: sqliteLexicalRules },
}

/** Undefined for an engine whose SQL Tusk does not write. */
export function sqlPartsOf(dialectId: string): SqlParts | undefined {
  return Object.hasOwn(flavours, dialectId) ? new SqlParts(dialectId as SqlFlavour) : undefined
}
