import { openDialog } from '../../../ui/web/dialog.ts'
import { h, textButton } from '../../../ui/web/dom.ts'

/** What becomes of changes that a saved query does not have, when its tab is about to be closed. Undefined: it stays open. */
export function askChanges(title: string): Promise<'save' | 'close' | undefined> {
  return new Promise(resolve => {
    let choice: 'save' | 'close' | undefined
    const dialog = openDialog({
      title: `“${title}” was changed since it was saved`,
      class: 'max-w-lg',
      onClose: () => resolve(choice),
    })
    dialog.dom.role = 'alertdialog'
    const choose = (chosen: 'save' | 'close') => () => {
      choice = chosen
      dialog.close()
    }
    const stay = textButton('Cancel', dialog.close)
    dialog.body.append(h('p', {}, 'Save the changes in the query, or close the tab without them?'))
    dialog.footer.append(
      stay,
      textButton('Close without saving', choose('close'), { class: 'btn-error' }),
      textButton('Save', choose('save'), { class: 'btn-primary' }),
    )
    stay.focus()
  })
}
