import { h } from '../dom.ts'
import { ClipboardRefusedError, writeByCommand, writeClipboard } from './clipboard.ts'
import { type CopyDialect, type CopyFormat, createCopyWriter } from './copy-format.ts'
import { type CopyPlan, planCopy } from './copy-plan.ts'
import { CopyTooLargeError, copyRows, maxCopiedCells } from './copy-rows.ts'
import { gridButton } from './grid-button.ts'
import type { CellRange } from './grid-selection.ts'
import type { GridSource } from './grid-source.ts'
import { openPopover, type PopoverAnchor } from './popover.ts'

export interface CopyHost {
  readonly owner: HTMLElement
  readonly anchor: () => PopoverAnchor
  readonly showTask: (text: string | null, onCancel?: () => void) => void
  /** For assistive technology, and shortly in the status line. */
  readonly announce: (text: string) => void
  readonly onExport: (() => void) | undefined
}

export interface CopyRequest {
  readonly source: GridSource
  readonly ranges: readonly CellRange[]
  readonly columnOf: (place: number) => number
  readonly format: CopyFormat
  readonly dialect: CopyDialect | undefined
}

/** One copy at a time: reads the selection through windows, writes it to the clipboard, says how it went. */
export class CopyJob {
  #controller: AbortController | undefined

  abort(): void {
    this.#controller?.abort()
  }

  /** Call it inside the event of a key or click. */
  start(request: CopyRequest, host: CopyHost): void {
    const plan = planCopy(request.ranges)
    if (plan.cells === 0) return
    if (plan.cells > maxCopiedCells) {
      offerExport(
        host,
        `The selection has ${count(plan.cells)} cells; the clipboard gets at most ${count(maxCopiedCells)}.`,
      )
      return
    }
    const { controller, signal } = this.#begin()
    const writer = createCopyWriter(request.format, request.dialect)
    const progress = (rows: number) => {
      host.showTask(`Copying row ${count(rows)} of ${count(plan.rows)}…`, () => controller.abort())
    }
    const text = copyRows(request.source, plan, writer, request.columnOf, signal, progress).then(
      pieces => new Blob([...pieces], { type: 'text/plain' }),
    )
    void this.#finish(controller, text, host, describe(plan))
  }

  /** Copies text that is made elsewhere. */
  startText(text: Promise<Blob>, what: string, host: CopyHost): void {
    void this.#finish(this.#begin().controller, text, host, what)
  }

  #begin(): { readonly controller: AbortController; readonly signal: AbortSignal } {
    this.#controller?.abort()
    const controller = new AbortController()
    this.#controller = controller
    return { controller, signal: controller.signal }
  }

  async #finish(controller: AbortController, text: Promise<Blob>, host: CopyHost, what: string): Promise<void> {
    try {
      await writeClipboard(text)
      if (!controller.signal.aborted) host.announce(`Copied ${what}`)
    } catch (error) {
      if (controller.signal.aborted) host.announce('Copying was cancelled')
      else if (error instanceof CopyTooLargeError) offerExport(host, error.message)
      else if (error instanceof ClipboardRefusedError) offerPress(host, error.text, what)
      else host.announce(`Copying failed: ${error instanceof Error ? error.message : String(error)}`)
    } finally {
      if (this.#controller === controller) host.showTask(null)
    }
  }
}

function describe(plan: CopyPlan): string {
  const columns = plan.parts[0]?.places.length ?? 0
  if (plan.cells === 1) return '1 cell'
  if (plan.parts.length > 1) return `${count(plan.cells)} cells`
  return `${count(plan.rows)} ${plan.rows === 1 ? 'row' : 'rows'} × ${count(columns)} ${columns === 1 ? 'column' : 'columns'}`
}

function offerExport(host: CopyHost, reason: string): void {
  const popover = openPopover(host.owner, host.anchor(), { label: 'Too much to copy', className: 'grid-notice' })
  const actions = h(
    'div',
    { class: 'grid-form-actions' },
    gridButton('Close', popover.close, { className: 'is-plain' }),
  )
  const { onExport } = host
  if (onExport !== undefined) {
    const exporting = () => {
      popover.close()
      onExport()
    }
    actions.append(gridButton('Export to a file…', exporting, { className: 'is-primary' }))
  }
  popover.dom.append(
    h('div', { class: 'grid-popover-title' }, 'Too much for the clipboard'),
    h('p', {}, `${reason} A file has room for all of it.`),
    actions,
  )
  popover.place()
  actions.querySelector<HTMLElement>('.is-primary')?.focus()
  host.announce(reason)
}

/** The text took so long that the browser wants a press of its own for the clipboard. */
function offerPress(host: CopyHost, text: Blob, what: string): void {
  const popover = openPopover(host.owner, host.anchor(), { label: 'Copy', className: 'grid-notice' })
  const press = gridButton(
    'Copy now',
    () => {
      popover.close()
      writeByCommand(text, undefined).then(
        () => host.announce(`Copied ${what}`),
        () => host.announce('The browser does not let this page use the clipboard.'),
      )
    },
    { className: 'is-primary' },
  )
  popover.dom.append(
    h('p', {}, `Ready to copy ${what}; the browser asks for one more press.`),
    h('div', { class: 'grid-form-actions' }, press),
  )
  popover.place()
  press.focus()
}

function count(number: number): string {
  return number.toLocaleString('en-US')
}
