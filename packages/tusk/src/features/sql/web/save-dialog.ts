import { openDialog } from '../../../ui/web/dialog.ts'
import { h, textButton } from '../../../ui/web/dom.ts'
import { failureOf } from './failure-of.ts'
import type { FolderChoice } from './saved-tree.ts'

export interface SaveDialogOptions {
  readonly title: string
  readonly confirmLabel: string
  /** Absent: only the folder is asked for. */
  readonly name?: string
  readonly parent: string | null
  readonly folders: readonly FolderChoice[]
  /** Does it; what it rejects with is shown, and the dialog stays. */
  readonly onSave: (choice: { readonly name: string; readonly parent: string | null }) => Promise<void>
}

/** Asks for a name and a folder. */
export function openSaveDialog({ title, confirmLabel, name, parent, folders, onSave }: SaveDialogOptions): void {
  const dialog = openDialog({ title, class: 'max-w-md' })
  const id = `save-${crypto.randomUUID()}`
  const input = h('input', {
    class: 'input w-full',
    id: `${id}-name`,
    attributes: { type: 'text', autocomplete: 'off', maxlength: '200', 'aria-describedby': `${id}-problem` },
  })
  input.value = name ?? ''
  const folder = h(
    'select',
    { class: 'select w-full', id: `${id}-folder` },
    h('option', { attributes: { value: '' } }, 'No folder'),
    ...folders.map(choice => h('option', { attributes: { value: choice.id } }, choice.path)),
  )
  folder.value = parent ?? ''
  const problem = h('p', { class: 'field-problem', id: `${id}-problem`, role: 'alert' })
  const form = h(
    'form',
    { class: 'flex flex-col gap-3', id, attributes: { method: 'dialog', novalidate: '' } },
    name !== undefined &&
      h('div', { class: 'field' }, h('label', { class: 'field-label', attributes: { for: input.id } }, 'Name'), input),
    h(
      'div',
      { class: 'field' },
      h('label', { class: 'field-label', attributes: { for: folder.id } }, 'Folder'),
      folder,
    ),
    problem,
  )
  form.addEventListener('submit', event => {
    event.preventDefault()
    void save()
  })
  const accept = h('button', { class: 'btn btn-primary', attributes: { type: 'submit', form: id } }, confirmLabel)
  dialog.body.append(form)
  dialog.footer.append(textButton('Cancel', dialog.close), accept)
  if (name === undefined) folder.focus()
  else {
    input.focus()
    input.select()
  }

  async function save(): Promise<void> {
    if (name !== undefined && input.value.trim() === '') {
      problem.textContent = 'Give it a name.'
      input.ariaInvalid = 'true'
      return
    }
    accept.disabled = true
    try {
      await onSave({ name: input.value.trim(), parent: folder.value === '' ? null : folder.value })
      dialog.close()
    } catch (error) {
      const { message, hint } = failureOf(error).error
      problem.textContent = [message, hint].filter(Boolean).join(' ')
      accept.disabled = false
    }
  }
}
