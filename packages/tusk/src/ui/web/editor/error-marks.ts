import { type Diagnostic, diagnosticCount, forEachDiagnostic, lintGutter, setDiagnostics } from '@codemirror/lint'
import type { EditorState, Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'

const runClass = 'cm-run-mark'

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
    const { isRun, others } = sorted(update.state)
    if (isRun) update.view.dispatch(setDiagnostics(update.state, others))
  }),
]

/** Replaces all marks of runs. */
export function showErrors(view: EditorView, marks: readonly ErrorMark[]): void {
  const { others } = sorted(view.state)
  view.dispatch(setDiagnostics(view.state, [...others, ...marks.map(mark => diagnostic(view.state, mark))]))
}

/** Whether there are marks of a run, and those that are not of a run. */
function sorted(state: EditorState): { readonly isRun: boolean; readonly others: readonly Diagnostic[] } {
  const others: Diagnostic[] = []
  let isRun = false
  forEachDiagnostic(state, (mark, from, to) => {
    if (mark.markClass === runClass) isRun = true
    else others.push({ ...mark, from, to })
  })
  return { isRun, others }
}

/** Underlines the word at the place, or the one character there, or the one before at the very end. */
function diagnostic(state: EditorState, mark: ErrorMark): Diagnostic {
  const at = Math.max(0, Math.min(mark.at, state.doc.length))
  const word = state.wordAt(at)
  const from = word !== null && word.from <= at ? word.from : Math.min(at, Math.max(0, state.doc.length - 1))
  const to = word !== null && word.to > at ? word.to : Math.min(state.doc.length, Math.max(at + 1, from + 1))
  return { from, to, severity: 'error', message: mark.message, markClass: runClass }
}
