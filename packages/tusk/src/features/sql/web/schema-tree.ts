import { h, iconButton } from '../../../ui/web/dom.ts'
import { icon } from '../../../ui/web/icons.ts'
import type { WireColumn, WireRelation } from '../../../wire.ts'
import { type Catalog, type ConnectionSchema, relationKey } from './catalog.ts'
import { parentIndex, rowIndex, schemaKey, type TreeRow, treeRows, typeAhead } from './tree-model.ts'
import { paintRow } from './tree-row-view.ts'

export interface SchemaTreeOptions {
  readonly catalog: Catalog
  /** Enter and double click. */
  readonly onOpenRelation: (relation: WireRelation) => void
  readonly onInsertColumn: (column: WireColumn) => void
  /** Absent: files are not open to the person. */
  readonly onImport?: (() => void) | undefined
  /** Offers what can be made in a schema. */
  readonly onCreate: (anchor: HTMLElement) => void
  readonly onMenu: (relation: WireRelation, anchor: HTMLElement | MouseEvent) => void
}

export interface RelationRef {
  readonly catalog?: string
  readonly schema: string
  readonly name: string
}

export interface SchemaTree {
  readonly dom: HTMLElement
  /** Shows the schema of another connection, and reads it when it is not known yet. */
  show(connectionId: string | undefined): void
  refresh(): void
  focusSearch(): void
  /** Opens the table's row, goes there, and to the column's once it is read. */
  reveal(relation: RelationRef, column?: string): Promise<void>
  destroy(): void
}

const rowHeight = 26
const overscan = 8
const typeAheadPause = 700

/** Schemas, tables and columns of a connection: only the lines on the screen are in the page, so 5,000 tables are as fluent as 5. */
export function createSchemaTree(options: SchemaTreeOptions): SchemaTree {
  return new DomSchemaTree(options)
}

class DomSchemaTree implements SchemaTree {
  readonly dom: HTMLElement
  readonly #options: SchemaTreeOptions
  readonly #search: HTMLInputElement
  readonly #system: HTMLButtonElement
  readonly #reload: HTMLButtonElement
  readonly #create = iconButton('plus', 'New table or view', () => this.#options.onCreate(this.#create))
  readonly #tree: HTMLElement
  readonly #canvas: HTMLElement
  readonly #lines: HTMLElement[] = []
  readonly #resize: ResizeObserver
  readonly #id = `tree-${crypto.randomUUID()}`
  #connectionId: string | undefined
  #stop: () => void = () => {}
  #schema: ConnectionSchema | undefined
  #rows: readonly TreeRow[] = []
  #toggled = new Map<string, Set<string>>()
  #activeKey: string | undefined
  #showSystem = false
  #frame = 0
  #typed = ''
  #typedAt = 0

