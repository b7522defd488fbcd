import { openDialog } from '../../../../ui/web/dialog.ts'
import { h, replace, textButton } from '../../../../ui/web/dom.ts'
import { icon } from '../../../../ui/web/icons.ts'
import type { WireColumn, WireConnection, WireLoad, WireNewLoad, WireRelation, WireResult } from '../../../../wire.ts'
import type { Catalog } from '../catalog.ts'
import type { Connections } from '../connections.ts'
import { failureBox } from '../failure-box.ts'
import { failureOf } from '../failure-of.ts'
import { counted, exactCount } from '../format.ts'
import { confirmLosses } from '../safety/confirm-losses.ts'
import type { StudioApi } from '../studio-api.ts'
import { columnTable } from './column-table.ts'
import { flavourOf, matchedColumns, missingColumns, newColumns, type TargetColumn } from './target-columns.ts'
import './load.css'

export interface LoadDialogOptions {
  readonly api: StudioApi
  readonly connections: Connections
  readonly catalog: Catalog
  readonly result: WireResult
  /** Proposed for a new table. */
  readonly tableName: string
  /** Chosen at first. */
  readonly connectionId?: string | undefined
  /** The sorted and filtered view that is shown, if there is one. */
  readonly view?: { readonly id: string; readonly rowCount: number } | undefined
  /** The rows are in the table. */
  readonly onLoaded: (connectionId: string, table: WireNewLoad['table']) => void
}

const askPause = 300
const newTable = ''

