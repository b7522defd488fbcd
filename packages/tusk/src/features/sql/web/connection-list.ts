import { h, iconButton, replace, spinner, textButton } from '../../../ui/web/dom.ts'
import { icon } from '../../../ui/web/icons.ts'
import type { WireConnection } from '../../../wire.ts'
import { colorMark, engineIcon, whereTo } from './connection-look.ts'
import type { Connections } from './connections.ts'
import { failureBox } from './failure-box.ts'
import { connectionColor, environmentBadge, environmentOf } from './safety/environment.ts'

export type ConnectionStatus = 'unknown' | 'loading' | 'ready' | 'transaction' | 'failed'

export interface ConnectionListOptions {
  readonly connections: Connections
  readonly active: () => string | null | undefined
  readonly status: (id: string) => ConnectionStatus
  readonly onChoose: (connection: WireConnection) => void
  /** Absent: new ones are not open to the person. */
  readonly onAdd?: () => void
  /** Tries again to reach the database. */
  readonly onReconnect: (connection: WireConnection) => void
  readonly onMenu: (connection: WireConnection, anchor: HTMLElement | MouseEvent) => void
}

export interface ConnectionList {
  readonly dom: HTMLElement
  draw(): void
}

const failedText = 'The last attempt to connect failed'

function statusDot(status: 'ready' | 'transaction'): HTMLElement {
  const title = status === 'ready' ? 'Connected' : 'The tab in front has an open transaction'
  return h(
    'span',
    { class: 'studio-session', title, role: 'img', label: title, attributes: { 'data-state': status } },
    h('span', { class: 'studio-session-dot' }),
  )
}

/** The saved connections; the chosen one is that of the tab in front. */
export function createConnectionList(options: ConnectionListOptions): ConnectionList {
  const { connections } = options
  const list = h('div', { class: 'studio-connections', role: 'listbox', label: 'Connections' })
  const dom = h(
    'section',
    { class: 'studio-section', label: 'Connections' },
    h(
      'header',
      { class: 'studio-section-header' },
      h('h2', {}, 'Connections'),
      options.onAdd && iconButton('plus', 'New connection', options.onAdd),
    ),
    list,
  )
  list.addEventListener('keydown', event => {
    const items = [...list.querySelectorAll<HTMLElement>('[role=option]')]
    const at = items.indexOf(document.activeElement as HTMLElement)
    const to = event.key === 'ArrowDown' ? at + 1 : event.key === 'ArrowUp' ? at - 1 : -1
    if (at === -1 || items[to] === undefined) return
    event.preventDefault()
    items[to].focus()
  })

  // A row that says the same as before stays: a click is lost when its row goes between pressing and letting go.
  const rows = new Map<string, { readonly says: string; readonly row: HTMLElement }>()
  const item = (connection: WireConnection): HTMLElement => {
    const active = options.active() === connection.id
    const status = options.status(connection.id)
    const says = JSON.stringify([connection, status])
    const old = rows.get(connection.id)
    const row = old?.says === says ? old.row : newRow(connection, status)
    rows.set(connection.id, { says, row })
    row.tabIndex = active ? 0 : -1
    row.ariaSelected = String(active)
    return row
  }

  const newRow = (connection: WireConnection, status: ConnectionStatus): HTMLElement => {
    const row = h(
      'div',
      {
        class: 'studio-connection',
        role: 'option',
        title: [connection.name, environmentOf(connection)?.label, whereTo(connection)].filter(Boolean).join('\n'),
        attributes: { 'data-id': connection.id },
        on: {
          click: () => options.onChoose(connection),
          keydown: event => {
            if (event.target !== row) return
            if (event.key === 'Enter' || event.key === ' ') options.onChoose(connection)
            else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey))
              options.onMenu(connection, row)
            else return
            event.preventDefault()
          },
          contextmenu: event => {
            event.preventDefault()
            options.onMenu(connection, event)
          },
        },
      },
      colorMark(connectionColor(connection)),
      engineIcon(connection.engine),
      h('span', { class: 'studio-connection-name' }, connection.name),
      environmentBadge(connection),
      connection.readOnly &&
        h('span', { class: 'studio-badge', title: 'Read-only: the database refuses to write' }, icon('lock'), 'RO'),
      connection.eachSignsIn &&
        !connection.signedIn &&
        h('span', { class: 'studio-badge', title: 'It wants your own user and password' }, 'sign in'),
      connection.level === 'view' &&
        h('span', { class: 'studio-badge', title: 'You see its schema and cannot run SQL on it' }, 'view only'),
      connection.sharedBy !== undefined &&
        h('span', { class: 'studio-badge', title: `Shared by ${connection.sharedBy}` }, connection.sharedBy),
      connection.sample && h('span', { class: 'studio-badge', title: 'Sample data that came with Tusk' }, 'sample'),
      status === 'loading' && spinner('Connecting'),
      (status === 'ready' || status === 'transaction') && statusDot(status),
      status === 'failed' && h('span', { class: 'studio-warn', title: failedText }, icon('warning')),
      status === 'failed' &&
        iconButton(
          'refresh',
          `Reconnect ${connection.name}`,
          event => {
            event.stopPropagation()
            options.onReconnect(connection)
          },
          { tabIndex: -1 },
        ),
      iconButton(
        'more',
        `Actions of ${connection.name}`,
        event => {
          event.stopPropagation()
          options.onMenu(connection, event.currentTarget as HTMLElement)
        },
        { tabIndex: -1 },
      ),
    )
    return row
  }

  const draw = (): void => {
    const known = connections.list.value
    const failure = connections.failure.value
    const focusedId = (document.activeElement as HTMLElement | null)?.dataset?.id
    if (known === undefined && failure !== undefined) {
      replace(
        list,
        failureBox(
          failure.error,
          textButton('Try again', () => void connections.load(), { icon: 'refresh' }),
        ),
      )
    } else if (known === undefined) {
      replace(list, h('p', { class: 'studio-hint' }, spinner(), 'Loading …'))
    } else if (known.length === 0) {
      replace(
        list,
        h(
          'p',
          { class: 'studio-hint' },
          options.onAdd === undefined
            ? 'No connection is open to you yet. Somebody who owns one can share it with your group.'
            : 'No connection yet. Add a PostgreSQL server, a SQLite or DuckDB file.',
        ),
        options.onAdd && textButton('Add a connection', options.onAdd, { icon: 'plus', class: 'btn-primary' }),
      )
    } else {
      const shown = known.map(item)
      if (shown.length !== list.children.length || shown.some((row, at) => row !== list.children[at]))
        replace(list, ...shown)
      for (const id of rows.keys()) if (!known.some(one => one.id === id)) rows.delete(id)
      if (list.querySelector('[role=option][tabindex="0"]') === null)
        list.querySelector<HTMLElement>('[role=option]')!.tabIndex = 0
      if (focusedId !== undefined) list.querySelector<HTMLElement>(`[data-id="${CSS.escape(focusedId)}"]`)?.focus()
    }
  }
  connections.list.watch(draw)
  connections.failure.onChange(draw)
  return { dom, draw }
}
