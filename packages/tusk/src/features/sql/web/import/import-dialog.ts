import { openDialog } from '../../../../ui/web/dialog.ts'
import { h, replace, textButton } from '../../../../ui/web/dom.ts'
import { icon } from '../../../../ui/web/icons.ts'
import type { WireImport, WireImported, WireImportOptions, WireResult } from '../../../../wire.ts'
import { failureBox } from '../failure-box.ts'
import { failureOf } from '../failure-of.ts'
import { bytes, counted } from '../format.ts'
import type { StudioApi } from '../studio-api.ts'
import { fileColumns } from './file-columns.ts'
import { upload } from './upload.ts'
import '../load/load.css'

export interface ImportDialogOptions {
  readonly api: StudioApi
  /** Absent: the dialog asks for it. */
  readonly file?: File | undefined
  /** Shows a result in a tab of its own. */
  readonly onShow: (result: WireResult, title: string) => void
  /** Absent: the person may not write to connections. */
  readonly onLoad?: (result: WireResult, tableName: string) => void
}

/** Files that are offered first; others can be dropped, and the server says what it reads. */
const accept = '.csv,.tsv,.txt,.json,.jsonl,.ndjson,.parquet,.gz'

/** Reads a file into a result: what is in it, how it is read, what did not fit. From there it is shown, or loaded into a table. */
export function openImportDialog(options: ImportDialogOptions): void {
  const { api } = options
  let work = new AbortController()
  let found: WireImport | undefined
  /** What somebody said of the file, and the types that they chose. */
  let said: WireImportOptions = {}
  const dialog = openDialog({
    title: 'Import a file',
    class: 'load-dialog',
    onClose: () => {
      work.abort()
      if (found !== undefined) void api.discardImport(found.id).catch(() => undefined) // it goes by itself in an hour
    },
  })
  const body = h('div', { class: 'studio-form' })
  const status = h('div', { class: 'studio-dialog-status', role: 'status' })
  const failed = h('div')
  const progress = h('progress', { attributes: { max: '1' }, hidden: true, label: 'Progress' })
  const read = textButton('Read', () => void readAll(), { icon: 'run', class: 'btn-primary', disabled: true })
  const cancel = textButton('Cancel', () => dialog.close())

  const guarded = async (words: string, task: (signal: AbortSignal) => Promise<void>): Promise<void> => {
    work.abort()
    work = new AbortController()
    const { signal } = work
    read.setAttribute('disabled', '')
    replace(failed)
    replace(status, words)
    try {
      await task(signal)
      if (!signal.aborted) replace(status)
    } catch (error) {
      if (signal.aborted) return
      replace(status)
      replace(failed, failureBox(failureOf(error).error))
    } finally {
      if (!signal.aborted) {
        progress.hidden = true
        if (found !== undefined) read.removeAttribute('disabled')
      }
    }
  }

  const choose = (): void => {
    const input = h('input', { id: 'import-file', class: 'file-input w-full', attributes: { type: 'file', accept } })
    input.addEventListener('change', () => {
      const file = input.files?.[0]
      if (file !== undefined) void take(file)
    })
    replace(
      body,
      h(
        'div',
        { class: 'studio-field' },
        h('label', { attributes: { for: input.id } }, 'File'),
        input,
        h(
          'small',
          {},
          'CSV, TSV, JSON, NDJSON or Parquet, texts also packed with gzip. It can be dropped anywhere on the page too.',
        ),
      ),
      failed,
      progress,
    )
    input.focus()
  }

  const take = (file: File): Promise<void> =>
    guarded(`Sending ${file.name} …`, async signal => {
      progress.hidden = false
      progress.removeAttribute('value')
      const answer = await upload(file, signal, sent => {
        progress.value = sent
        if (sent === 1) replace(status, 'Looking at what is in it …')
      })
      found = answer
      said = {}
      draw(answer)
    })

  const look = (change: WireImportOptions): Promise<void> =>
    guarded('Looking at it again …', async signal => {
      if (found === undefined) return
      said = { ...said, ...change }
      found = await api.lookAtImport(found.id, said, signal)
      draw(found)
    })

  const draw = ({ name, bytes: size, format, options: known, columns }: WireImport): void => {
    const focused = document.activeElement?.id
    replace(
      body,
      h('p', {}, h('strong', {}, name), `, ${bytes(size)}, ${counted(columns.length, 'column')}`),
      format === 'csv' && textFields(known),
      h(
        'div',
        { class: 'load-columns' },
        fileColumns(columns, said.columns ?? [], changed => {
          said = { ...said, columns: changed }
        }),
      ),
      failed,
      progress,
    )
    if (focused !== undefined && focused !== '') document.getElementById(focused)?.focus()
  }

  const textFields = (known: WireImportOptions): HTMLElement => {
    const delimiters: readonly (readonly [string, string])[] = [
      [',', 'comma'],
      [';', 'semicolon'],
      ['\t', 'tab'],
      ['|', 'bar'],
    ]
    const delimiter = known.delimiter ?? ','
    const more = delimiters.some(([value]) => value === delimiter) ? [] : ([[delimiter, delimiter]] as const)
    const header = h('input', { class: 'checkbox checkbox-xs', id: 'import-header', attributes: { type: 'checkbox' } })
    header.checked = known.header === true
    // Other columns may come of it, and what was said of the old ones is of no use then.
    header.addEventListener('change', () => void look({ header: header.checked, columns: [] }))
    return h(
      'div',
      { class: 'studio-fields' },
      select('import-delimiter', 'Between values', [...delimiters, ...more], delimiter, value =>
        look({ delimiter: value, columns: [] }),
      ),
      select('import-encoding', 'Letters', encodings, known.encoding ?? 'utf-8', value =>
        look({ encoding: value as NonNullable<WireImportOptions['encoding']> }),
      ),
      nullField(known.nullText ?? '', value => look({ nullText: value })),
      h(
        'div',
        { class: 'studio-field studio-field-check' },
        h('div', {}, header, h('label', { attributes: { for: header.id } }, 'The first line has the names')),
      ),
    )
  }

  const readAll = (): Promise<void> =>
    guarded('Reading …', async signal => {
      if (found === undefined) return
      progress.hidden = false
      progress.removeAttribute('value')
      // The types that were found are said too: what is read is what was shown.
      const { quote, delimiter, header } = found.options
      const csv = found.format === 'csv' ? { quote, delimiter, header } : {}
      const answer = await api.readImport(found.id, withoutUndefined({ ...csv, ...said }), signal)
      showRead(found.name, answer)
    })

  const showRead = (name: string, { rows, rejected }: WireImported): void => {
    const stem = name.replace(/(\.[a-z]+)(\.gz)?$/i, '')
    const leave = (then: () => void) => () => {
      dialog.close()
      then()
    }
    replace(
      body,
      h('p', { class: 'studio-ok' }, icon('complete'), `${counted(rows.rowCount, 'row')} of ${name}`),
      rejected !== undefined &&
        h(
          'p',
          { role: 'alert' },
          `${counted(rejected.rowCount, 'value or line', 'values or lines')} did not fit and ${rejected.rowCount === 1 ? 'is' : 'are'} set aside, with the reason. `,
          textButton(
            'Show what did not fit',
            leave(() => options.onShow(rejected, `${stem}: did not fit`)),
          ),
        ),
      failed,
      progress,
    )
    read.hidden = true
    cancel.lastElementChild!.textContent = 'Close'
    const show = textButton(
      'Show the rows',
      leave(() => options.onShow(rows, stem)),
      { class: 'btn-primary' },
    )
    const { onLoad } = options
    dialog.footer.append(
      ...(onLoad === undefined
        ? []
        : [
            textButton(
              'Load into a table …',
              leave(() => onLoad(rows, stem)),
              { icon: 'insert' },
            ),
          ]),
      show,
    )
    show.focus()
  }

  dialog.body.append(body)
  dialog.footer.append(status, cancel, read)
  choose()
  if (options.file !== undefined) void take(options.file)
}

