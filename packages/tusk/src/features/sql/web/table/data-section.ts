import { rowKey } from '../../../../dialect/rows/row-key.ts'
import type { TableDetails } from '../../../../engine/table-details.ts'
import { confirm, openDialog } from '../../../../ui/web/dialog.ts'
import { h, replace, spinner, textButton } from '../../../../ui/web/dom.ts'
import type { GridEditing } from '../../../../ui/web/grid/edit/grid-editing.ts'
import { createGrid, type Grid } from '../../../../ui/web/grid/grid.ts'
import { isFiltered } from '../../../../ui/web/grid/grid-source.ts'
import type { PopoverAnchor } from '../../../../ui/web/grid/popover.ts'
import { icon } from '../../../../ui/web/icons.ts'
import type { MenuItem, MenuItems } from '../../../../ui/web/menu.ts'
import type { ResultSource } from '../../../../ui/web/result-source.ts'
import { toast } from '../../../../ui/web/toast.ts'
import type { WireConnection, WireNewValue, WireTableChanges } from '../../../../wire.ts'
import { failureBox } from '../failure-box.ts'
import { failureOf } from '../failure-of.ts'
import { counted } from '../format.ts'
import { confirmLosses } from '../safety/confirm-losses.ts'
import { copyText, tellFailure } from '../tell.ts'
import { openCellEditor } from './edit/cell-editor.ts'
import { createChangesPanel } from './edit/changes-panel.ts'
import { lossInSqlite } from './edit/check-value.ts'
import { askConflict } from './edit/conflict-dialog.ts'
import { guardView } from './edit/guard-view.ts'
import { PendingChanges, type SeenRow } from './edit/pending-changes.ts'
import { foreignLinks } from './foreign-links.ts'
import { type TablePlace, tableAddress } from './table-address.ts'
import type { TableApi } from './table-api.ts'
import { readRows, seenRow } from './table-rows.ts'
import { whyFixed, whyNoEditing } from './why-not.ts'

export interface DataSectionOptions {
  readonly api: TableApi
  readonly connection: WireConnection
  readonly details: TableDetails
  readonly place: TablePlace
  readonly drawSql: (text: string) => HTMLElement
}

export interface DataSection {
  readonly dom: HTMLElement
  /** There are changes that would be lost. */
  readonly isDirty: boolean
  destroy(): void
}

const limits: readonly (readonly [label: string, rows: number | undefined])[] = [
  ['1,000', 1_000],
  ['10,000', 10_000],
  ['100,000', 100_000],
  ['all', undefined],
]

/** The rows of a table: read as a run, shown in the grid, and edited where they can be told apart. */
export function createDataSection(options: DataSectionOptions): DataSection {
  return new DomDataSection(options)
}

