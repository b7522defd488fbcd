import { openDialog } from '../../../ui/web/dialog.ts'
import { h, iconButton, replace, spinner, textButton } from '../../../ui/web/dom.ts'
import { toast } from '../../../ui/web/toast.ts'
import type { WireConnection, WireConnectionRoles } from '../../../wire.ts'
import { failureBox } from './failure-box.ts'
import { failureOf } from './failure-of.ts'
import type { StudioApi } from './studio-api.ts'

/** Which database roles people work as on a connection; who is not named works as the role of their own name. */
export function openRolesDialog(
  api: Pick<StudioApi, 'connectionRoles' | 'nameRoles'>,
  connection: WireConnection,
  onSaved: () => void,
): void {
  const dialog = openDialog({ title: `Database roles on “${connection.name}”`, class: 'max-w-xl' })
  const problem = h('p', { class: 'field-problem', role: 'alert' })
  const list = h('div', { class: 'flex flex-col gap-2' })
  const rows: { readonly dom: HTMLElement; readonly person: HTMLInputElement; readonly role: HTMLInputElement }[] = []
  const save = textButton('Save', () => void store(), { class: 'btn-primary', disabled: true })
  dialog.footer.append(textButton('Cancel', dialog.close), save)
  replace(dialog.body, h('p', { class: 'studio-hint' }, spinner(), 'Loading …'))
  void load()

  async function load(): Promise<void> {
    try {
      draw(await api.connectionRoles(connection.id, dialog.signal))
      save.disabled = false
    } catch (error) {
      if (!dialog.signal.aborted) replace(dialog.body, failureBox(failureOf(error).error))
    }
  }

  function draw({ roles }: WireConnectionRoles): void {
    for (const { person, role } of roles) add(person, role)
    replace(
      dialog.body,
      h(
        'p',
        { class: 'mb-3 text-sm text-muted' },
        'Statements of a person run as the database role of the same name, unless another one is named here. The role must be granted to the user that signs in, and who can write SQL can leave it as far as that user may: what it must not do must not be granted to that user.',
      ),
      list,
      h(
        'div',
        { class: 'mt-3' },
        textButton('Add a person', () => add('', '').focus(), { icon: 'plus' }),
      ),
      problem,
    )
  }

  function add(personName: string, roleName: string): HTMLInputElement {
    const person = field('Person', personName)
    const role = field('Database role', roleName)
    const dom = h(
      'div',
      { class: 'flex items-center gap-2' },
      person,
      h('span', { class: 'shrink-0 whitespace-nowrap text-muted' }, 'as'),
      role,
      iconButton('close', 'Remove', () => {
        dom.remove()
        rows.splice(
          rows.findIndex(row => row.dom === dom),
          1,
        )
      }),
    )
    rows.push({ dom, person, role })
    list.append(dom)
    return person
  }

  async function store(): Promise<void> {
    save.disabled = true
    try {
      const named = rows.filter(({ person }) => person.value.trim() !== '')
      await api.nameRoles(
        connection.id,
        named.map(({ person, role }) => ({ personId: person.value.trim(), role: role.value })),
      )
      toast({ kind: 'success', title: 'Saved: it is true from the next statement on' })
      dialog.close()
      onSaved()
    } catch (error) {
      const { message, hint } = failureOf(error).error
      problem.textContent = [message, hint].filter(Boolean).join(' ')
      save.disabled = false
    }
  }
}

function field(label: string, value: string): HTMLInputElement {
  const input = h('input', {
    class: 'input min-w-0 grow',
    label,
    attributes: { type: 'text', autocomplete: 'off', spellcheck: 'false', placeholder: label },
  })
  input.value = value
  return input
}
