import { openDialog } from '../../../ui/web/dialog.ts'
import { h, textButton } from '../../../ui/web/dom.ts'
import type { WireTab } from '../../../wire.ts'
import type { ConflictChoice, StudioTab } from './tabs.ts'

/** A tab was changed in two windows: shows both texts and asks which to keep. Closing the dialog keeps both. */
export function askConflict(mine: StudioTab, saved: WireTab): Promise<ConflictChoice> {
  return new Promise(resolve => {
    let choice: ConflictChoice = 'both'
    const text = (title: string, sql: string): HTMLElement => {
      const area = h('textarea', { label: title, attributes: { readonly: '', spellcheck: 'false' } })
      area.value = sql
      return h('div', {}, h('h3', {}, title), area)
    }
    const choose = (chosen: ConflictChoice) => () => {
      choice = chosen
      dialog.close()
    }
    const dialog = openDialog({
      title: `“${mine.title}” was changed in another window`,
      class: 'studio-conflict',
      onClose: () => resolve(choice),
    })
    dialog.body.append(
      h('div', { class: 'studio-conflict-texts' }, text('Here', mine.sql), text('In the other window', saved.sql)),
    )
    dialog.footer.append(
      textButton('Keep the other', choose('theirs')),
      textButton('Keep mine', choose('mine')),
      textButton('Keep both', choose('both'), { class: 'btn-primary' }),
    )
  })
}
