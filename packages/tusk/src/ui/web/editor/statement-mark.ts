import { type EditorState, type Extension, type RangeSet, RangeSetBuilder, StateField } from '@codemirror/state'
import { Decoration, EditorView, GutterMarker, gutter } from '@codemirror/view'
import { shownPlaces } from './what-runs.ts'

/** Lines that are marked at most: a statement of a megabyte needs no mark on each of its lines. */
const markedLinesLimit = 400

class RunMarker extends GutterMarker {
  override elementClass = 'cm-runs-marker'
}

const lineMark = Decoration.line({ class: 'cm-runs' })
const gutterMark = new RunMarker()

interface Marks {
  readonly lines: ReturnType<RangeSetBuilder<Decoration>['finish']>
  readonly gutter: RangeSet<GutterMarker>
}

const marksField = StateField.define<Marks>({
  create: marksOf,
  update: (value, transaction) =>
    transaction.docChanged || transaction.selection !== undefined || transaction.effects.length > 0
      ? marksOf(transaction.state)
      : value,
  provide: field => EditorView.decorations.from(field, marks => marks.lines),
})

/** Softly shows which statement Ctrl+Enter would run: a tint on its lines and a bar in the gutter. */
export const statementMark: Extension = [
  marksField,
  gutter({ class: 'cm-runs-gutter', markers: view => view.state.field(marksField).gutter }),
]

function marksOf(state: EditorState): Marks {
  const lines = new RangeSetBuilder<Decoration>()
  const bars = new RangeSetBuilder<GutterMarker>()
  let left = markedLinesLimit
  let lastLine = 0
  for (const { from, to } of shownPlaces(state)) {
    const first = Math.max(state.doc.lineAt(Math.min(from, state.doc.length)).number, lastLine + 1)
    const last = state.doc.lineAt(Math.min(to, state.doc.length)).number
    for (let number = first; number <= last && left > 0; number++, left--) {
      const at = state.doc.line(number).from
      lines.add(at, at, lineMark)
      bars.add(at, at, gutterMark)
      lastLine = number
    }
  }
  return { lines: lines.finish(), gutter: bars.finish() }
}