  constructor(options: SchemaTreeOptions) {
    this.#options = options
    this.#search = h('input', {
      class: 'studio-search',
      label: 'Search tables and columns',
      attributes: { type: 'search', placeholder: 'Search tables', autocomplete: 'off', spellcheck: 'false' },
      on: {
        input: () => {
          this.#tree.scrollTop = 0
          this.#derive()
        },
        keydown: event => {
          if (event.key === 'ArrowDown') this.#tree.focus()
          else if (event.key === 'Escape' && this.#search.value !== '') {
            this.#search.value = ''
            this.#derive()
          } else return
          event.preventDefault()
          event.stopPropagation()
        },
      },
    })
    this.#system = iconButton('settings', 'Show system schemas', () => {
      this.#showSystem = !this.#showSystem
      this.#system.ariaPressed = String(this.#showSystem)
      this.#derive()
    })
    this.#system.ariaPressed = 'false'
    this.#reload = iconButton('refresh', 'Refresh the schema', () => this.refresh(), { shortcut: 'F5' })
    this.#canvas = h('div', { class: 'studio-tree-canvas', role: 'presentation' })
    this.#tree = h(
      'div',
      {
        class: 'studio-tree',
        role: 'tree',
        label: 'Schema',
        tabIndex: 0,
        on: {
          scroll: () => this.#schedule(),
          focus: () => this.#onFocus(),
          keydown: event => this.#onKey(event),
          click: event => this.#onClick(event),
          dblclick: event => this.#onDoubleClick(event),
          contextmenu: event => this.#onContextMenu(event),
        },
      },
      this.#canvas,
    )
    this.dom = h(
      'section',
      { class: 'studio-section studio-schema', label: 'Schema' },
      h(
        'header',
        { class: 'studio-section-header' },
        h('h2', {}, 'Schema'),
        this.#create,
        options.onImport && iconButton('upload', 'Import a file', options.onImport),
        this.#system,
        this.#reload,
      ),
      h('div', { class: 'studio-search-box' }, icon('search'), this.#search),
      this.#tree,
    )
    this.#resize = new ResizeObserver(() => this.#schedule())
    this.#resize.observe(this.#tree)
  }

  show(connectionId: string | undefined): void {
    if (connectionId === this.#connectionId) return
    this.#stop()
    this.#connectionId = connectionId
    this.#activeKey = undefined
    this.#tree.scrollTop = 0
    this.#schema = undefined
    this.#derive()
    if (connectionId === undefined) return
    this.#stop = this.#options.catalog.of(connectionId).watch(schema => {
      this.#schema = schema
      this.#derive()
    })
    void this.#options.catalog.load(connectionId)
  }

  refresh(): void {
    if (this.#connectionId !== undefined) void this.#reloadAll(this.#connectionId)
  }

  focusSearch(): void {
    this.#search.focus()
    this.#search.select()
  }

  async reveal(ref: RelationRef, column?: string): Promise<void> {
    const key = relationKey(ref)
    const known = this.#schema?.relations.state === 'ready' ? this.#schema.relations.value : undefined
    const relation = known?.relations.find(one => relationKey(one) === key)
    const connectionId = this.#connectionId
    if (known === undefined || relation === undefined || connectionId === undefined) return
    this.#search.value = ''
    if (relation.system === true) {
      this.#showSystem = true
      this.#system.ariaPressed = 'true'
    }
    const schema = ref.catalog === undefined ? ref.schema : `${ref.catalog}.${ref.schema}`
    // A schema is open at first when it is on the search path.
    if (known.searchPath.includes(schema)) this.#open.delete(schemaKey(schema))
    else this.#open.add(schemaKey(schema))
    this.#open.add(key)
    this.#derive()
    this.#moveTo(rowIndex(this.#rows, key))
    this.#tree.focus()
    await this.#options.catalog.loadColumns(connectionId, relation)
    if (connectionId !== this.#connectionId) return
    this.#derive()
    const at = this.#rows.findIndex(
      row => row.kind === 'column' && relationKey(row.relation) === key && row.column.name === column,
    )
    if (at !== -1) this.#moveTo(at)
  }

  destroy(): void {
    this.#stop()
    this.#resize.disconnect()
    cancelAnimationFrame(this.#frame)
  }

  async #reloadAll(connectionId: string): Promise<void> {
    await this.#options.catalog.load(connectionId, true)
    for (const row of this.#rows) if (row.kind === 'relation' && row.open) this.#loadColumns(row.relation)
  }

  get #open(): Set<string> {
    const id = this.#connectionId ?? ''
    let open = this.#toggled.get(id)
    if (open === undefined) {
      open = new Set()
      this.#toggled.set(id, open)
    }
    return open
  }

  #derive(): void {
    const view = { toggled: this.#open, search: this.#search.value, showSystem: this.#showSystem }
    this.#rows = this.#schema === undefined ? [] : treeRows(this.#schema, view)
    this.#reload.classList.toggle('studio-spinning', this.#schema?.relations.state === 'loading')
    this.#canvas.style.height = `${this.#rows.length * rowHeight}px`
    this.#schedule()
  }

  #schedule(): void {
    if (this.#frame !== 0) return
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0
      this.#paint()
    })
  }

  #paint(): void {
    const first = Math.max(0, Math.floor(this.#tree.scrollTop / rowHeight) - overscan)
    const end = Math.min(
      this.#rows.length,
      Math.ceil((this.#tree.scrollTop + this.#tree.clientHeight) / rowHeight) + overscan,
    )
    while (this.#lines.length < end - first) this.#addLine()
    for (const [at, line] of this.#lines.entries()) {
      const row = this.#rows[first + at]
      line.hidden = row === undefined || first + at >= end
      if (row === undefined) continue
      const index = first + at
      paintRow(line, row, () => this.#retry(row))
      line.dataset.index = String(index)
      line.id = `${this.#id}-${index}`
      line.ariaSelected = String(row.key === this.#activeKey)
      line.ariaPosInSet = String(index + 1)
      line.ariaSetSize = String(this.#rows.length)
      line.style.transform = `translateY(${index * rowHeight}px)`
    }
    const active = this.#activeIndex
    if (active === -1) this.#tree.removeAttribute('aria-activedescendant')
    else this.#tree.setAttribute('aria-activedescendant', `${this.#id}-${active}`)
  }

  #addLine(): void {
    const line = h('div', { role: 'treeitem' })
    this.#lines.push(line)
    this.#canvas.append(line)
  }

  /** Whoever comes by keyboard stands on a row from the start. */
  #onFocus(): void {
    if (this.#activeIndex !== -1 || !this.#tree.matches(':focus-visible')) return
    this.#activeKey = this.#rows[0]?.key
    this.#schedule()
  }

  get #activeIndex(): number {
    return this.#activeKey === undefined ? -1 : rowIndex(this.#rows, this.#activeKey)
  }

  #rowOf(event: Event): TreeRow | undefined {
    const line = (event.target as Element).closest<HTMLElement>('[data-index]')
    return line === null ? undefined : this.#rows[Number(line.dataset.index)]
  }

  #onClick(event: MouseEvent): void {
    const row = this.#rowOf(event)
    if (row === undefined) return
    this.#activeKey = row.key
    const chevron = (event.target as Element).closest('.studio-chevron') !== null
    if (row.kind === 'schema' || (row.kind === 'relation' && chevron)) this.#toggle(row)
    else this.#schedule()
  }

  #onDoubleClick(event: MouseEvent): void {
    if ((event.target as Element).closest('.studio-chevron') !== null) return
    const row = this.#rowOf(event)
    if (row?.kind === 'relation' || row?.kind === 'column') this.#useRow(row)
  }

  #onContextMenu(event: MouseEvent): void {
    const row = this.#rowOf(event)
    if (row?.kind !== 'relation') return
    event.preventDefault()
    this.#activeKey = row.key
    this.#schedule()
    this.#options.onMenu(row.relation, event)
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const at = this.#activeIndex
    const row = this.#rows[at]
    const page = Math.max(1, Math.floor(this.#tree.clientHeight / rowHeight) - 1)
    switch (event.key) {
      case 'ArrowDown':
        this.#moveTo(at + 1)
        break
      case 'ArrowUp':
        this.#moveTo(at - 1)
        break
      case 'PageDown':
        this.#moveTo(at + page)
        break
      case 'PageUp':
        this.#moveTo(at - page)
        break
      case 'Home':
        this.#moveTo(0)
        break
      case 'End':
        this.#moveTo(this.#rows.length - 1)
        break
      case 'ArrowRight':
        if (row?.kind !== 'schema' && row?.kind !== 'relation') break
        if (row.open) this.#moveTo(at + 1)
        else this.#toggle(row)
        break
      case 'ArrowLeft':
        if ((row?.kind === 'schema' || row?.kind === 'relation') && row.open) this.#toggle(row)
        else if (at !== -1) this.#moveTo(parentIndex(this.#rows, at))
        break
      case 'Enter':
        if (row?.kind === 'schema') this.#toggle(row)
        else if (row?.kind === 'failed') this.#retry(row)
        else if (row !== undefined) this.#useRow(row)
        break
      case ' ':
        if (row?.kind === 'schema' || row?.kind === 'relation') this.#toggle(row)
        break
      case 'F10':
      case 'ContextMenu':
        if ((event.key === 'F10' && !event.shiftKey) || row?.kind !== 'relation') return
        this.#options.onMenu(
          row.relation,
          this.#canvas.querySelector<HTMLElement>(`[id="${this.#id}-${at}"]`) ?? this.#tree,
        )
        break
      default:
        if (event.key.length !== 1 || event.key === '?') return
        this.#typeAhead(event.key, at)
    }
    event.preventDefault()
  }

  #typeAhead(letter: string, at: number): void {
    const now = performance.now()
    const fresh = now - this.#typedAt > typeAheadPause
    this.#typed = fresh ? letter : this.#typed + letter
    this.#typedAt = now
    const found = typeAhead(this.#rows, Math.max(0, fresh ? at + 1 : at), this.#typed)
    if (found !== -1) this.#moveTo(found)
  }

  #moveTo(index: number): void {
    const at = Math.max(0, Math.min(index, this.#rows.length - 1))
    const row = this.#rows[at]
    if (row === undefined) return
    this.#activeKey = row.key
    const top = at * rowHeight
    const { scrollTop, clientHeight } = this.#tree
    if (top < scrollTop) this.#tree.scrollTop = top
    else if (top + rowHeight > scrollTop + clientHeight) this.#tree.scrollTop = top + rowHeight - clientHeight
    this.#schedule()
  }

  #toggle(row: TreeRow): void {
    if (row.kind !== 'schema' && row.kind !== 'relation') return
    if (!this.#open.delete(row.key)) this.#open.add(row.key)
    if (row.kind === 'relation' && !row.open) this.#loadColumns(row.relation)
    this.#derive()
  }

  #useRow(row: TreeRow): void {
    if (row.kind === 'relation') this.#options.onOpenRelation(row.relation)
    else if (row.kind === 'column') this.#options.onInsertColumn(row.column)
  }

  #retry(row: TreeRow): void {
    if (row.kind !== 'failed') return
    if (row.relation === undefined) this.refresh()
    else this.#loadColumns(row.relation)
  }

  #loadColumns(relation: WireRelation): void {
    if (this.#connectionId !== undefined) void this.#options.catalog.loadColumns(this.#connectionId, relation)
  }
}
