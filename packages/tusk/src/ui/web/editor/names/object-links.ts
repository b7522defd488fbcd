import { type EditorState, type Extension, Prec } from '@codemirror/state'
import { EditorView, hoverTooltip, keymap } from '@codemirror/view'
import type { CompletionFacts } from '../completion/completion-source.ts'
import { shownStatementAt } from '../statements.ts'
import { type NamedObject, objectAt } from './object-at.ts'
import { type DescribeColumns, objectCard } from './object-card.ts'

export interface ObjectLinksOptions {
  readonly facts: () => CompletionFacts
  readonly describe?: DescribeColumns | undefined
  /** Shows the table, or the column in it. Absent: nothing opens. */
  readonly open?: ((object: NamedObject) => void) | undefined
}

/** Longer statements are not read under the mouse. */
const statementLimit = 100_000

/** The mouse over a name tells what it is; Ctrl+click (Cmd+click) and Ctrl+B open it. */
export function objectLinks({ facts, describe, open }: ObjectLinksOptions): Extension {
  const find = (state: EditorState, position: number): NamedObject | undefined => {
    const place = shownStatementAt(state, position)
    if (place === undefined || position < place.from || position > place.to || place.to - place.from > statementLimit)
      return undefined
    const object = objectAt(state.sliceDoc(place.from, place.to), position - place.from, facts())
    return object && { ...object, from: place.from + object.from, to: place.from + object.to }
  }
  const openAt = (state: EditorState, position: number): boolean => {
    const object = find(state, position)
    if (object?.relation === undefined || open === undefined) return false
    open(object)
    return true
  }
  return [
    hoverTooltip((view, position) => {
      const object = find(view.state, position)
      if (object === undefined) return null
      return { pos: object.from, end: object.to, above: true, create: () => ({ dom: objectCard(object, describe) }) }
    }),
    EditorView.domEventHandlers({
      mousedown(event, view) {
        if (!(event.ctrlKey || event.metaKey) || event.button !== 0) return false
        const position = view.posAtCoords({ x: event.clientX, y: event.clientY })
        if (position === null || !openAt(view.state, position)) return false
        event.preventDefault()
        return true
      },
    }),
    // Ctrl+click opens; another cursor is set with Alt.
    EditorView.clickAddsSelectionRange.of(event => event.altKey),
    Prec.high(
      keymap.of([{ key: 'Mod-b', preventDefault: true, run: ({ state }) => openAt(state, state.selection.main.head) }]),
    ),
  ]
}
