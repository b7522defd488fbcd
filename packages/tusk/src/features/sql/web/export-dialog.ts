import { readDiffColumns } from '../../../dialect/diff-columns.ts'
import { openDialog } from '../../../ui/web/dialog.ts'
import { h, replace, textButton } from '../../../ui/web/dom.ts'
import { icon } from '../../../ui/web/icons.ts'
import type { WireExport, WireExporter } from '../../../wire.ts'
import { failureBox } from './failure-box.ts'
import { failureOf } from './failure-of.ts'
import { bytes, counted, exactCount } from './format.ts'
import type { StudioApi } from './studio-api.ts'

export interface ExportDialogOptions {
  readonly api: StudioApi
  readonly resultId: string
  readonly rowCount: number
  /** Names of its columns. */
  readonly columns: readonly string[]
  /** The sorted and filtered view that is shown, if there is one. */
  readonly view: { readonly id: string; readonly rowCount: number } | undefined
}

const askPause = 400
const formatKey = 'tusk.export.format'

/** Saves a stored result as a file: format, options, progress. The file streams into the browser's downloads; nothing runs again. */
export function openExportDialog(options: ExportDialogOptions): void {
  const { api, resultId } = options
  const dialog = openDialog({ title: 'Export', class: 'studio-export-dialog' })
  const body = h('div', { class: 'studio-form' }, h('p', { class: 'studio-hint' }, 'Loading formats …'))
  const status = h('div', { class: 'studio-dialog-status', role: 'status' })
  const start = textButton('Export', () => void run(), { icon: 'download', class: 'btn-primary', disabled: true })
  const cancel = textButton('Cancel', () => void stop())
  let exporter: WireExporter | undefined
  let exportId: string | undefined
  let values: Record<string, string | boolean> = {}
  let useView = options.view !== undefined
  const progress = h('progress', { attributes: { max: '1' }, hidden: true })

  const draw = (exporters: readonly WireExporter[]): void => {
    const choice = h(
      'div',
      { class: 'studio-format-choice', role: 'radiogroup', label: 'Format' },
      ...exporters.map(candidate => {
        const input = h('input', {
          class: 'radio radio-xs',
          attributes: { type: 'radio', name: 'format', value: candidate.format },
        })
        input.checked = candidate === exporter
        input.addEventListener('change', () => {
          exporter = candidate
          localStorage.setItem(formatKey, candidate.format)
          draw(exporters)
          body.querySelector<HTMLInputElement>('[name=format]:checked')?.focus()
        })
        return h('label', {}, input, h('span', {}, candidate.label), h('small', {}, `.${candidate.extension}`))
      }),
    )
    values = Object.fromEntries((exporter?.options ?? []).map(option => [option.key, option.default]))
    const fields = (exporter?.options ?? []).map(option => optionField(option, value => (values[option.key] = value)))
    replace(body, choice, viewChoice(), fields.length > 0 && h('div', { class: 'studio-fields' }, ...fields), progress)
    start.removeAttribute('disabled')
  }
  const viewChoice = (): HTMLElement | false => {
    const { view } = options
    if (view === undefined) return false
    const input = h('input', { class: 'checkbox checkbox-xs', id: 'export-view', attributes: { type: 'checkbox' } })
    input.checked = useView
    input.addEventListener('change', () => (useView = input.checked))
    const label = `As shown: sorted and filtered (${counted(view.rowCount, 'row')} of ${exactCount(options.rowCount)})`
    return h(
      'div',
      { class: 'studio-field studio-field-check' },
      h('div', {}, input, h('label', { attributes: { for: input.id } }, label)),
    )
  }
  const run = async (): Promise<void> => {
    if (exporter === undefined) return
    exportId = crypto.randomUUID()
    const view = useView ? options.view?.id : undefined
    download(api.exportAddress(resultId, { format: exporter.format, exportId, view, options: values }))
    start.disabled = true
    progress.hidden = false
    await follow(exportId)
  }
  const follow = async (id: string): Promise<void> => {
    let missed = 0
    while (!dialog.signal.aborted) {
      await pause(askPause)
      try {
        const state = await api.exportState(id)
        if (showExport(state)) return
      } catch (error) {
        const failure = failureOf(error)
        // The download's own request may reach the server after the first question.
        if (failure.status === 404 && ++missed < 8) continue
        replace(status, failureBox(failure.error))
        start.disabled = false
        return
      }
    }
  }
  const showExport = (state: WireExport): boolean => {
    progress.max = Math.max(1, state.totalRows)
    progress.value = state.rows
    const written = `${exactCount(state.rows)} of ${counted(state.totalRows, 'row')} · ${bytes(state.bytes)}`
    if (state.state === 'running') {
      replace(status, written)
      return false
    }
    exportId = undefined
    start.disabled = false
    if (state.state === 'complete') {
      progress.value = progress.max
      replace(
        status,
        h('span', { class: 'studio-ok' }, icon('complete'), `${counted(state.rows, 'row')} · ${bytes(state.bytes)}`),
      )
      cancel.lastElementChild!.textContent = 'Close'
    } else if (state.state === 'cancelled') {
      progress.hidden = true
      replace(status, 'Cancelled. The file is not complete.')
    } else {
      progress.hidden = true
      replace(status, failureBox(state.error ?? { code: 'INTERNAL', message: 'The export failed.' }))
    }
    return true
  }
  const stop = async (): Promise<void> => {
    if (exportId === undefined) {
      dialog.close()
      return
    }
    try {
      await api.cancelExport(exportId)
    } catch (error) {
      replace(status, failureBox(failureOf(error).error))
    }
  }
  const load = async (): Promise<void> => {
    try {
      const isDiff = readDiffColumns(options.columns) !== undefined
      const exporters = (await api.exporters()).filter(({ format }) => format !== 'reconcile' || isDiff)
      const last = localStorage.getItem(formatKey)
      exporter = exporters.find(candidate => candidate.format === last) ?? exporters[0]
      if (exporter === undefined) replace(body, h('p', { class: 'studio-hint' }, 'No format is installed.'))
      else draw(exporters)
    } catch (error) {
      replace(body, failureBox(failureOf(error).error))
    }
  }
  void load()
  dialog.body.append(body)
  dialog.footer.append(status, cancel, start)
}

function optionField(
  option: WireExporter['options'][number],
  onChange: (value: string | boolean) => void,
): HTMLElement {
  const id = `export-${option.key}`
  const label = h('label', { attributes: { for: id } }, option.label)
  const help = option.help !== undefined && h('small', {}, option.help)
  if (option.kind === 'boolean') {
    const input = h('input', { class: 'checkbox checkbox-xs', id, attributes: { type: 'checkbox' } })
    input.checked = option.default === true
    input.addEventListener('change', () => onChange(input.checked))
    return h('div', { class: 'studio-field studio-field-check' }, h('div', {}, input, label), help)
  }
  const control =
    option.kind === 'choice'
      ? h(
          'select',
          { id },
          ...(option.choices ?? []).map(choice => h('option', { attributes: { value: choice } }, choice)),
        )
      : h('input', { id, attributes: { type: 'text' } })
  control.value = String(option.default)
  control.addEventListener('change', () => onChange(control.value))
  return h('div', { class: 'studio-field' }, label, control, help)
}

function download(address: string): void {
  const link = h('a', { attributes: { href: address, download: '' } })
  document.body.append(link)
  link.click()
  link.remove()
}

function pause(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}