const encodings = [
  ['utf-8', 'UTF-8'],
  ['latin-1', 'Latin 1'],
  ['utf-16', 'UTF-16'],
] as const

function select(
  id: string,
  label: string,
  choices: readonly (readonly [string, string])[],
  value: string,
  onChange: (value: string) => Promise<void>,
): HTMLElement {
  const control = h(
    'select',
    { id },
    ...choices.map(([choice, words]) => h('option', { attributes: { value: choice } }, words)),
  )
  control.value = value
  control.addEventListener('change', () => void onChange(control.value))
  return h('div', { class: 'studio-field' }, h('label', { attributes: { for: id } }, label), control)
}

function nullField(value: string, onChange: (value: string) => Promise<void>): HTMLElement {
  const input = h('input', {
    id: 'import-null',
    attributes: { type: 'text', placeholder: 'nothing', autocomplete: 'off' },
  })
  input.value = value
  input.addEventListener('change', () => void onChange(input.value))
  return h(
    'div',
    { class: 'studio-field' },
    h('label', { attributes: { for: input.id } }, 'Is NULL, besides an empty value'),
    input,
  )
}

function withoutUndefined(
  options: {
    readonly [Key in keyof WireImportOptions]: WireImportOptions[Key] | undefined
  },
): WireImportOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
