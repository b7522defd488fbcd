import type { Actor } from '../../../auth/actor.ts'
import type { Auth } from '../../../auth/auth.ts'
import { type ChangedColumn, type ChangedTable, changeSql, type RowChange } from '../../../dialect/rows/change-rows.ts'
import { rowKey } from '../../../dialect/rows/row-key.ts'
import type { SafeSql } from '../../../dialect/safe-sql.ts'
import type { TableColumn } from '../../../engine/table-details.ts'
import { TuskError } from '../../../errors.ts'
import type { HostSession } from '../../../host/host-pool.ts'
import type { Tusk } from '../../../plugins/tusk.ts'
import type { ResolvedConnection } from '../../../query/connections.ts'
import type { WireTableChanges, WireTableChangesOutcome } from '../../../wire.ts'
import { nameOf, sqlOf, whyNotEditable } from './table-rows.ts'

type Needs = Pick<Tusk, 'connections' | 'catalog' | 'results' | 'hosts'> & { readonly auth?: Pick<Auth, 'audit'> }

/**
 * The statements of changes, in order; nothing is run. `resultId` is the result that the rows were seen in: its columns say how values are read.
 * BAD_REQUEST for what is no change of this table, READ_ONLY, RESULT_NOT_FOUND.
 */
export async function changeStatements(
  tusk: Needs,
  actor: Actor,
  connectionId: string,
  { table, resultId, changes }: WireTableChanges,
  signal: AbortSignal,
): Promise<readonly SafeSql[]> {
  const connection = tusk.connections.resolve(actor, connectionId)
  const parts = sqlOf(tusk, actor, connectionId)
  const details = await tusk.catalog.table(actor, connectionId, table, { signal })
  const why = whyNotEditable(details, connection.readOnly, connection.name)
  if (why !== undefined)
    throw new TuskError(connection.readOnly ? 'READ_ONLY' : 'BAD_REQUEST', `${table.name} cannot be edited: ${why}`)
  const { schema } = tusk.results.get(actor.id, resultId)
  const fields = new Map(schema.fields.map(field => [field.name, field]))
  const columns = details.columns.flatMap((column): [string, ChangedColumn][] => {
    const field = fields.get(column.name)
    const fixed = fixedBecause(column)
    if (field === undefined) return []
    return [
      [
        column.name,
        {
          name: column.name,
          type: column.type,
          field,
          ...(column.default === undefined ? {} : { default: column.default }),
          ...(fixed === undefined ? {} : { fixed }),
        },
      ],
    ]
  })
  const changed: ChangedTable = {
    name: nameOf(table),
    columns: new Map(columns),
    key: rowKey(details)?.columns ?? [],
  }
  return changes.map(change => changeSql(parts, changed, change as RowChange))
}

/**
 * Carries changes out in one transaction of a session of its own: all of them, or none and which one did not go. CONFIRMATION_NEEDED on a
 * production database. Aborting rolls back.
 */
export async function applyChanges(
  tusk: Needs,
  actor: Actor,
  connectionId: string,
  request: WireTableChanges,
  signal: AbortSignal,
): Promise<WireTableChangesOutcome> {
  const connection = tusk.connections.resolve(actor, connectionId)
  const statements = await changeStatements(tusk, actor, connectionId, request, signal)
  if (connection.environment === 'production' && request.confirmed !== true)
    throw new TuskError('CONFIRMATION_NEEDED', `This changes “${connection.name}”, a production database.`, {
      detail: summary(request),
      hint: 'Look at it once more. Through the API it runs with "confirmed": true.',
    })
  const record = (outcome: 'done' | 'failed'): void =>
    tusk.auth?.audit.add(actor, {
      action: 'table.edit',
      target: connection.name,
      outcome,
      details: { connection: connection.id, table: request.table.name, changes: statements.length },
    })
  // First of all: what cannot be put on record does not run.
  record('done')
  const outcome = await inTransaction(tusk, connection, statements, request, signal)
  if (outcome.state !== 'saved') record('failed')
  return outcome
}

async function inTransaction(
  { hosts }: Needs,
  connection: ResolvedConnection,
  statements: readonly SafeSql[],
  { changes }: WireTableChanges,
  signal: AbortSignal,
): Promise<WireTableChangesOutcome> {
  const { engine, config, hostKey, name } = connection
  await using session = await hosts.openSession({ engine, config, connectionId: hostKey, label: name }, { signal })
  await session.rows(engine.dialect.id === 'sqlite' ? 'BEGIN IMMEDIATE' : 'BEGIN', { signal })
  for (const [at, statement] of statements.entries()) {
    const error = await failureOf(session, statement, changes[at]?.kind === 'insert', signal)
    if (error === undefined) continue
    // A session that cannot roll back ends here, and its transaction with it.
    if (session.transaction !== 'none') await session.rows('ROLLBACK').catch(() => undefined)
    return { state: error.code === 'CONFLICT' ? 'conflict' : 'failed', at, error: error.toJSON() }
  }
  try {
    await session.rows('COMMIT', { signal })
  } catch (error) {
    signal.throwIfAborted()
    // Deferred constraints are checked here: no row of ours is to blame alone.
    return { state: 'failed', error: TuskError.from(error).toJSON() }
  }
  return { state: 'saved', count: statements.length }
}

async function failureOf(
  session: HostSession,
  { text }: SafeSql,
  isInsert: boolean,
  signal: AbortSignal,
): Promise<TuskError | undefined> {
  try {
    const rows = await session.rows(text, { signal, limit: 2 })
    if (rows.length === 1 || isInsert) return undefined
    return rows.length === 0
      ? new TuskError('CONFLICT', 'This row is no longer what you saw: somebody changed or deleted it.', {
          detail: 'Nothing was saved.',
          hint: 'Look at what is there now, then keep yours or take theirs.',
        })
      : new TuskError('QUERY_FAILED', 'Several rows have this key, so none of them was changed.', {
          detail: 'Nothing was saved.',
        })
  } catch (error) {
    signal.throwIfAborted()
    return TuskError.from(error)
  }
}

function fixedBecause({ generated, identity, mayUpdate }: TableColumn): string | undefined {
  if (generated !== undefined) return 'it is generated from other columns.'
  if (identity === 'always') return 'the database numbers it.'
  return mayUpdate === false ? 'you have no right to change it.' : undefined
}

function summary({ table, changes }: WireTableChanges): string {
  const count = (kind: string, words: string): string => {
    const rows = changes.filter(change => change.kind === kind).length
    return rows === 0 ? '' : `${rows} ${rows === 1 ? 'row is' : 'rows are'} ${words} ${table.name}.`
  }
  return [count('update', 'changed in'), count('insert', 'added to'), count('delete', 'deleted from')]
    .filter(line => line !== '')
    .join('\n')
}
