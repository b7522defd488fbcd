import { openDialog } from '../../../../ui/web/dialog.ts'
import { h, replace, textButton } from '../../../../ui/web/dom.ts'
import type { WireDiff, WireDiffRequest, WireResult } from '../../../../wire.ts'
import { failureBox } from '../failure-box.ts'
import { failureOf } from '../failure-of.ts'
import { counted, exactCount } from '../format.ts'
import type { StudioApi } from '../studio-api.ts'
import { type ColumnRole, rolesTable } from './roles-table.ts'
import { whatToCompare } from './what-to-compare.ts'
import '../load/load.css'

export interface DiffDialogOptions {
  readonly api: StudioApi
  readonly result: WireResult
  /** Shows the rows that differ in a tab of their own. */
  readonly onShow: (result: WireResult, title: string) => void
}

/** Compares the rows of a result with those of another one: which, by what key, how closely. */
export function openDiffDialog({ api, result, onShow }: DiffDialogOptions): void {
  const dialog = openDialog({ title: 'Compare with another result', class: 'load-dialog' })
  const { signal } = dialog
  const status = h('div', { class: 'studio-dialog-status', role: 'status' })
  const failed = h('div')
  const area = h('div', { class: 'load-columns' })
  const other = h('select', { id: 'diff-other' })
  const tolerance = h('input', {
    id: 'diff-tolerance',
    attributes: { type: 'text', inputmode: 'decimal', placeholder: '0' },
  })
  const compare = textButton('Compare', () => void run(), { class: 'btn-primary', disabled: true })
  const close = textButton('Cancel', dialog.close)
  let roles: ReadonlyMap<string, ColumnRole> = new Map()

  const load = async (): Promise<void> => {
    try {
      const choices = await whatToCompare(api, result.id, signal)
      if (choices.length === 0) {
        replace(area, h('p', { class: 'studio-hint' }, 'There is no other result yet. Run the other statement first.'))
        return
      }
      replace(other, ...choices.map(({ id, label }) => h('option', { attributes: { value: id } }, label)))
      await choose()
    } catch (error) {
      if (!signal.aborted) replace(failed, failureBox(failureOf(error).error))
    }
  }

  const choose = async (): Promise<void> => {
    const id = other.value
    compare.setAttribute('disabled', '')
    replace(failed)
    replace(area, h('p', { class: 'studio-hint' }, 'Reading the columns …'))
    try {
      const chosen = await api.result(id, signal)
      if (other.value !== id) return
      const there = new Set(chosen.schema.fields.map(({ name }) => name.toLowerCase()))
      const shared = result.schema.fields.filter(({ name }) => there.has(name.toLowerCase()))
      if (shared.length === 0) {
        replace(area, h('p', { class: 'studio-hint' }, 'They have no column of the same name.'))
        return
      }
      roles = new Map()
      replace(
        area,
        rolesTable(shared, changed => {
          roles = changed
        }),
      )
      compare.removeAttribute('disabled')
    } catch (error) {
      if (signal.aborted) return
      const failure = failureOf(error)
      replace(area)
      replace(
        failed,
        failureBox(
          failure.error.code === 'RESULT_NOT_FOUND'
            ? { ...failure.error, message: 'These rows have expired.', hint: 'Choose another result, or run it again.' }
            : failure.error,
        ),
      )
    }
  }

  const request = (): WireDiffRequest => {
    const named = (role: ColumnRole): readonly string[] =>
      [...roles].filter(([, given]) => given === role).map(([name]) => name)
    const key = named('key')
    const ignore = named('ignored')
    const most = Number(tolerance.value.trim() === '' ? '0' : tolerance.value)
    return {
      other: other.value,
      ...(key.length === 0 ? {} : { key }),
      ...(ignore.length === 0 ? {} : { ignore }),
      ...(most === 0 ? {} : { tolerance: most }),
    }
  }

  const run = async (): Promise<void> => {
    if (tolerance.value.trim() !== '' && !(Number(tolerance.value) >= 0)) {
      replace(failed, failureBox({ code: 'BAD_REQUEST', message: 'The tolerance is a number that is not below 0.' }))
      tolerance.focus()
      return
    }
    compare.setAttribute('disabled', '')
    replace(failed)
    replace(status, 'Comparing …')
    try {
      show(await api.diff(result.id, request(), signal))
    } catch (error) {
      if (signal.aborted) return
      replace(failed, failureBox(failureOf(error).error))
      compare.removeAttribute('disabled')
    }
    replace(status)
  }

  const show = ({ result: made, summary }: WireDiff): void => {
    const differ = summary.added + summary.removed + summary.changed
    replace(
      dialog.body,
      h(
        'p',
        { role: 'status' },
        differ === 0
          ? `All ${counted(summary.same, 'row')} are the same.`
          : `${exactCount(summary.added)} added, ${exactCount(summary.removed)} removed, ${exactCount(summary.changed)} changed, ${exactCount(summary.same)} the same.`,
      ),
      h('p', { class: 'studio-hint' }, `Rows belong together by ${summary.key.join(', ')}.`),
      summary.left.length > 0 && h('p', { class: 'studio-hint' }, `Not compared: ${summary.left.join(', ')}.`),
    )
    compare.hidden = true
    close.lastElementChild!.textContent = 'Close'
    if (differ === 0) {
      close.focus()
      return
    }
    const open = textButton(
      'Show what differs',
      () => {
        dialog.close()
        onShow(made, 'Differences')
      },
      { class: 'btn-primary' },
    )
    dialog.body.append(
      h(
        'p',
        { class: 'studio-hint' },
        'From there, Export → SQL that reconciles makes the rows of the first those of the second.',
      ),
    )
    dialog.footer.append(open)
    open.focus()
  }

  other.addEventListener('change', () => void choose())
  dialog.body.append(
    h(
      'div',
      { class: 'studio-form' },
      h('div', { class: 'studio-fields' }, field('Compare with', other), field('Numbers may differ by', tolerance)),
      area,
      failed,
    ),
  )
  dialog.footer.append(status, close, compare)
  void load()
}

function field(label: string, control: HTMLElement): HTMLElement {
  return h('div', { class: 'studio-field' }, h('label', { attributes: { for: control.id } }, label), control)
}
