import { confirm, openDialog } from '../../../ui/web/dialog.ts'
import { h, replace, spinner, textButton } from '../../../ui/web/dom.ts'
import { toast } from '../../../ui/web/toast.ts'
import type { WireConnection, WireConnectionRight, WireConnectionRights } from '../../../wire.ts'
import { failureBox } from './failure-box.ts'
import { failureOf } from './failure-of.ts'
import type { StudioApi } from './studio-api.ts'

const levels: readonly (readonly [value: WireConnectionRight['level'] | '', label: string])[] = [
  ['', 'Nothing'],
  ['view', 'View its schema'],
  ['use', 'Run SQL'],
  ['edit', 'Run SQL and edit it'],
]

/** Which groups may view, use and edit a connection of one's own; or who owns it from now on. `onGiven`: it is somebody else's now. */
export function openShareConnectionDialog(api: StudioApi, connection: WireConnection, onGiven: () => void): void {
  const dialog = openDialog({ title: `Share “${connection.name}”`, class: 'max-w-2xl' })
  const problem = h('p', { class: 'field-problem', role: 'alert' })
  const rows: (() => WireConnectionRight | undefined)[] = []
  const save = textButton('Save', () => void store(), { class: 'btn-primary', disabled: true })
  dialog.footer.append(textButton('Cancel', dialog.close), save)
  replace(dialog.body, h('p', { class: 'studio-hint' }, spinner(), 'Loading …'))
  void load()

  async function load(): Promise<void> {
    try {
      draw(await api.connectionRights(connection.id, dialog.signal))
      save.disabled = false
    } catch (error) {
      if (!dialog.signal.aborted) replace(dialog.body, failureBox(failureOf(error).error))
    }
  }

  function draw({ rights, groups, people }: WireConnectionRights): void {
    const lines = groups.map(group => {
      const right = rights.find(({ groupId }) => groupId === group.id)
      const level = h(
        'select',
        { class: 'select w-36', label: `What ${group.name} may do` },
        ...levels.map(([value, label]) => h('option', { attributes: { value } }, label)),
      )
      level.value = right?.level ?? ''
      const readOnly = h('input', {
        class: 'checkbox',
        label: `${group.name} read-only`,
        attributes: { type: 'checkbox' },
      })
      readOnly.checked = right?.readOnly ?? false
      const follow = (): void => {
        readOnly.disabled = level.value === '' || level.value === 'view'
      }
      level.addEventListener('change', follow)
      follow()
      rows.push(() =>
        level.value === ''
          ? undefined
          : {
              groupId: group.id,
              level: level.value as WireConnectionRight['level'],
              readOnly: !readOnly.disabled && readOnly.checked,
            },
      )
      const people = group.members === 1 ? '1 person' : `${group.members} people`
      return h(
        'tr',
        {},
        h('td', { class: 'min-w-32' }, group.name, h('span', { class: 'block text-xs text-faint' }, people)),
        h('td', { class: 'w-px' }, level),
        h(
          'td',
          { class: 'w-px' },
          h('label', { class: 'flex items-center gap-2 whitespace-nowrap' }, readOnly, 'read-only'),
        ),
      )
    })
    replace(
      dialog.body,
      h(
        'p',
        { class: 'mb-3 text-sm text-muted' },
        'They run SQL as the database user of this connection. Nobody gets to see its password.',
      ),
      lines.length === 0
        ? h('p', { class: 'studio-hint' }, 'There is no group yet.')
        : h(
            'div',
            { class: 'overflow-x-auto' },
            h('table', { class: 'table w-full', label: 'Rights of groups' }, h('tbody', {}, ...lines)),
          ),
      problem,
      people.length > 0 && giving(people),
    )
  }

  function giving(people: WireConnectionRights['people']): HTMLElement {
    const to = h(
      'select',
      { class: 'select', label: 'New owner' },
      ...people.map(({ id, name }) => h('option', { attributes: { value: id } }, name)),
    )
    const give = textButton('Give away …', () => void giveTo(to.value, to.selectedOptions[0]?.text ?? ''))
    return h(
      'div',
      { class: 'mt-4 flex flex-wrap items-center gap-2 border-t border-line pt-3' },
      h('span', { class: 'text-sm' }, 'It belongs to you. Give it to'),
      to,
      give,
    )
  }

  async function giveTo(personId: string, name: string): Promise<void> {
    const sure = await confirm({
      title: `Give “${connection.name}” to ${name}?`,
      message: `${name} owns it from then on, with its password and its shares. You keep what your groups may do with it, and only ${name} can give it back.`,
      confirmLabel: 'Give away',
      danger: true,
    })
    if (!sure) return
    try {
      await api.giveConnection(connection.id, personId)
      toast({ kind: 'success', title: `“${connection.name}” belongs to ${name}` })
      dialog.close()
      onGiven()
    } catch (error) {
      const { message, hint } = failureOf(error).error
      problem.textContent = [message, hint].filter(Boolean).join(' ')
    }
  }

  async function store(): Promise<void> {
    save.disabled = true
    try {
      await api.shareConnection(
        connection.id,
        rows.map(row => row()).filter(right => right !== undefined),
      )
      toast({ kind: 'success', title: 'Saved: it is true from this moment on' })
      dialog.close()
    } catch (error) {
      const { message, hint } = failureOf(error).error
      problem.textContent = [message, hint].filter(Boolean).join(' ')
      save.disabled = false
    }
  }
}
