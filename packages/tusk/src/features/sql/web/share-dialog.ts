import { openDialog } from '../../../ui/web/dialog.ts'
import { h, replace, spinner, textButton } from '../../../ui/web/dom.ts'
import type { WireShare, WireShareInput, WireShares } from '../../../wire.ts'
import { failureBox } from './failure-box.ts'
import { failureOf } from './failure-of.ts'
import type { SharedKind, StudioApi } from './studio-api.ts'
import { copyText } from './tell.ts'

/** Opens a result or a saved query for a person or a group, a result also for whoever has a link; shows who sees it, and takes that back. */
export function openShareDialog(api: StudioApi, what: SharedKind, objectId: string): void {
  const dialog = openDialog({
    title: what === 'results' ? 'Share this result' : 'Share this query',
    class: 'max-w-2xl',
  })
  const id = `share-${crypto.randomUUID()}`
  const problem = h('p', { class: 'field-problem', role: 'alert' })
  const made = h('div', { role: 'status' })
  const list = h('div', {})
  const receiver = h('select', { class: 'select w-full', id: `${id}-to` })
  const days = h(
    'select',
    { class: 'select w-full', id: `${id}-days` },
    ...[1, 7, 30, 90].map(count =>
      h('option', { attributes: { value: String(count) } }, count === 1 ? '1 day' : `${count} days`),
    ),
  )
  days.value = '7'
  const share = textButton('Share', () => void create(), { class: 'btn-primary' })
  dialog.footer.append(textButton('Close', dialog.close), share)
  replace(dialog.body, h('p', { class: 'studio-hint' }, spinner(), 'Loading …'))
  void load().then(() => {
    if (receiver.options.length === 0) return
    replace(
      dialog.body,
      h(
        'p',
        { class: 'mb-3 text-sm text-muted' },
        what === 'results'
          ? 'They see exactly these rows as they are stored: not the SQL, not the connection, no other result.'
          : 'They read its text as it is then, and can save it as their own. Running it needs a connection of theirs.',
      ),
      h('div', { class: 'grid gap-3 sm:grid-cols-2' }, field('With', receiver), field('For', days)),
      problem,
      made,
      list,
    )
  })

  async function load(): Promise<void> {
    try {
      draw(await api.shares(what, objectId, dialog.signal))
    } catch (error) {
      if (!dialog.signal.aborted) replace(dialog.body, failureBox(failureOf(error).error))
    }
  }

  function draw({ shares, people, groups }: WireShares): void {
    const chosen = receiver.value
    const option = (value: string, text: string): HTMLElement => h('option', { attributes: { value } }, text)
    replace(
      receiver,
      what === 'results' && option('link', 'Whoever has the link'),
      ...groups.map(group => option(`group ${group.id}`, `Group ${group.name}`)),
      ...people.map(person => option(`person ${person.id}`, person.name)),
    )
    if (chosen !== '') receiver.value = chosen
    replace(
      list,
      shares.length > 0 &&
        h('table', { class: 'table mt-3 w-full', label: 'Who sees this' }, h('tbody', {}, ...shares.map(row))),
    )
  }

  function row(one: WireShare): HTMLElement {
    const name = one.to === 'link' ? 'Whoever has the link' : one.to === 'group' ? `Group ${one.toName}` : one.toName
    const end = one.expiresAt === undefined ? 'no end' : `until ${new Date(one.expiresAt).toLocaleString()}`
    return h(
      'tr',
      {},
      h('td', {}, name),
      h('td', { class: 'text-muted' }, one.expired ? 'expired' : end),
      h(
        'td',
        { class: 'text-right' },
        textButton('Revoke', () => void revoke(one)),
      ),
    )
  }

  async function create(): Promise<void> {
    share.disabled = true
    problem.textContent = ''
    replace(made)
    try {
      const { share: done, path } = await api.share(what, objectId, input())
      if (path !== undefined) showLink(location.origin + path, 'This link is shown once. Whoever has it sees the rows.')
      else if (what === 'results')
        showLink(`${location.origin}/shared/${done.id}`, `${done.toName} finds it under Shared, and at this address:`)
      await load()
    } catch (error) {
      say(error)
    }
    share.disabled = false
  }

  async function revoke(one: WireShare): Promise<void> {
    try {
      await api.revokeShare(one.id)
      replace(made)
      await load()
    } catch (error) {
      say(error)
    }
  }

  function input(): WireShareInput {
    const [to, receiverId = ''] = receiver.value.split(' ')
    const last = { days: Number(days.value) }
    if (to === 'person') return { ...last, personId: receiverId }
    return to === 'group' ? { ...last, groupId: receiverId } : { ...last, link: true }
  }

  function showLink(address: string, what: string): void {
    const link = h('input', { class: 'input w-full', label: 'Link', attributes: { type: 'text', readonly: '' } })
    link.value = address
    replace(
      made,
      h('p', { class: 'mt-3 mb-1 text-sm' }, what),
      h(
        'div',
        { class: 'flex gap-2' },
        link,
        textButton('Copy', () => void copyText(address, 'Link copied'), { icon: 'copy' }),
      ),
    )
    link.focus()
    link.select()
  }

  function say(error: unknown): void {
    const { message, hint } = failureOf(error).error
    problem.textContent = [message, hint].filter(Boolean).join(' ')
  }
}

function field(label: string, control: HTMLElement): HTMLElement {
  return h(
    'div',
    { class: 'field' },
    h('label', { class: 'field-label', attributes: { for: control.id } }, label),
    control,
  )
}
