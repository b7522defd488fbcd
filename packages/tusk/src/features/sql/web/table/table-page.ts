import type { TableDetails } from '../../../../engine/table-details.ts'
import { h, replace, spinner, textButton } from '../../../../ui/web/dom.ts'
import { icon } from '../../../../ui/web/icons.ts'
import { mount as mountSql } from '../../../../ui/web/sql-block.island.ts'
import { toast } from '../../../../ui/web/toast.ts'
import type { WireConnection, WireTableName } from '../../../../wire.ts'
import { failureBox } from '../failure-box.ts'
import { failureOf } from '../failure-of.ts'
import { environmentBadge } from '../safety/environment.ts'
import { StudioApi } from '../studio-api.ts'
import { createDataSection, type DataSection } from './data-section.ts'
import { openChangeMenu, whyNoDdl } from './forms/table-menus.ts'
import { type SectionView, sectionViews, sizeText } from './section-views.ts'
import { placeOf, type TablePlace, tableAddress } from './table-address.ts'
import { TableApi } from './table-api.ts'

/** The page of one table or view, which its address names: rows, columns, keys and all else that the database tells of it. */
export class TablePage {
  readonly #element: HTMLElement
  readonly #abort = new AbortController()
  readonly #place: TablePlace | undefined
  readonly #header = h('header', { class: 'table-header' })
  readonly #tabs = h('div', { class: 'link-tabs', role: 'tablist', label: 'Parts of the table' })
  readonly #panel = h('div', { class: 'table-panel', role: 'tabpanel', id: 'table-panel' })
  #section = 'data'
  #details: TableDetails | undefined
  #connection: WireConnection | undefined
  #data: DataSection | undefined

