import type { ApiError } from '../../../ui/web/api.ts'
import { prompt } from '../../../ui/web/dialog.ts'
import { type Child, h, iconButton, replace, spinner, textButton } from '../../../ui/web/dom.ts'
import { icon } from '../../../ui/web/icons.ts'
import type { WireConnection, WireHistory, WireHistoryEntry } from '../../../wire.ts'
import { engineIcon } from './connection-look.ts'
import { failureBox } from './failure-box.ts'
import { failureOf } from './failure-of.ts'
import { bytes, counted, duration, whenRun } from './format.ts'
import type { HistoryFilter, StudioApi } from './studio-api.ts'

export interface HistoryPanelOptions {
  readonly api: Pick<
    StudioApi,
    'history' | 'historyEntry' | 'nameHistory' | 'removeHistory' | 'clearHistory' | 'pinResult'
  >
  readonly connections: () => readonly WireConnection[]
  readonly onOpen: (entry: WireHistoryEntry) => void
  readonly onClose: () => void
  readonly confirmClear: (connectionName: string | undefined) => Promise<boolean>
  readonly onFailure: (failure: ApiError) => void
}

export interface HistoryPanel {
  readonly dom: HTMLElement
  /** Reads anew: when it is opened, and after a run. */
  reload(): void
  focus(): void
  destroy(): void
}

const searchPause = 200

/** Least milliseconds of an entry, and what it is called. */
const durations = [
  ['', 'Any duration'],
  ['1000', 'Over 1 s'],
  ['10000', 'Over 10 s'],
  ['60000', 'Over a minute'],
  ['600000', 'Over 10 minutes'],
] as const

