import { openDialog } from '../../../../../ui/web/dialog.ts'
import { h, textButton } from '../../../../../ui/web/dom.ts'
import type { WireNewValue, WireRowChange } from '../../../../../wire.ts'
import type { SeenRow } from './pending-changes.ts'

export interface RowConflict {
  readonly row: number
  readonly change: WireRowChange
  /** The row as it is now; undefined: it is gone. */
  readonly theirs: SeenRow | undefined
}

/** Shows what was seen, what is there now and what was to be. `mine`: save over it; `theirs`: give the own change up. */
export function askConflict({ row, change, theirs }: RowConflict): Promise<'mine' | 'theirs' | 'later'> {
  return new Promise(resolve => {
    let answer: 'mine' | 'theirs' | 'later' = 'later'
    const number = (row + 1).toLocaleString('en-US')
    const dialog = openDialog({
      title: `Row ${number} was changed by somebody else`,
      class: 'max-w-3xl',
      onClose: () => resolve(answer),
    })
    const choose = (chosen: 'mine' | 'theirs') => () => {
      answer = chosen
      dialog.close()
    }
    const seen: SeenRow = change.kind === 'insert' ? {} : change.seen
    const set: Readonly<Record<string, WireNewValue>> = change.kind === 'update' ? change.set : {}
    const isDeletion = change.kind === 'delete'
    dialog.body.append(
      h(
        'p',
        {},
        theirs === undefined
          ? 'It is gone: somebody deleted it, or gave it another key. Nothing was saved.'
          : 'It is no longer what you saw. Nothing was saved.',
      ),
    )
    if (theirs !== undefined) {
      const rows = Object.keys(seen)
        .filter(name => seen[name] !== theirs[name] || set[name] !== undefined)
        .map(name =>
          h(
            'tr',
            { class: seen[name] === theirs[name] ? '' : 'table-conflict-theirs' },
            h('th', { attributes: { scope: 'row' } }, name),
            h('td', {}, shown(seen[name] ?? null)),
            h('td', {}, shown(theirs[name] ?? null)),
            h('td', {}, isDeletion ? 'deleted' : newText(set[name])),
          ),
        )
      dialog.body.append(
        h(
          'div',
          { class: 'table-scroll' },
          h(
            'table',
            { class: 'table', label: 'What was seen, what is there and what was to be' },
            h(
              'thead',
              {},
              h(
                'tr',
                {},
                ...['Column', 'You saw', 'Theirs', 'Yours'].map(text =>
                  h('th', { attributes: { scope: 'col' } }, text),
                ),
              ),
            ),
            h('tbody', {}, ...rows),
          ),
        ),
      )
    }
    const later = textButton('Decide later', dialog.close)
    dialog.footer.append(
      later,
      textButton(theirs === undefined ? 'Give my change up' : 'Take theirs', choose('theirs')),
    )
    if (theirs !== undefined)
      dialog.footer.append(
        textButton(isDeletion ? 'Delete it all the same' : 'Save mine over it', choose('mine'), { class: 'btn-error' }),
      )
    later.focus()
  })
}

function shown(value: string | null): string {
  if (value === null) return 'NULL'
  return value.length > 200 ? `${value.slice(0, 200)}…` : value
}

function newText(value: WireNewValue | undefined): string {
  if (value === undefined) return ''
  return 'default' in value ? 'default' : shown(value.value)
}