class DomDataSection implements DataSection {
  readonly dom = h('div', { class: 'table-data' })
  readonly #options: DataSectionOptions
  readonly #abort = new AbortController()
  readonly #box = h('div', { class: 'table-grid' })
  readonly #status = h('span', { class: 'text-muted', role: 'status' })
  readonly #limit: HTMLSelectElement
  readonly #add: HTMLButtonElement
  readonly #remove: HTMLButtonElement
  readonly #panel = createChangesPanel({
    onUndo: ({ id }) => this.#change(pending => pending.undo(id)),
    onGoTo: item => {
      this.#grid?.reveal(item.row, this.#columnAt(item.column))
      this.#grid?.focus()
    },
    onPreview: () => void this.#preview(),
    onSave: () => void this.#save(),
    onDiscard: () => void this.#discard(),
  })
  readonly #why: string | undefined
  #reading = new AbortController()
  #source: ResultSource | undefined
  #grid: Grid | undefined
  #pending: PendingChanges | undefined
  #opening: { typed: string } | undefined
  #saving = false
  #failure: HTMLElement | undefined

  constructor(options: DataSectionOptions) {
    this.#options = options
    this.#why = whyNoEditing(options.details, options.connection)
    this.#limit = h(
      'select',
      { class: 'select select-sm', id: 'table-limit', on: { change: () => void this.#read() } },
      ...limits.map(([label], at) => h('option', { attributes: { value: String(at) } }, label)),
    )
    this.#add = textButton('Add row', () => this.#addRow(), { icon: 'plus' })
    this.#remove = textButton('Delete row', () => void this.#deleteRow(), { icon: 'trash' })
    this.#add.hidden = this.#remove.hidden = this.#why !== undefined
    const { filter = [] } = options.place
    this.dom.append(
      h(
        'div',
        { class: 'table-bar' },
        h('label', { attributes: { for: 'table-limit' } }, 'Rows'),
        this.#limit,
        textButton('Read again', () => void this.#readAnew(), { icon: 'refresh', shortcut: 'F5' }),
        this.#add,
        this.#remove,
        filter.length > 0 &&
          h(
            'span',
            { class: 'table-filter' },
            icon('filter'),
            filter.map(({ column, value }) => `${column} = ${value}`).join(' and '),
            h(
              'a',
              { class: 'link', attributes: { href: tableAddress({ ...options.place, filter: [] }) } },
              'Show all rows',
            ),
          ),
        this.#status,
      ),
      this.#why === undefined ? '' : h('p', { class: 'table-why' }, icon('lock'), `To look at only. ${this.#why}`),
      h('div', { class: 'table-data-main' }, this.#box, this.#panel.dom),
    )
    const { signal } = this.#abort
    // Before the grid, whose Ctrl+Z undoes sorting and filters.
    this.dom.addEventListener('keydown', event => this.#onKey(event), { signal, capture: true })
    window.addEventListener('beforeunload', event => this.isDirty && event.preventDefault(), { signal })
    void this.#read()
  }

  get isDirty(): boolean {
    return this.#pending?.isEmpty === false
  }

  destroy(): void {
    this.#abort.abort()
    this.#reading.abort()
    this.#grid?.destroy()
    this.#source?.destroy()
  }

  get #request() {
    const { filter = [] } = this.#options.place
    const limit = limits[Number(this.#limit.value)]?.[1]
    return { table: this.#options.place.table, filter, ...(limit === undefined ? {} : { limit }) }
  }

  /** F5: changes that wait would lose their rows. */
  async #readAnew(): Promise<void> {
    if (!this.isDirty || (await this.#discard())) await this.#read()
  }

  /** Reads the rows; what is shown stays until the first are there. With `keepPlace` until all are, and the grid stays where it is. */
  async #read(keepPlace = false): Promise<void> {
    this.#reading.abort()
    this.#reading = new AbortController()
    const signal = AbortSignal.any([this.#abort.signal, this.#reading.signal])
    replace(this.#status, spinner('Reading'), ' Reading the rows …')
    const view = this.#source?.view
    try {
      const source = await readRows(this.#options.api, this.#request, signal, begun => {
        if (!keepPlace) this.#show(begun, false)
      })
      if (keepPlace) {
        if (view !== undefined && (view.sort.length > 0 || isFiltered(view))) await source.setView?.(view, signal)
        this.#show(source, true)
      }
      this.#sayRows()
    } catch (error) {
      if (signal.aborted) return
      replace(this.#status)
      const failure = failureBox(
        failureOf(error).error,
        textButton('Try again', () => void this.#read(), { icon: 'retry' }),
      )
      if (this.#grid === undefined) replace(this.#box, failure)
      else tellFailure(failureOf(error), 'The rows could not be read')
    }
  }

  #show(source: ResultSource, keepPlace: boolean): void {
    const before = this.#source
    this.#source = source
    this.#pending = new PendingChanges(
      source.schema.fields.map(({ name }) => name),
      () => source.rowCount,
    )
    const guarded = guardView(source, () =>
      this.isDirty ? 'Save or discard your changes first: in another order they would be at other rows.' : undefined,
    )
    const props = {
      source: guarded,
      label: `Rows of ${this.#options.place.table.name}`,
      editing: this.#editing(),
    }
    if (this.#grid === undefined) {
      replace(this.#box)
      this.#grid = createGrid(this.#box, props)
    } else this.#grid.update(props, { keepPlace })
    before?.destroy()
    this.#drawChanges()
  }

  #sayRows(): void {
    const { source, details } = { source: this.#source, details: this.#options.details }
    if (source === undefined) return
    const limit = limits[Number(this.#limit.value)]?.[1]
    const key = rowKey(details)
    const order = key === undefined ? '' : `, by ${key.columns.join(', ')}`
    replace(
      this.#status,
      limit !== undefined && source.totalRowCount >= limit
        ? `The first ${counted(source.totalRowCount, 'row')}${order}; there may be more.`
        : `${counted(source.totalRowCount, 'row')}${order}`,
    )
  }

  // ---- editing -----------------------------------------------------------------------------------------------------------

  #editing(): GridEditing {
    const pending = (): PendingChanges | undefined => this.#pending
    return {
      get addedRows() {
        return pending()?.addedRows ?? 0
      },
      cell: (row, column) => pending()?.cell(row, column),
      rowMark: row => pending()?.rowMark(row),
      edit: (row, column, anchor, typed) => void this.#edit(row, column, anchor, typed),
      menu: (row, column, anchor) => this.#menu(row, column, anchor),
    }
  }

  #columnAt(name: string | undefined): number | undefined {
    const at = this.#source?.schema.fields.findIndex(field => field.name === name) ?? -1
    return at === -1 ? undefined : at
  }

  /** Why a cell takes no value; undefined: it does. */
  #whyNot(row: number, column: number): string | undefined {
    if (this.#why !== undefined) return this.#why
    if (this.#saving) return 'Your changes are being saved.'
    if (this.#source?.state === 'storing') return 'The rows are still being read.'
    if (this.#pending?.isDeleted(row) === true) return 'This row is deleted when you save. Undo that first.'
    const field = this.#source?.schema.fields[column]
    const isNew = this.#pending?.isAdded(row) === true
    return field === undefined ? undefined : whyFixed(field, this.#options.details, isNew)
  }

  async #edit(row: number, column: number, anchor: PopoverAnchor, typed?: string): Promise<void> {
    const pending = this.#pending
    const field = this.#source?.schema.fields[column]
    if (pending === undefined || field === undefined) return
    const why = this.#whyNot(row, column)
    if (why !== undefined) {
      // Who only wants to see it shall.
      if (typed === undefined && !pending.isAdded(row)) this.#grid?.openValue()
      toast({ kind: 'info', title: `${field.name} cannot be edited`, detail: why })
      return
    }
    // Letters that come while the row is read belong into the editor too.
    if (this.#opening !== undefined) {
      this.#opening.typed += typed ?? ''
      return
    }
    const opening = { typed: typed ?? '' }
    this.#opening = opening
    const seen = await this.#seen(row)
    this.#opening = undefined
    if (pending !== this.#pending || (seen === undefined && !pending.isAdded(row))) return
    if (seen !== undefined && seen[field.name] === undefined) {
      toast({ kind: 'info', title: `${field.name} cannot be edited`, detail: 'This value is longer than a megabyte.' })
      return
    }
    const known = this.#options.details.columns.find(({ name }) => name === field.name)
    openCellEditor({
      owner: this.#box.querySelector<HTMLElement>('.tusk-grid') ?? this.#box,
      anchor,
      field,
      typed: opening.typed === '' ? undefined : opening.typed,
      current: pending.value(row, column) ?? { value: seen?.[field.name] ?? null },
      nullable: known?.nullable !== false,
      initial: known?.default ?? known?.identity,
      onDone: (value, next) => {
        this.#change(() => pending.setCell(row, column, value, seen))
        const text = 'value' in value ? value.value : null
        const loss =
          this.#options.connection.engine === 'sqlite' && text !== null
            ? lossInSqlite(known?.type ?? '', text)
            : undefined
        if (loss !== undefined) toast({ kind: 'warning', title: `${field.name} will lose digits`, detail: loss })
        this.#grid?.reveal(next === 'down' ? row + 1 : row, column)
        this.#grid?.focus()
      },
    })
  }

  async #seen(row: number): Promise<SeenRow | undefined> {
    const source = this.#source
    if (source === undefined || row >= source.rowCount) return undefined
    const known = this.#pending?.seen(row)
    if (known !== undefined) return known
    try {
      return await seenRow(source, row, this.#abort.signal)
    } catch (error) {
      if (!this.#abort.signal.aborted) tellFailure(failureOf(error), 'The row could not be read')
      return undefined
    }
  }

  #menu(row: number, column: number, anchor: PopoverAnchor): MenuItems {
    const pending = this.#pending
    const field = this.#source?.schema.fields[column]
    if (pending === undefined || field === undefined) return []
    const links: MenuItem[] = foreignLinks(this.#options.details, field.name).map(link => ({
      label: link.label,
      icon: icon('link'),
      run: () => void this.#follow(row, link.toFilter, link.table),
    }))
    if (this.#why !== undefined) return links
    const items: MenuItem[] = []
    const known = this.#options.details.columns.find(({ name }) => name === field.name)
    if (this.#whyNot(row, column) === undefined) {
      items.push({
        label: 'Edit',
        icon: icon('edit'),
        shortcut: 'Enter',
        run: () => void this.#edit(row, column, anchor),
      })
      if (known?.nullable !== false)
        items.push({ label: 'Set NULL', run: () => void this.#set(row, column, { value: null }) })
      if (known?.default !== undefined)
        items.push({ label: `Set the default`, run: () => void this.#set(row, column, { default: true }) })
    }
    items.push(
      pending.rowMark(row) === undefined
        ? { label: 'Delete row', icon: icon('trash'), danger: true, run: () => void this.#deleteRow(row) }
        : {
            label: 'Undo the changes of this row',
            icon: icon('undo'),
            run: () => this.#change(() => pending.undoRow(row)),
          },
    )
    return links.length === 0 ? items : [...items, 'separator', ...links]
  }

  async #set(row: number, column: number, value: WireNewValue): Promise<void> {
    const pending = this.#pending
    const seen = await this.#seen(row)
    if (pending === undefined || pending !== this.#pending || (seen === undefined && !pending.isAdded(row))) return
    this.#change(() => pending.setCell(row, column, value, seen))
  }

  #addRow(): void {
    const pending = this.#pending
    if (pending === undefined || this.#saving || this.#source?.state === 'storing') return
    const row = pending.addRow()
    this.#drawChanges()
    this.#grid?.reveal(row, 0)
    this.#grid?.focus()
  }

  async #deleteRow(row = this.#grid?.place()?.row): Promise<void> {
    const pending = this.#pending
    if (pending === undefined || row === undefined || this.#saving || this.#source?.state === 'storing') {
      toast({ kind: 'info', title: 'No row is chosen', detail: 'Go to a cell of the row first.' })
      return
    }
    const seen = await this.#seen(row)
    if (pending !== this.#pending) return
    this.#change(() => pending.deleteRow(row, seen))
    this.#grid?.focus()
  }

  async #follow(
    row: number,
    toFilter: (seen: SeenRow) => TablePlace['filter'],
    table: TablePlace['table'],
  ): Promise<void> {
    const seen = await this.#seen(row)
    const filter = seen === undefined ? undefined : toFilter(seen)
    if (filter === undefined) {
      toast({ kind: 'info', title: 'This row leads nowhere', detail: 'The columns of the foreign key are NULL.' })
      return
    }
    location.assign(tableAddress({ connectionId: this.#options.connection.id, table, filter }))
  }

  #change(work: (pending: PendingChanges) => void): void {
    if (this.#pending === undefined || this.#saving) return
    work(this.#pending)
    this.#failure = undefined
    this.#drawChanges()
  }

  #drawChanges(): void {
    const hadFocus = this.#panel.dom.contains(document.activeElement)
    this.#panel.draw(this.#pending?.list() ?? [], { saving: this.#saving, failure: this.#failure })
    this.#grid?.update({ editing: this.#editing() })
    if (hadFocus && !this.#panel.dom.contains(document.activeElement)) this.#grid?.focus()
  }

  #onKey(event: KeyboardEvent): void {
    // Editors of values and filters have keys of their own.
    if (event.target instanceof Element && event.target.closest('.grid-popover') !== null) return
    const isControl = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey
    if (event.key === 'F5' && !isControl) void this.#readAnew()
    else if (isControl && event.key.toLowerCase() === 's') void this.#save()
    else if (isControl && event.key.toLowerCase() === 'z' && this.isDirty) this.#change(pending => pending.undoLast())
    else if (isControl && event.key === 'Delete' && this.#why === undefined) void this.#deleteRow()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  // ---- saving ------------------------------------------------------------------------------------------------------------

  #wire(changes: ReturnType<PendingChanges['changes']>, confirmed = false): WireTableChanges {
    return {
      table: this.#options.place.table,
      resultId: this.#source!.resultId,
      changes: changes.map(({ change }) => change),
      ...(confirmed ? { confirmed } : {}),
    }
  }

  async #preview(): Promise<void> {
    const changes = this.#pending?.changes() ?? []
    if (changes.length === 0) return
    try {
      const { statements } = await this.#options.api.preview(this.#wire(changes))
      const text = ['BEGIN;', ...statements.map(statement => `${statement};`), 'COMMIT;'].join('\n')
      const dialog = openDialog({ title: 'What Save runs', class: 'max-w-4xl' })
      dialog.body.append(
        h(
          'p',
          {},
          'In one transaction. A statement that gives no row back found the row changed: then all is rolled back.',
        ),
        h(
          'div',
          { class: 'table-scroll table-preview', tabIndex: 0, role: 'region', label: 'SQL' },
          this.#options.drawSql(text),
        ),
      )
      const close = textButton('Close', dialog.close)
      dialog.footer.append(
        textButton('Copy', () => void copyText(text, 'SQL copied'), { icon: 'copy' }),
        close,
      )
      close.focus()
    } catch (error) {
      this.#showFailure(failureBox(failureOf(error).error))
    }
  }

  #showFailure(failure: HTMLElement): void {
    this.#failure = failure
    this.#drawChanges()
  }

  async #discard(): Promise<boolean> {
    const items = this.#pending?.list() ?? []
    const sure = await confirm({
      title: `Discard ${counted(items.length, 'change')}?`,
      message: 'They were not saved. The rows stay as they are.',
      confirmLabel: 'Discard',
      danger: true,
    })
    if (sure) this.#change(pending => pending.clear())
    return sure
  }

  async #save(confirmed = false): Promise<void> {
    const pending = this.#pending
    const changes = pending?.changes() ?? []
    if (pending === undefined || changes.length === 0 || this.#saving) return
    this.#saving = true
    this.#failure = undefined
    this.#drawChanges()
    try {
      const outcome = await this.#options.api.save(this.#wire(changes, confirmed))
      this.#saving = false
      if (outcome.state === 'saved') {
        pending.clear()
        this.#drawChanges()
        toast({ kind: 'success', title: `Saved ${counted(outcome.count, 'row')}` })
        await this.#read(true)
        return
      }
      const failed = outcome.at === undefined ? undefined : changes[outcome.at]
      pending.fail(failed?.row)
      if (failed !== undefined) this.#grid?.reveal(failed.row)
      const where = failed === undefined ? '' : `Row ${(failed.row + 1).toLocaleString('en-US')}: `
      const detail = [outcome.error.detail, 'Nothing was saved.'].filter(
        (text, at, all) => text && all.indexOf(text) === at,
      )
      this.#showFailure(
        failureBox({ ...outcome.error, message: where + outcome.error.message, detail: detail.join(' ') }),
      )
      if (outcome.state === 'conflict' && failed !== undefined) await this.#settle(failed)
    } catch (error) {
      this.#saving = false
      const failure = failureOf(error)
      if (failure.error.code === 'CONFIRMATION_NEEDED') {
        this.#drawChanges()
        if (await confirmLosses(failure)) await this.#save(true)
      } else this.#showFailure(failureBox(failure.error))
    }
  }

  /** Reads the row as it is now and lets the person choose. */
  async #settle({ row, change }: ReturnType<PendingChanges['changes']>[number]): Promise<void> {
    const pending = this.#pending
    const key = rowKey(this.#options.details)?.columns ?? []
    if (pending === undefined || change.kind === 'insert') return
    try {
      const filter = key.map(column => ({ column, value: change.seen[column] ?? '' }))
      const { table } = this.#options.place
      const source = await readRows(this.#options.api, { table, filter, limit: 1 }, this.#abort.signal)
      const theirs = source.rowCount === 0 ? undefined : await seenRow(source, 0, this.#abort.signal)
      source.destroy()
      const answer = await askConflict({ row, change, theirs })
      if (answer === 'later' || pending !== this.#pending) return
      if (answer === 'theirs') {
        this.#change(() => pending.undoRow(row))
        if (pending.isEmpty) await this.#read(true)
        return
      }
      this.#change(() => theirs !== undefined && pending.seeAnew(row, theirs))
      await this.#save()
    } catch (error) {
      if (!this.#abort.signal.aborted) tellFailure(failureOf(error), 'The row could not be read again')
    }
  }
}
