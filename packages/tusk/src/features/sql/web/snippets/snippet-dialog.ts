import './snippets.css'
import { openDialog } from '../../../../ui/web/dialog.ts'
import { h, iconButton, replace, textButton } from '../../../../ui/web/dom.ts'
import { toast } from '../../../../ui/web/toast.ts'
import type { WireSnippet } from '../../../../wire.ts'
import { failureOf } from '../failure-of.ts'
import type { Observable } from '../observable.ts'
import { tellFailure } from '../tell.ts'
import type { SnippetApi } from './snippet-desk.ts'

const example = `SELECT \${columns}\nFROM \${table}\nWHERE \${condition}\nLIMIT 100`

/** Adds, edits and deletes snippets; each change is kept at once. */
export function openSnippets(snippets: Observable<readonly WireSnippet[]>, api: SnippetApi): void {
  /** The word of the one that is edited; undefined while a new one is written. */
  let edited: string | undefined
  const dialog = openDialog({ title: 'Snippets', class: 'max-w-3xl', onClose: () => stop() })
  const list = h('ul', { class: 'snippets-list', label: 'Your snippets' })
  const trigger = h('input', {
    class: 'input input-sm',
    id: 'snippet-trigger',
    attributes: {
      type: 'text',
      maxlength: '40',
      autocomplete: 'off',
      spellcheck: 'false',
      placeholder: 'top',
      required: '',
    },
  })
  const body = h('textarea', {
    class: 'textarea textarea-sm',
    id: 'snippet-body',
    attributes: { rows: '7', maxlength: '20000', spellcheck: 'false', placeholder: example, required: '' },
  })
  const problem = h('p', { class: 'field-problem', role: 'alert' })
  const save = h('button', { class: 'btn btn-sm btn-primary', attributes: { type: 'submit' } }, 'Save')
  const fresh = textButton('New', () => edit(undefined))
  const form = h(
    'form',
    { class: 'snippets-form', attributes: { novalidate: '' } },
    h('label', { attributes: { for: trigger.id } }, 'Word'),
    trigger,
    h('label', { attributes: { for: body.id } }, 'SQL'),
    body,
    h(
      'p',
      { class: 'snippets-hint' },
      `Type the word and choose it from the list. \${name} is a place to fill in: Tab goes to the next one.`,
    ),
    problem,
    h('div', { class: 'snippets-buttons' }, save, fresh),
  )
  form.addEventListener('submit', event => {
    event.preventDefault()
    void keep()
  })
  dialog.body.append(h('div', { class: 'snippets' }, list, form))
  dialog.footer.append(textButton('Close', dialog.close))
  const stop = snippets.watch(() => draw())
  trigger.focus()

  function draw(): void {
    replace(
      list,
      ...snippets.value.map(snippet =>
        h(
          'li',
          {},
          h(
            'button',
            {
              class: 'snippets-open',
              attributes: { type: 'button', ...(snippet.trigger === edited ? { 'aria-current': 'true' } : {}) },
              on: { click: () => edit(snippet) },
            },
            h('strong', {}, snippet.trigger),
            h('code', {}, snippet.body.replace(/\s+/g, ' ').slice(0, 80)),
          ),
          iconButton('trash', `Delete ${snippet.trigger}`, () => void remove(snippet)),
        ),
      ),
    )
    if (snippets.value.length === 0)
      list.append(h('li', { class: 'snippets-hint' }, 'None yet. Write one and save it.'))
    fresh.hidden = edited === undefined
  }

  function edit(snippet: WireSnippet | undefined): void {
    edited = snippet?.trigger
    trigger.value = snippet?.trigger ?? ''
    body.value = snippet?.body ?? ''
    problem.textContent = ''
    draw()
    trigger.focus()
  }

  async function keep(): Promise<void> {
    const given = { trigger: trigger.value.trim(), body: body.value }
    const missing = given.trigger === '' ? trigger : given.body.trim() === '' ? body : undefined
    if (missing !== undefined) {
      problem.textContent = missing === trigger ? 'Give it a word.' : 'Write the SQL that the word brings.'
      missing.focus()
      return
    }
    try {
      const kept = await api.keepSnippet(given, edited)
      const others = snippets.value.filter(one => one.trigger !== edited && one.trigger !== kept.trigger)
      snippets.value = [...others, kept].toSorted((one, other) => one.trigger.localeCompare(other.trigger))
      edit(undefined)
    } catch (error) {
      const { message, hint } = failureOf(error).error
      problem.textContent = [message, hint].filter(Boolean).join(' ')
    }
  }

  async function remove(snippet: WireSnippet): Promise<void> {
    try {
      await api.removeSnippet(snippet.trigger)
    } catch (error) {
      tellFailure(failureOf(error), 'The snippet could not be deleted')
      return
    }
    snippets.value = snippets.value.filter(one => one.trigger !== snippet.trigger)
    edit(undefined)
    toast({
      kind: 'info',
      title: `“${snippet.trigger}” deleted`,
      action: { label: 'Undo', run: () => void restore(snippet) },
    })
  }

  async function restore(snippet: WireSnippet): Promise<void> {
    try {
      const kept = await api.keepSnippet(snippet)
      snippets.value = [...snippets.value, kept].toSorted((one, other) => one.trigger.localeCompare(other.trigger))
    } catch (error) {
      tellFailure(failureOf(error), 'The snippet could not be brought back')
    }
  }
}
