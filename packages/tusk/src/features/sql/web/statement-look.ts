import type { WireRun, WireStatement } from '../../../wire.ts'
import { counted, duration, elapsed, exactCount, firstWords } from './format.ts'

/** How a statement's state is shown. */
export interface StateLook {
  readonly icon: 'waiting' | 'spinner' | 'complete' | 'truncated' | 'cancelled' | 'alert' | 'skipped'
  readonly text: string
  readonly tone: 'plain' | 'ok' | 'warn' | 'error' | 'busy'
}

export function stateLook(statement: WireStatement): StateLook {
  switch (statement.state) {
    case 'waiting':
      return { icon: 'waiting', text: 'waiting', tone: 'plain' }
    case 'running':
      return { icon: 'spinner', text: 'running', tone: 'busy' }
    case 'storing':
      return { icon: 'spinner', text: 'reading rows', tone: 'busy' }
    case 'complete':
      return { icon: 'complete', text: 'complete', tone: 'ok' }
    case 'truncated':
      return { icon: 'truncated', text: 'truncated', tone: 'warn' }
    case 'cancelled':
      return { icon: 'cancelled', text: 'cancelled', tone: 'warn' }
    case 'failed':
      return { icon: 'alert', text: 'failed', tone: 'error' }
    case 'skipped':
      return { icon: 'skipped', text: 'not run', tone: 'plain' }
  }
}

export function isBusy(statement: WireStatement): boolean {
  return statement.state === 'running' || statement.state === 'storing'
}

/** The statement returns rows: there is a grid to show. */
export function hasRows(statement: WireStatement): boolean {
  return (statement.schema?.fields.length ?? 0) > 0
}

/** A short name for its tab. */
export function statementLabel(statement: WireStatement): string {
  const label = firstWords(statement.sql, 26)
  return statement.explain === undefined ? label : `Plan of ${label}`
}

/** `1,234 rows`, `3 rows affected`, `CREATE TABLE`. */
export function outcome(statement: WireStatement): string {
  if (hasRows(statement)) return isBusy(statement) && statement.rowCount === 0 ? '' : counted(statement.rowCount, 'row')
  if (statement.affectedRows !== undefined) {
    const verb = statement.command?.split(' ')[0]
    return `${verb === undefined ? '' : `${verb} · `}${counted(statement.affectedRows, 'row')} affected`
  }
  return statement.state === 'complete' ? (statement.command ?? 'Done') : ''
}

/** What the grid says when the statement returned no rows at all. */
export function commandInfo(statement: WireStatement): string | undefined {
  if (statement.affectedRows === undefined) return statement.command
  return [statement.command, exactCount(statement.affectedRows)].filter(Boolean).join(' ')
}

export function timeText(statement: WireStatement): string {
  if (statement.state === 'waiting' || statement.state === 'skipped') return ''
  return isBusy(statement) ? elapsed(statement.milliseconds) : duration(statement.milliseconds)
}

/** The statement to show first: the one that failed, else the last that has something to see. */
export function mostTelling(run: WireRun): number {
  const failed = run.statements.findIndex(statement => statement.state === 'failed')
  if (failed !== -1) return failed
  const busy = run.statements.findIndex(isBusy)
  if (busy !== -1) return busy
  const withRows = run.statements.findLastIndex(hasRows)
  return withRows === -1 ? run.statements.length - 1 : withRows
}
