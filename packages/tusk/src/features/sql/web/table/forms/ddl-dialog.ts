import { openDialog } from '../../../../../ui/web/dialog.ts'
import { h, replace, textButton } from '../../../../../ui/web/dom.ts'
import { mount as mountSql } from '../../../../../ui/web/sql-block.island.ts'
import { toast } from '../../../../../ui/web/toast.ts'
import { failureBox } from '../../failure-box.ts'
import { failureOf } from '../../failure-of.ts'
import { confirmLosses } from '../../safety/confirm-losses.ts'
import { runDdl } from './run-ddl.ts'

export interface DdlDialogOptions {
  readonly title: string
  readonly connectionId: string
  readonly dialect: string
  /** What the button says: `Create`. */
  readonly verb: string
  readonly body: readonly HTMLElement[]
  /** The script as the form is now; empty: there is nothing to do. Throws with a message what is wrong. */
  readonly build: () => string
  /** Said when it was done, and what comes then. */
  readonly done: string
  readonly onDone: () => void
}

/** A form that shows its SQL while it is filled in, and runs just that. `draw` after each change that no input event tells. */
export function openDdlDialog(options: DdlDialogOptions): { readonly draw: () => void } {
  const dialog = openDialog({ title: options.title, class: 'ddl-dialog' })
  const text = h('pre', { class: 'table-sql', tabIndex: 0, role: 'region', label: 'SQL' })
  const problem = h('p', { class: 'studio-hint', role: 'status' })
  const failed = h('div')
  const start = textButton(options.verb, () => void run(), { class: 'btn-primary' })
  let script = ''
  let running = false
  const draw = (): void => {
    try {
      script = options.build()
      problem.textContent = script === '' ? 'Nothing is changed yet.' : ''
    } catch (error) {
      script = ''
      problem.textContent = error instanceof Error ? error.message : String(error)
    }
    text.hidden = script === ''
    mountSql(text, { sql: script, dialect: options.dialect })
    start.toggleAttribute('disabled', script === '' || running)
  }
  const run = async (confirmed = false): Promise<void> => {
    running = true
    replace(failed)
    draw()
    try {
      await runDdl(options.connectionId, script, confirmed, dialog.signal)
      dialog.close()
      toast({ kind: 'success', title: options.done })
      options.onDone()
      return
    } catch (error) {
      running = false
      if (dialog.signal.aborted) return
      const failure = failureOf(error)
      draw()
      if (failure.error.code !== 'CONFIRMATION_NEEDED') replace(failed, failureBox(failure.error))
      else if (await confirmLosses(failure)) await run(true)
    }
  }
  dialog.body.append(
    h('div', { class: 'studio-form', on: { input: draw, change: draw } }, ...options.body),
    problem,
    text,
    failed,
  )
  dialog.footer.append(textButton('Cancel', dialog.close), start)
  draw()
  dialog.body.querySelector<HTMLElement>('input, textarea, select')?.focus()
  return { draw }
}

export function field(label: string, control: HTMLElement): HTMLElement {
  return h('div', { class: 'studio-field' }, h('label', { attributes: { for: control.id } }, label), control)
}

export function textInput(id: string, value = '', label?: string): HTMLInputElement {
  const input = h('input', {
    ...(label === undefined ? { id } : { label }),
    attributes: { type: 'text', autocomplete: 'off', spellcheck: 'false' },
  })
  input.value = value
  return input
}

export function checkbox(label: string, checked: boolean): HTMLInputElement {
  const input = h('input', { class: 'checkbox checkbox-xs', label, attributes: { type: 'checkbox' } })
  input.checked = checked
  return input
}