/** Puts the rows of a stored result into a table: which one, column by column, and how far it is. Nothing is run again. */
export function openLoadDialog(options: LoadDialogOptions): void {
  const { api, connections, catalog, result } = options
  let loadId: string | undefined
  const dialog = openDialog({ title: 'Load into a table', class: 'load-dialog' })
  const open = (connections.list.value ?? []).filter(
    ({ engine, level, readOnly }) => flavourOf(engine) !== undefined && level !== 'view' && !readOnly,
  )
  const status = h('div', { class: 'studio-dialog-status', role: 'status' })
  const progress = h('progress', { attributes: { max: '1' }, hidden: true })
  const start = textButton('Load', () => void run(), { icon: 'insert', class: 'btn-primary', disabled: true })
  const cancel = textButton('Cancel', () => void stop())
  const connection = h('select', { id: 'load-connection' }, ...open.map(connectionOption))
  const table = h('select', { id: 'load-table' })
  const schema = h('input', {
    id: 'load-schema',
    attributes: { type: 'text', list: 'load-schemas', autocomplete: 'off' },
  })
  const schemas = h('datalist', { id: 'load-schemas' })
  const name = h('input', { id: 'load-name', attributes: { type: 'text', autocomplete: 'off' } })
  const replaces = h('input', { class: 'checkbox checkbox-xs', id: 'load-replace', attributes: { type: 'checkbox' } })
  const shown = h('input', { class: 'checkbox checkbox-xs', id: 'load-view', attributes: { type: 'checkbox' } })
  shown.checked = options.view !== undefined
  const schemaField = field('Schema', schema, schemas)
  const nameField = field('Name of the new table', name)
  const replaceField = check(replaces, 'Delete the rows that are in it first')
  const columnArea = h('div', { class: 'load-columns' })
  const failed = h('div')
  const warning = h('p', { class: 'studio-hint', role: 'status' })
  let relations: readonly WireRelation[] = []
  let targets: readonly TargetColumn[] = []
  let existing: readonly WireColumn[] | undefined

  const chosen = (): WireConnection | undefined => connections.get(connection.value)
  const relation = (): WireRelation | undefined =>
    table.value === newTable ? undefined : relations[Number(table.value)]

  const chooseConnection = async (): Promise<void> => {
    const id = connection.value
    start.setAttribute('disabled', '')
    replace(columnArea, h('p', { class: 'studio-hint' }, 'Reading the tables …'))
    await catalog.load(id)
    if (dialog.signal.aborted || connection.value !== id) return
    const { relations: read } = catalog.of(id).value
    if (read.state === 'failed') {
      replace(columnArea, failureBox(read.failure.error))
      return
    }
    const value = read.state === 'ready' ? read.value : undefined
    relations = (value?.relations ?? []).filter(({ kind, system }) => loadable.has(kind) && system !== true)
    const names = [...new Set([...(value?.searchPath ?? []), ...relations.map(one => one.schema)])]
    replace(schemas, ...names.map(one => h('option', { attributes: { value: one } })))
    schema.value = value?.searchPath.find(one => !one.startsWith('pg_')) ?? names[0] ?? 'main'
    replace(
      table,
      h('option', { attributes: { value: newTable } }, 'A new table …'),
      ...relations.map((one, index) =>
        h(
          'option',
          { attributes: { value: String(index) } },
          [one.catalog, one.schema, one.name].filter(Boolean).join('.'),
        ),
      ),
    )
    await chooseTable()
  }

  const chooseTable = async (): Promise<void> => {
    const into = relation()
    for (const one of [schemaField, nameField]) one.hidden = into !== undefined
    replaceField.hidden = into === undefined
    const flavour = flavourOf(chosen()?.engine)
    if (flavour === undefined) return
    existing = undefined
    if (into === undefined) targets = newColumns(result.schema, flavour, flavourOf(result.engine))
    else {
      replace(columnArea, h('p', { class: 'studio-hint' }, 'Reading the columns …'))
      try {
        const columns = await api.columns(connection.value, into, dialog.signal)
        if (relation() !== into) return
        existing = columns
        targets = matchedColumns(result.schema, columns)
      } catch (error) {
        if (!dialog.signal.aborted) replace(columnArea, failureBox(failureOf(error).error))
        return
      }
    }
    drawColumns()
  }

  const drawColumns = (): void => {
    replace(
      columnArea,
      columnTable({
        fields: result.schema.fields,
        targets,
        existing,
        onChange: changed => {
          targets = changed
          judge()
        },
      }),
    )
    judge()
  }

  /** Says what would be wrong, before anything is sent. */
  const judge = (): void => {
    const filled = targets.filter(one => one.name !== '')
    const missing = existing === undefined ? [] : missingColumns(filled, existing)
    const double = filled.find((one, at) => filled.findIndex(other => other.name === one.name) !== at)
    const without = existing === undefined ? filled.find(({ type }) => type.trim() === '') : undefined
    const wrong =
      filled.length === 0
        ? 'Say for at least one column where it goes.'
        : double !== undefined
          ? `Two columns go into “${double.name}”.`
          : without !== undefined
            ? `Say which type “${without.name}” has.`
            : existing === undefined && name.value.trim() === ''
              ? 'Give the new table a name.'
              : ''
    warning.textContent =
      wrong !== '' || missing.length === 0
        ? wrong
        : `The table wants a value for ${missing.join(', ')}, which none goes into.`
    start.toggleAttribute('disabled', wrong !== '' || loadId !== undefined)
  }

  const request = (confirmed: boolean): WireNewLoad => {
    const into = relation()
    const columns = targets
      .filter(one => one.name !== '')
      .map(one => ({ name: one.name, from: one.from, ...(one.type === '' ? {} : { type: one.type }) }))
    const view = shown.checked ? options.view?.id : undefined
    return {
      connectionId: connection.value,
      table:
        into === undefined
          ? { schema: schema.value.trim(), name: name.value.trim() }
          : { ...(into.catalog === undefined ? {} : { catalog: into.catalog }), schema: into.schema, name: into.name },
      columns,
      into: into === undefined ? 'new' : replaces.checked ? 'replace' : 'append',
      ...(view === undefined ? {} : { view }),
      ...(confirmed ? { confirmed } : {}),
    }
  }

  const run = async (confirmed = false): Promise<void> => {
    const sent = request(confirmed)
    start.setAttribute('disabled', '')
    replace(status)
    replace(failed)
    try {
      const load = await api.startLoad(result.id, sent)
      loadId = load.id
      progress.hidden = false
      await follow(load.id, sent)
    } catch (error) {
      const failure = failureOf(error)
      loadId = undefined
      if (failure.error.code === 'CONFIRMATION_NEEDED' && (await confirmLosses(failure))) return await run(true)
      if (failure.error.code !== 'CONFIRMATION_NEEDED') replace(failed, failureBox(failure.error))
      judge()
    }
  }

  const follow = async (id: string, sent: WireNewLoad): Promise<void> => {
    for (;;) {
      const load = await api.loadState(id)
      if (show(load, sent)) return
      await new Promise(resolve => setTimeout(resolve, askPause))
      if (dialog.signal.aborted) return
    }
  }

  /** True when it is over. */
  const show = (load: WireLoad, sent: WireNewLoad): boolean => {
    progress.max = Math.max(1, load.totalRows)
    progress.value = load.rows
    if (load.state === 'running') {
      replace(status, `${exactCount(load.rows)} of ${counted(load.totalRows, 'row')}`)
      return false
    }
    loadId = undefined
    if (load.state === 'complete') {
      progress.value = progress.max
      replace(
        status,
        h('span', { class: 'studio-ok' }, icon('complete'), `${counted(load.rows, 'row')} in ${sent.table.name}`),
      )
      start.hidden = true
      cancel.lastElementChild!.textContent = 'Close'
      cancel.focus()
      options.onLoaded(sent.connectionId, sent.table)
      return true
    }
    progress.hidden = true
    replace(status)
    if (load.state === 'cancelled') replace(status, 'Cancelled. Nothing of it is in the table.')
    else replace(failed, failureBox(load.error ?? { code: 'INTERNAL', message: 'The rows could not be loaded.' }))
    judge()
    return true
  }

  const stop = async (): Promise<void> => {
    if (loadId === undefined) return dialog.close()
    try {
      await api.cancelLoad(loadId)
    } catch (error) {
      replace(failed, failureBox(failureOf(error).error))
    }
  }

  if (open.length === 0) {
    dialog.body.append(
      h(
        'p',
        { class: 'studio-hint' },
        'There is no connection that you may write to. Add one, or switch “Read-only” off.',
      ),
    )
    dialog.footer.append(textButton('Close', dialog.close))
    return
  }
  if (open.some(({ id }) => id === options.connectionId)) connection.value = options.connectionId!
  name.value = options.tableName
  name.addEventListener('input', judge)
  connection.addEventListener('change', () => void chooseConnection())
  table.addEventListener('change', () => void chooseTable())
  const viewField =
    options.view !== undefined &&
    check(
      shown,
      `As shown: sorted and filtered (${counted(options.view.rowCount, 'row')} of ${exactCount(result.rowCount)})`,
    )
  dialog.body.append(
    h(
      'div',
      { class: 'studio-form' },
      h(
        'div',
        { class: 'studio-fields' },
        field('Connection', connection),
        field('Table', table),
        schemaField,
        nameField,
      ),
      replaceField,
      viewField || '',
      columnArea,
      warning,
      failed,
      progress,
    ),
  )
  dialog.footer.append(status, cancel, start)
  void chooseConnection()
}

const loadable: ReadonlySet<string> = new Set(['table', 'partitioned table', 'foreign table', 'view'])

function connectionOption({ id, name, environment }: WireConnection): HTMLElement {
  return h('option', { attributes: { value: id } }, environment === undefined ? name : `${name} (${environment})`)
}

function field(label: string, control: HTMLElement, ...more: readonly HTMLElement[]): HTMLElement {
  return h('div', { class: 'studio-field' }, h('label', { attributes: { for: control.id } }, label), control, ...more)
}

function check(input: HTMLElement, label: string): HTMLElement {
  return h(
    'div',
    { class: 'studio-field studio-field-check' },
    h('div', {}, input, h('label', { attributes: { for: input.id } }, label)),
  )
}
