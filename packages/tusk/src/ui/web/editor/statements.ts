import { type ChangeDesc, type EditorState, Facet, StateEffect, StateField } from '@codemirror/state'
import { type EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view'
import type { Dialect, ScriptStatement } from '../../../engine/dialect.ts'
import { statementAt, statementsWithin } from './statement-at.ts'

export type Place = Pick<ScriptStatement, 'from' | 'to'>

/** The splitter of the document's engine. */
export const scriptDialect = Facet.define<Dialect, Dialect | undefined>({ combine: dialects => dialects[0] })

interface Split {
  readonly statements: readonly Place[]
  /** Edits since the split. Places are moved along with them when asked for: good enough to show, not to run. */
  readonly since: ChangeDesc | undefined
}

/** Longer scripts are split when typing pauses, so that a key never waits for it. */
const splitAtOnceLength = 60_000
const longScriptLength = 1_000_000

const splitAnew = StateEffect.define<readonly Place[]>()

const splitField = StateField.define<Split>({
  create: state => ({ statements: split(state), since: undefined }),
  update(value, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(splitAnew)) return { statements: effect.value, since: undefined }
    }
    const otherDialect = transaction.startState.facet(scriptDialect) !== transaction.state.facet(scriptDialect)
    if (!transaction.docChanged && !otherDialect) return value
    if (otherDialect || transaction.state.doc.length <= splitAtOnceLength) {
      return { statements: split(transaction.state), since: undefined }
    }
    const { changes } = transaction
    return { statements: value.statements, since: value.since?.composeDesc(changes.desc) ?? changes.desc }
  },
})

const splitOnPause = ViewPlugin.fromClass(
  class {
    private timer: ReturnType<typeof setTimeout> | undefined
    private readonly view: EditorView

    constructor(view: EditorView) {
      this.view = view
    }

    update(update: ViewUpdate): void {
      if (!update.docChanged || update.state.field(splitField).since === undefined) return
      clearTimeout(this.timer)
      const pause = update.state.doc.length > longScriptLength ? 1_200 : 300
      this.timer = setTimeout(() => {
        if (this.view.state.field(splitField).since === undefined) return
        this.view.dispatch({ effects: splitAnew.of(split(this.view.state)) })
      }, pause)
    }

    destroy(): void {
      clearTimeout(this.timer)
    }
  },
)

/** Keeps the statements of the document known. */
export const scriptStatements = [splitField, splitOnPause]

/** The statement that a person means at `position`, as far as it is known: in a long script moved along with the last edits. */
export function shownStatementAt(state: EditorState, position: number): Place | undefined {
  const { statements, since } = state.field(splitField)
  const lineFrom = state.doc.lineAt(position).from
  if (since === undefined) return statementAt(statements, position, lineFrom)
  const back = since.invertedDesc
  const found = statementAt(statements, back.mapPos(position), back.mapPos(lineFrom))
  return found && moved(found, since)
}

/** Statements that the range touches, as far as they are known. */
export function shownStatementsWithin(state: EditorState, from: number, to: number): readonly Place[] {
  const { statements, since } = state.field(splitField)
  if (since === undefined) return statementsWithin(statements, from, to)
  const back = since.invertedDesc
  return statementsWithin(statements, back.mapPos(from), back.mapPos(to)).map(place => moved(place, since))
}

/** Statements exactly as the server would split them. */
export function exactStatements(state: EditorState): readonly Place[] {
  const known = state.field(splitField)
  return known.since === undefined ? known.statements : split(state)
}

function moved({ from, to }: Place, changes: ChangeDesc): Place {
  const start = changes.mapPos(from, 1)
  return { from: start, to: Math.max(start, changes.mapPos(to, 1)) }
}

function split(state: EditorState): readonly Place[] {
  return state.facet(scriptDialect)?.split(state.doc.toString()) ?? []
}
