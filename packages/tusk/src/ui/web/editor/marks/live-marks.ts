import { type Diagnostic, forEachDiagnostic, setDiagnostics } from '@codemirror/lint'
import { type EditorState, type Extension, StateEffect } from '@codemirror/state'
import { type EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view'
import { duckdbRules } from '../../../../dialect/duckdb.ts'
import type { LexicalRules } from '../../../../dialect/lexer.ts'
import { postgresRules } from '../../../../dialect/postgres.ts'
import type { SqlFlavour } from '../../../../dialect/sql-literal.ts'
import { sqliteLexicalRules } from '../../../../dialect/sqlite.ts'
import type { CompletionFacts } from '../completion/completion-source.ts'
import { shownStatementsWithin } from '../statements.ts'
import { madeNames, type NameMark, nameMarks } from './name-marks.ts'
import { openEnds } from './open-ends.ts'

const rules: Readonly<Record<SqlFlavour, LexicalRules>> = {
  postgres: postgresRules,
  duckdb: duckdbRules,
  sqlite: sqliteLexicalRules,
}
/** How long typing pauses before it is looked at. */
const pause = 500
const statementLimit = 30_000
/** The script up to a statement is searched for what it creates no further back than this. */
const scriptLimit = 300_000
const markClass = 'cm-live-mark'

/** Look again: the schema has changed. */
export const lookAgain = StateEffect.define<null>()

/** Marks what is most likely wrong in the statements on the screen, from what is known here: nothing is asked of a server. */
export function liveMarks(facts: () => CompletionFacts): Extension {
  return ViewPlugin.fromClass(
    class {
      readonly #view: EditorView
      #timer: ReturnType<typeof setTimeout> | undefined

      constructor(view: EditorView) {
        this.#view = view
        this.#later()
      }

      update({ docChanged, selectionSet, viewportChanged, transactions }: ViewUpdate): void {
        const isAsked = transactions.some(({ effects }) => effects.some(effect => effect.is(lookAgain)))
        if (docChanged || selectionSet || viewportChanged || isAsked) this.#later()
      }

      destroy(): void {
        clearTimeout(this.#timer)
      }

      #later(): void {
        clearTimeout(this.#timer)
        this.#timer = setTimeout(() => showMarks(this.#view, facts()), pause)
      }
    },
  )
}

function showMarks(view: EditorView, facts: CompletionFacts): void {
  const { state } = view
  const made = diagnosticsOf(state, view.viewport, facts)
  const known: Diagnostic[] = []
  const shown: Diagnostic[] = []
  forEachDiagnostic(state, (diagnostic, from, to) => {
    if (diagnostic.markClass === markClass) shown.push({ ...diagnostic, from, to })
    else known.push({ ...diagnostic, from, to })
  })
  if (signature(made) === signature(shown)) return
  view.dispatch(setDiagnostics(state, [...known, ...made]))
}

function diagnosticsOf(
  state: EditorState,
  { from, to }: { readonly from: number; readonly to: number },
  facts: CompletionFacts,
): readonly Diagnostic[] {
  const cursor = state.selection.main.head
  return shownStatementsWithin(state, from, to).flatMap(place => {
    if (place.to - place.from > statementLimit) return []
    const text = state.sliceDoc(place.from, place.to)
    const ends = openEnds(text, rules[facts.dialect.id])
    const made = madeNames(state.sliceDoc(Math.max(0, place.to - scriptLimit), place.to))
    // Where a quote is open nothing behind it is what it seems.
    const names = ends.length > 0 ? [] : nameMarks(text, facts, made)
    const at = (mark: NameMark, severity: 'error' | 'warning'): Diagnostic => ({
      from: place.from + mark.from,
      to: place.from + mark.to,
      message: mark.message,
      severity,
      markClass,
    })
    return [...ends.map(mark => at(mark, 'error')), ...names.map(mark => at(mark, 'warning'))].filter(
      // What is being typed is not wrong yet.
      mark => !(mark.from <= cursor && cursor <= mark.to),
    )
  })
}

function signature(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .map(({ from, to, message }) => `${from} ${to} ${message}`)
    .toSorted()
    .join('\n')
}
