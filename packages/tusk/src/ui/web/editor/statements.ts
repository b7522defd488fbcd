import { type ChangeDesc, type EditorState, Facet, StateEffect, StateField } from '@codemirror/state'
import { type EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view'
import type { Dialect } from '../../../engine/dialect.ts'
import { type Place, Places } from './places.ts'
import { splitEdited } from './split-edited.ts'
import { statementAt, statementsWithin } from './statement-at.ts'

/** The splitter of the document's engine. */
export const scriptDialect = Facet.define<Dialect, Dialect | undefined>({ combine: dialects => dialects[0] })

interface Split {
  readonly statements: Places
  /** Edits since the split. Places are moved along with them when asked for: good enough to show, not to run. */
  readonly since: ChangeDesc | undefined
}

/** A key reads no more of the script than this; an edit that changes more (an opening quote) is read when typing pauses. */
const keyLimit = 60_000
const pause = 400
/** A selection marks no more statements than this. */
const withinLimit = 400

const splitAnew = StateEffect.define<Places>()

const splitField = StateField.define<Split>({
  create: state => ({ statements: splitAll(state), since: undefined }),
  update(value, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(splitAnew)) return { statements: effect.value, since: undefined }
    }
    const { state, startState, changes } = transaction
    if (startState.facet(scriptDialect) !== state.facet(scriptDialect)) {
      return { statements: splitAll(state), since: undefined }
    }
    if (!transaction.docChanged) return value
    const since = value.since?.composeDesc(changes.desc) ?? changes.desc
    const statements = splitSince(state, value.statements, since, keyLimit)
    return statements === undefined ? { statements: value.statements, since } : { statements, since: undefined }
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
      if (!update.docChanged) return
      clearTimeout(this.timer)
      if (update.state.field(splitField).since === undefined) return
      this.timer = setTimeout(() => {
        const { state } = this.view
        if (state.field(splitField).since !== undefined)
          this.view.dispatch({ effects: splitAnew.of(exactStatements(state)) })
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

/** Statements that the range touches, as far as they are known; the first few hundred. */
export function shownStatementsWithin(state: EditorState, from: number, to: number): readonly Place[] {
  const { statements, since } = state.field(splitField)
  if (since === undefined) return statementsWithin(statements, from, to, withinLimit)
  const back = since.invertedDesc
  return statementsWithin(statements, back.mapPos(from), back.mapPos(to), withinLimit).map(place => moved(place, since))
}

/** Statements exactly as the server would split them. */
export function exactStatements(state: EditorState): Places {
  const { statements, since } = state.field(splitField)
  return since === undefined ? statements : splitSince(state, statements, since)!
}

function moved({ from, to }: Place, changes: ChangeDesc): Place {
  const start = changes.mapPos(from, 1)
  return { from: start, to: Math.max(start, changes.mapPos(to, 1)) }
}

function splitAll(state: EditorState): Places {
  return Places.of(state.facet(scriptDialect)?.split(state.doc.toString()) ?? [])
}

/** The first changed place to the last as one edit. */
function splitSince(state: EditorState, known: Places, changes: ChangeDesc, limit?: number): Places | undefined {
  const dialect = state.facet(scriptDialect)
  if (dialect === undefined) return Places.none
  let edit: { from: number; oldTo: number; newTo: number } | undefined
  changes.iterChangedRanges((from, oldTo, _, newTo) => {
    edit = { from: edit?.from ?? from, oldTo, newTo }
  })
  if (edit === undefined) return known
  const script = { ...edit, length: state.doc.length, slice: (from: number, to: number) => state.sliceDoc(from, to) }
  return splitEdited(known, script, text => dialect.split(text), limit)
}