  constructor(element: HTMLElement) {
    this.#element = element
    this.#place = placeOf(location.search)
    this.#section = this.#place?.section ?? 'data'
    replace(element, this.#header, this.#tabs, this.#panel)
    this.#tabs.addEventListener('keydown', event => this.#onTabKey(event))
    document.addEventListener(
      'keydown',
      event => {
        if (event.key !== 'F5' || event.ctrlKey || event.defaultPrevented) return
        event.preventDefault()
        void this.#load(true)
      },
      { signal: this.#abort.signal },
    )
    void this.#load(false)
  }

  destroy(): void {
    this.#abort.abort()
    this.#data?.destroy()
  }

  async #load(refresh: boolean): Promise<void> {
    const place = this.#place
    if (place === undefined) {
      replace(
        this.#panel,
        h(
          'div',
          { class: 'empty-state' },
          icon('table'),
          h('p', {}, 'This address names no table.'),
          h('a', { class: 'link', attributes: { href: '/' } }, 'Choose one in the schema of the SQL page'),
        ),
      )
      return
    }
    if (this.#details === undefined)
      replace(
        this.#panel,
        h('p', { class: 'text-muted' }, spinner('Reading'), ' Reading what the database tells of it …'),
      )
    try {
      const [connections, details] = await Promise.all([
        new StudioApi().connections(),
        new TableApi(place.connectionId).details(place.table, refresh, this.#abort.signal),
      ])
      if (this.#abort.signal.aborted) return
      this.#connection = connections.find(({ id }) => id === place.connectionId)
      this.#details = details
      document.title = `${details.name} · Tusk`
      this.#drawHeader(details)
      this.#drawSection(refresh)
      this.#element.dataset.ready = 'true'
    } catch (error) {
      if (this.#abort.signal.aborted) return
      this.#tabs.hidden = true
      replace(
        this.#panel,
        failureBox(
          failureOf(error).error,
          textButton('Try again', () => location.reload(), { icon: 'retry' }),
        ),
      )
    }
  }

  #drawHeader(details: TableDetails): void {
    const { catalog, schema, name, kind, comment } = details
    const connection = this.#connection
    replace(
      this.#header,
      h('a', { class: 'btn btn-ghost btn-sm', attributes: { href: '/' } }, icon('arrowLeft'), 'SQL'),
      h(
        'div',
        { class: 'table-title' },
        h('h1', {}, [catalog, schema, name].filter(part => part !== undefined).join('.')),
        h(
          'p',
          { class: 'text-muted' },
          [kind, connection?.name, sizeText(details), comment]
            .filter(part => part !== undefined && part !== '')
            .join(' · '),
          connection && environmentBadge(connection),
        ),
      ),
      connection && this.#changeButton(connection, details),
      textButton('Refresh', () => void this.#load(true), { icon: 'refresh', shortcut: 'F5' }),
    )
  }

  #changeButton(connection: WireConnection, details: TableDetails): HTMLElement {
    const why = whyNoDdl(connection)
    const button = textButton(
      'Change …',
      () => {
        if (why !== undefined) toast({ kind: 'info', title: 'The structure cannot be changed here', detail: why })
        else
          openChangeMenu(button, {
            connection,
            details,
            onChanged: table => this.#goTo(table),
            onDropped: () => location.assign('/'),
          })
      },
      { icon: 'edit', attributes: { 'aria-haspopup': 'menu' } },
    )
    return button
  }

  /** The table has another name perhaps, and other parts: all is read again. */
  #goTo(table: WireTableName): void {
    if (this.#place === undefined) return
    if (table.name === this.#place.table.name) {
      void this.#load(true)
      return
    }
    this.#data?.destroy()
    location.assign(tableAddress({ ...this.#place, table, section: this.#section, filter: [] }))
  }

  get #views(): readonly SectionView[] {
    const details = this.#details
    if (details === undefined) return []
    return [
      { id: 'data', label: 'Data', draw: () => this.#drawData(details) },
      ...sectionViews(details, this.#place?.connectionId ?? '', sqlText(this.#connection?.engine)),
    ]
  }

  /** The rows stay as they are when another part is looked at, with the changes that wait. */
  #drawSection(anew = false): void {
    const views = this.#views
    const shown = views.find(({ id }) => id === this.#section) ?? views[0]
    if (shown === undefined) return
    this.#tabs.hidden = false
    replace(
      this.#tabs,
      ...views.map(({ id, label, count }) =>
        h(
          'button',
          {
            class: 'link-tab',
            role: 'tab',
            id: `table-tab-${id}`,
            tabIndex: id === shown.id ? 0 : -1,
            attributes: { type: 'button', 'aria-selected': String(id === shown.id), 'aria-controls': 'table-panel' },
            on: { click: () => this.#choose(id) },
          },
          label,
          count !== undefined && count > 0 && h('span', { class: 'count' }, String(count)),
        ),
      ),
    )
    this.#panel.setAttribute('aria-labelledby', `table-tab-${shown.id}`)
    this.#panel.dataset.section = shown.id
    if (anew && this.#data !== undefined && !this.#data.isDirty) {
      this.#data.destroy()
      this.#data = undefined
    }
    replace(this.#panel, shown.draw())
  }

  #drawData(details: TableDetails): HTMLElement {
    const place = this.#place
    const connection = this.#connection
    if (place === undefined || connection === undefined)
      return h('p', { class: 'text-muted' }, 'This connection is not among yours any more.')
    this.#data ??= createDataSection({
      api: new TableApi(place.connectionId),
      connection,
      details,
      place,
      drawSql: sqlText(connection.engine),
    })
    return this.#data.dom
  }

  #choose(id: string): void {
    if (this.#place === undefined || id === this.#section) return
    this.#section = id
    history.replaceState(null, '', tableAddress({ ...this.#place, section: id }))
    this.#drawSection()
    this.#tabs.querySelector<HTMLElement>('[aria-selected=true]')?.focus()
  }

  #onTabKey(event: KeyboardEvent): void {
    const ids = this.#views.map(({ id }) => id)
    const at = ids.indexOf(this.#section)
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: ids.length - 1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    this.#choose(ids[(to + ids.length) % ids.length]!)
  }
}

/** SQL in the colours of the editor. */
function sqlText(engine: string | undefined): (text: string) => HTMLElement {
  return text => {
    const dom = h('pre', { class: 'table-sql' })
    mountSql(dom, { sql: text, ...(engine === undefined ? {} : { dialect: engine }) })
    return dom
  }
}
