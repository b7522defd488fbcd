import type { EditorState } from '@codemirror/state'
import type { Place } from './places.ts'
import { statementAt } from './statement-at.ts'
import { exactStatements, shownStatementAt, shownStatementsWithin } from './statements.ts'

/** A part of the script to run, and where it stands in the text. */
export interface ScriptPart {
  readonly sql: string
  readonly offset: number
}

/** The selected text, or the statement at the cursor. Undefined: nothing there. */
export function partAtCursor(state: EditorState): ScriptPart | undefined {
  const { from, to, head } = state.selection.main
  if (from !== to) return part(state, from, to)
  const statement = statementAt(exactStatements(state), head, state.doc.lineAt(head).from)
  return statement && part(state, statement.from, statement.to)
}

/** The whole script; undefined when it holds no statement. */
export function wholeScript(state: EditorState): ScriptPart | undefined {
  return exactStatements(state).length === 0 ? undefined : { sql: state.doc.toString(), offset: 0 }
}

/** Places of the statements that would run now, for showing them. */
export function shownPlaces(state: EditorState): readonly Place[] {
  const { from, to, head } = state.selection.main
  if (from !== to) return shownStatementsWithin(state, from, to)
  const statement = shownStatementAt(state, head)
  return statement === undefined ? [] : [statement]
}

function part(state: EditorState, from: number, to: number): ScriptPart | undefined {
  const sql = state.sliceDoc(from, to)
  return sql.trim() === '' ? undefined : { sql, offset: from }
}
