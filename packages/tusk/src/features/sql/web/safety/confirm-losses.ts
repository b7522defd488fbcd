import type { ApiError } from '../../../../ui/web/api.ts'
import { openDialog } from '../../../../ui/web/dialog.ts'
import { h, textButton } from '../../../../ui/web/dom.ts'
import { icon } from '../../../../ui/web/icons.ts'

/** Shows what a script would lose on a production database. True only when the person says so. */
export function confirmLosses({ error }: ApiError): Promise<boolean> {
  return new Promise(resolve => {
    let answer = false
    const dialog = openDialog({ title: 'Run this on production?', class: 'max-w-lg', onClose: () => resolve(answer) })
    dialog.dom.role = 'alertdialog'
    const losses = (error.detail ?? '').split('\n').filter(line => line !== '')
    const cancel = textButton('Cancel', dialog.close)
    dialog.body.append(
      h('p', { class: 'studio-losses-where' }, icon('production'), error.message),
      h('ul', { class: 'studio-losses' }, ...losses.map(line => h('li', {}, line))),
    )
    dialog.footer.append(
      cancel,
      textButton(
        'Run it anyway',
        () => {
          answer = true
          dialog.close()
        },
        { class: 'btn-error' },
      ),
    )
    cancel.focus()
  })
}
