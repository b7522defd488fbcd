import type { Actor } from '../../../auth/actor.ts'
import { rowKey } from '../../../dialect/rows/row-key.ts'
import { selectRowsSql } from '../../../dialect/rows/select-rows.ts'
import { type SqlParts, sqlPartsOf } from '../../../dialect/safe-sql.ts'
import type { RelationName } from '../../../engine/introspector.ts'
import type { TableDetails } from '../../../engine/table-details.ts'
import { TuskError } from '../../../errors.ts'
import type { Tusk } from '../../../plugins/tusk.ts'
import type { WireRun, WireTableRows } from '../../../wire.ts'

/** How long the answer waits for the first columns. */
const answerWithinMs = 250

/** Starts reading rows of a table as a run like any other: they become a stored result. */
export async function readTableRows(
  tusk: Pick<Tusk, 'connections' | 'catalog' | 'runs'>,
  actor: Actor,
  connectionId: string,
  { table, filter = [], limit }: WireTableRows,
  signal: AbortSignal,
): Promise<WireRun> {
  const parts = sqlOf(tusk, actor, connectionId)
  const details = await tusk.catalog.table(actor, connectionId, table, { signal })
  const typed = filter.map(({ column, value }) => {
    const known = details.columns.find(({ name }) => name === column)
    if (known === undefined) throw new TuskError('BAD_REQUEST', `There is no column ${column} in ${table.name}.`)
    return { column, value, type: known.type }
  })
  const { text } = selectRowsSql(parts, {
    table,
    filter: typed,
    order: rowKey(details)?.columns ?? [],
    ...(limit === undefined ? {} : { limit }),
  })
  return await tusk.runs.start(actor, { connectionId, sql: text }, { answerWithinMs })
}

/** UNSUPPORTED for an engine whose SQL Tusk does not write. */
export function sqlOf(tusk: Pick<Tusk, 'connections'>, actor: Actor, connectionId: string): SqlParts {
  const { engine } = tusk.connections.resolve(actor, connectionId)
  const parts = sqlPartsOf(engine.dialect.id)
  if (parts === undefined)
    throw new TuskError('UNSUPPORTED', `Tusk writes no SQL for ${engine.label}.`, {
      hint: 'Write the statement yourself.',
    })
  return parts
}

export function nameOf({ catalog, schema, name }: RelationName): RelationName {
  return { ...(catalog === undefined ? {} : { catalog }), schema, name }
}

/** Why no row of a table can be edited; undefined: it can. */
export function whyNotEditable(details: TableDetails, readOnly: boolean, connectionName: string): string | undefined {
  if (readOnly) return `“${connectionName}” is read-only.`
  if (details.kind === 'view' || details.kind === 'materialized view')
    return 'This is a view; its rows are those of tables.'
  if (rowKey(details) === undefined)
    return 'It has no primary key and no unique key without NULL, so its rows cannot be told apart.'
  return undefined
}
