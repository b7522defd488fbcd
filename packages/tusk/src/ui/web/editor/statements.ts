import { type EditorState, Facet, StateEffect, StateField } from '@codemirror/state'
import { type EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view'
import type { Dialect, ScriptStatement } from '../../../engine/dialect.ts'

type Place = Pick<ScriptStatement, 'from' | 'to'>

/** The splitter of the document's engine. */
export const scriptDialect = Facet.define<Dialect, Dialect | undefined>({ combine: dialects => dialects[0] })

interface Split {
  readonly statements: readonly Place[]
  /** Moved along with the edits since the last split, not split anew: good enough to show, not to run. */
  readonly approximate: boolean
}

/** Longer scripts are split when typing pauses, so that a key never waits for it. */
const splitAtOnceLength = 60_000
const splitPause = 300

const splitAnew = StateEffect.define<readonly Place[]>()

const splitField = StateField.define<Split>({
  create: state => ({ statements: split(state), approximate: false }),
  update(value, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(splitAnew)) return { statements: effect.value, approximate: false }
    }
    const otherDialect = transaction.startState.facet(scriptDialect) !== transaction.state.facet(scriptDialect)
    if (!transaction.docChanged && !otherDialect) return value
    if (otherDialect || transaction.state.doc.length <= splitAtOnceLength) {
      return { statements: split(transaction.state), approximate: false }
    }
    const statements = value.statements
      .map(({ from, to }) => ({ from: transaction.changes.mapPos(from, 1), to: transaction.changes.mapPos(to, 1) }))
      .filter(({ from, to }) => from < to)
    return { statements, approximate: true }
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
      if (!update.docChanged || !update.state.field(splitField).approximate) return
      clearTimeout(this.timer)
      this.timer = setTimeout(() => {
        if (!this.view.state.field(splitField).approximate) return
        this.view.dispatch({ effects: splitAnew.of(split(this.view.state)) })
      }, splitPause)
    }

    destroy(): void {
      clearTimeout(this.timer)
    }
  },
)

/** Keeps the statements of the document known. */
export const scriptStatements = [splitField, splitOnPause]

/** Statements as they are shown: exact, or moved along with the edits of the last moment in a long script. */
export function shownStatements(state: EditorState): readonly Place[] {
  return state.field(splitField).statements
}

/** Statements exactly as the server would split them. */
export function exactStatements(state: EditorState): readonly Place[] {
  const known = state.field(splitField)
  return known.approximate ? split(state) : known.statements
}

function split(state: EditorState): readonly Place[] {
  return state.facet(scriptDialect)?.split(state.doc.toString()) ?? []
}