/** What was run, newest first; more is read as one scrolls. */
export function createHistoryPanel(options: HistoryPanelOptions): HistoryPanel {
  const { api } = options
  let entries: readonly WireHistoryEntry[] = []
  let more = false
  let loading: AbortController | undefined
  let failure: ApiError | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const search = h('input', {
    class: 'studio-search',
    label: 'Search the history',
    attributes: { type: 'search', placeholder: 'Search SQL', autocomplete: 'off', spellcheck: 'false' },
    on: {
      input: () => {
        clearTimeout(timer)
        timer = setTimeout(reload, searchPause)
      },
    },
  })
  const connection = h('select', { label: 'Connection', on: { change: () => reload() } })
  const state = h(
    'select',
    { label: 'State', on: { change: () => reload() } },
    ...(['', 'complete', 'failed', 'cancelled', 'truncated'] as const).map(value =>
      h('option', { attributes: { value } }, value === '' ? 'All states' : value),
    ),
  )
  const slow = h(
    'select',
    { label: 'Duration', on: { change: () => reload() } },
    ...durations.map(([value, words]) => h('option', { attributes: { value } }, words)),
  )
  const kept = h(
    'select',
    { label: 'Names', on: { change: () => reload() } },
    h('option', { attributes: { value: '' } }, 'Named or not'),
    h('option', { attributes: { value: 'named' } }, 'Named'),
  )
  const room = h('p', { class: 'studio-history-room' })
  const list = h('div', { class: 'studio-history-list', role: 'list', label: 'Statements that were run' })
  const end = h('div', { class: 'studio-history-end' })
  const scroller = h('div', { class: 'studio-history-scroller' }, list, end)
  const observer = new IntersectionObserver(
    seen => {
      if (seen.some(entry => entry.isIntersecting) && more && loading === undefined) void load(entries.at(-1)?.id)
    },
    { root: scroller, rootMargin: '400px' },
  )
  observer.observe(end)
  list.addEventListener('keydown', event => {
    const items = [...list.querySelectorAll<HTMLElement>('.studio-history-open')]
    const at = items.indexOf(document.activeElement as HTMLElement)
    const to = event.key === 'ArrowDown' ? at + 1 : event.key === 'ArrowUp' ? at - 1 : -1
    if (at === -1 || items[to] === undefined) return
    event.preventDefault()
    items[to].focus()
  })

  const dom = h(
    'aside',
    {
      class: 'studio-history',
      label: 'History',
      on: { keydown: event => event.key === 'Escape' && options.onClose() },
    },
    h(
      'header',
      { class: 'studio-section-header' },
      h('h2', {}, 'History'),
      iconButton('trash', 'Clear the history', () => void clear()),
      iconButton('close', 'Close the history', options.onClose, { shortcut: 'Ctrl+H' }),
    ),
    h('div', { class: 'studio-search-box' }, icon('search'), search),
    h('div', { class: 'studio-history-filters' }, connection, state, slow, kept),
    scroller,
    room,
  )

  function filter(before?: number): HistoryFilter {
    return {
      search: search.value.trim() || undefined,
      connectionId: connection.value || undefined,
      state: (state.value || undefined) as WireHistoryEntry['state'] | undefined,
      leastMilliseconds: slow.value === '' ? undefined : Number(slow.value),
      named: kept.value === 'named' || undefined,
      before,
    }
  }

  async function load(before?: number): Promise<void> {
    loading?.abort()
    const controller = new AbortController()
    loading = controller
    failure = undefined
    draw()
    try {
      const page = await api.history(filter(before), controller.signal)
      entries = before === undefined ? page.entries : [...entries, ...page.entries]
      more = page.more
      room.textContent = roomText(page.usage)
    } catch (error) {
      if (controller.signal.aborted) return
      failure = failureOf(error)
    }
    if (loading === controller) loading = undefined
    draw(before !== undefined)
  }

  function reload(): void {
    const chosen = connection.value
    replace(
      connection,
      h('option', { attributes: { value: '' } }, 'All connections'),
      ...options.connections().map(({ id, name }) => h('option', { attributes: { value: id } }, name)),
    )
    connection.value = chosen
    void load()
  }

  function draw(appended = false): void {
    const shown = appended ? list.childElementCount : 0
    if (!appended && loading === undefined) list.replaceChildren()
    if (appended || loading === undefined) for (const entry of entries.slice(shown)) list.append(item(entry))
    const atEnd: Child[] = []
    if (loading !== undefined) atEnd.push(spinner(), 'Loading …')
    else if (failure !== undefined)
      atEnd.push(failureBox(failure.error, textButton('Try again', reload, { icon: 'refresh' })))
    else if (entries.length === 0) atEnd.push(nothing())
    replace(end, ...atEnd)
  }

  function nothing(): HTMLElement {
    const filtered = [search, connection, state, slow, kept].some(({ value }) => value !== '')
    return h('p', { class: 'studio-hint' }, filtered ? 'Nothing like that was run.' : 'What you run is listed here.')
  }

  function item(entry: WireHistoryEntry): HTMLElement {
    const good = entry.state === 'complete'
    const facts = [
      whenRun(entry.startedAt),
      duration(entry.milliseconds),
      entry.state === 'failed' ? undefined : counted(entry.rowCount, 'row'),
      valuesText(entry.values, 80),
      entry.rows === 'gone' ? 'rows expired' : entry.rows === 'pinned' ? 'pinned' : undefined,
    ].filter(Boolean)
    const row = h(
      'div',
      { class: 'studio-history-entry', role: 'listitem' },
      h(
        'button',
        {
          class: 'studio-history-open',
          title: [entry.sql.slice(0, 1_500), valuesText(entry.values), entry.error].filter(Boolean).join('\n\n'),
          attributes: { type: 'button' },
          on: { click: () => void open(entry) },
        },
        entry.name !== undefined && h('strong', { class: 'studio-history-name' }, entry.name),
        h('code', {}, entry.sql.replace(/\s+/g, ' ').slice(0, 240)),
        entry.state === 'failed' &&
          entry.error !== undefined &&
          h('span', { class: 'studio-history-error' }, entry.error),
        h(
          'span',
          { class: 'studio-history-facts' },
          h(
            'span',
            { class: good ? 'studio-tone-ok' : entry.state === 'failed' ? 'studio-tone-error' : 'studio-tone-warn' },
            icon(
              good
                ? 'complete'
                : entry.state === 'failed'
                  ? 'alert'
                  : entry.state === 'cancelled'
                    ? 'cancelled'
                    : 'truncated',
            ),
          ),
          facts.join(' · '),
          h('span', { class: 'studio-history-connection' }, engineIcon(entry.engine), entry.connectionName),
        ),
      ),
      h(
        'div',
        { class: 'studio-history-actions' },
        (entry.rows === 'kept' || entry.rows === 'pinned') &&
          iconButton(
            entry.rows === 'pinned' ? 'unpin' : 'pin',
            entry.rows === 'pinned' ? 'Unpin: its rows may be swept' : 'Pin: keep its rows',
            () => void pin(entry, row),
          ),
        iconButton('edit', 'Name this entry', () => void rename(entry, row)),
        iconButton('trash', 'Delete this entry', () => void remove(entry, row)),
      ),
    )
    return row
  }

  async function open(entry: WireHistoryEntry): Promise<void> {
    try {
      options.onOpen(entry.cut === true ? { ...entry, ...(await api.historyEntry(entry.id)) } : entry)
    } catch (error) {
      options.onFailure(failureOf(error))
    }
  }

  /** Shows an entry as it is now, with the focus where it was. */
  function renew(row: HTMLElement, entry: WireHistoryEntry, focus: string): void {
    entries = entries.map(other => (other.id === entry.id ? entry : other))
    const made = item(entry)
    row.replaceWith(made)
    made.querySelector<HTMLElement>(`[aria-label^="${focus}"]`)?.focus()
  }

  async function pin(entry: WireHistoryEntry, row: HTMLElement): Promise<void> {
    const pinned = entry.rows !== 'pinned'
    try {
      await api.pinResult(entry.resultId ?? '', pinned)
      renew(row, { ...entry, rows: pinned ? 'pinned' : 'kept' }, pinned ? 'Unpin' : 'Pin')
    } catch (error) {
      options.onFailure(failureOf(error))
    }
  }

  async function rename(entry: WireHistoryEntry, row: HTMLElement): Promise<void> {
    const { name: old = '' } = entry
    const wanted = await prompt({
      title: 'Name this entry',
      label: 'Name',
      value: old,
      message: 'It is kept in the history as long as it has a name. Empty: no name.',
      confirmLabel: 'Save',
    })
    if (wanted === null || wanted.trim() === old) return
    try {
      await api.nameHistory(entry.id, wanted)
      const { name: _, ...rest } = entry
      renew(row, wanted.trim() === '' ? rest : { ...rest, name: wanted.trim() }, 'Name this')
    } catch (error) {
      options.onFailure(failureOf(error))
    }
  }

  async function remove(entry: WireHistoryEntry, row: HTMLElement): Promise<void> {
    try {
      await api.removeHistory(entry.id)
      entries = entries.filter(other => other.id !== entry.id)
      const next = (row.nextElementSibling ?? row.previousElementSibling)?.querySelector<HTMLElement>('button')
      row.remove()
      next?.focus()
      if (entries.length === 0) draw()
    } catch (error) {
      options.onFailure(failureOf(error))
    }
  }

  async function clear(): Promise<void> {
    const only = connection.value || undefined
    const name = options.connections().find(({ id }) => id === only)?.name
    if (!(await options.confirmClear(name))) return
    try {
      await api.clearHistory(only)
      reload()
    } catch (error) {
      options.onFailure(failureOf(error))
    }
  }

  return {
    dom,
    reload,
    focus: () => search.focus(),
    destroy() {
      clearTimeout(timer)
      loading?.abort()
      observer.disconnect()
    },
  }
}

/** `from = 2026-01-01, name = NULL`; undefined without parameters. */
function valuesText(values: WireHistoryEntry['values'], most = 1_500): string | undefined {
  if (values === undefined) return undefined
  const text = Object.entries(values)
    .map(([name, { value }]) => `${name} = ${value ?? 'NULL'}`)
    .join(', ')
  return text.length > most ? `${text.slice(0, most)}…` : text
}

function roomText({ bytes: used, quotaBytes }: WireHistory['usage']): string {
  return `Rows of results: ${bytes(used)} of ${bytes(quotaBytes)}. When it is full the oldest go first; pinned ones and those with an @name stay.`
}
