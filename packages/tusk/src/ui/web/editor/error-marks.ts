import { type Diagnostic, diagnosticCount, lintGutter, setDiagnostics } from '@codemirror/lint'
import type { EditorState, Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'

/** A failure at its place in the text (UTF-16 units from 0). */
export interface ErrorMark {
  readonly at: number
  readonly message: string
}

/** Errors of the last run, underlined and in the gutter until the text is edited. */
export const errorMarks: Extension = [
  lintGutter(),
  EditorView.updateListener.of(update => {
    if (!update.docChanged || diagnosticCount(update.state) === 0) return
    update.view.dispatch(setDiagnostics(update.state, []))
  }),
]

/** Replaces all marks. */
export function showErrors(view: EditorView, marks: readonly ErrorMark[]): void {
  view.dispatch(
    setDiagnostics(
      view.state,
      marks.map(mark => diagnostic(view.state, mark)),
    ),
  )
}

/** Underlines the word at the place, or the one character there, or the one before at the very end. */
function diagnostic(state: EditorState, mark: ErrorMark): Diagnostic {
  const at = Math.max(0, Math.min(mark.at, state.doc.length))
  const word = state.wordAt(at)
  const from = word !== null && word.from <= at ? word.from : Math.min(at, Math.max(0, state.doc.length - 1))
  const to = word !== null && word.to > at ? word.to : Math.min(state.doc.length, Math.max(at + 1, from + 1))
  return { from, to, severity: 'error', message: mark.message }
}
