import { openDialog } from '../../../../ui/web/dialog.ts'
import { h, textButton } from '../../../../ui/web/dom.ts'

/** What becomes of a transaction whose session is about to be left. Undefined: nothing, stay. */
export function askTransaction(
  title: string,
  doing: string,
  failed: boolean,
): Promise<'COMMIT' | 'ROLLBACK' | undefined> {
  return new Promise(resolve => {
    let choice: 'COMMIT' | 'ROLLBACK' | undefined
    const dialog = openDialog({
      title: `“${title}” has an open transaction`,
      class: 'max-w-lg',
      onClose: () => resolve(choice),
    })
    dialog.dom.role = 'alertdialog'
    const choose = (chosen: 'COMMIT' | 'ROLLBACK') => () => {
      choice = chosen
      dialog.close()
    }
    const text = failed
      ? `A statement in it failed, so nothing of it can be kept. ${doing} rolls it back.`
      : `What it changed is not kept yet. ${doing} ends it: keep the changes, or take them back?`
    const stay = textButton('Cancel', dialog.close)
    dialog.body.append(h('p', {}, text))
    dialog.footer.append(
      stay,
      textButton('Roll back', choose('ROLLBACK'), { class: 'btn-error' }),
      ...(failed ? [] : [textButton('Commit', choose('COMMIT'), { class: 'btn-primary' })]),
    )
    stay.focus()
  })
}
