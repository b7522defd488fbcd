import type { DataField } from '../../../wire.ts'
import { h } from '../dom.ts'
import { byteSize } from './byte-size.ts'
import { columnKind, isBytes, isJsonText, typeLabel } from './column-kind.ts'
import { gridButton } from './grid-button.ts'
import type { GridCell, GridSource } from './grid-source.ts'
import { hexDump } from './hex-dump.ts'
import { prettyJson, prettyJsonText } from './json-text.ts'

/** Shown at first of a long value, and with each "Show more". */
const shownBytes = 1024 * 1024
/** Sixteen bytes make a line of 77 characters: less of them at a time. */
const shownHexBytes = 64 * 1024
/** Longer JSON is indented but not coloured. */
const maxColouredJson = 200_000

export interface ValuePlace {
  readonly source: GridSource
  readonly row: number
  readonly column: number
}

export interface ValuePanelActions {
  close(): void
  copy(text: Promise<Blob>, what: string): void
}

/** The side panel with one whole value. It follows the active cell while it is open. */
export class ValuePanel {
  readonly dom = h('aside', { class: 'grid-value' })
  readonly #title = h('div', { class: 'grid-value-title' })
  readonly #note = h('div', { class: 'grid-note' })
  readonly #body = h('pre', { class: 'grid-value-text' })
  readonly #more = h('div', { class: 'grid-value-more' })
  readonly #wrap: HTMLButtonElement
  readonly #pretty: HTMLButtonElement
  readonly #download = h('a', { class: 'grid-button' })
  #place: ValuePlace | undefined
  #cell: GridCell | null = null
  #load: AbortController | undefined
  #limit = shownBytes
  #isPretty = true

  constructor(actions: ValuePanelActions) {
    this.dom.hidden = true
    this.dom.ariaLabel = 'Value'
    this.#body.tabIndex = 0
    this.#body.ariaLabel = 'The whole value'
    this.#wrap = gridButton('Wrap lines', () => this.#setWrap(this.#wrap.ariaPressed !== 'true'), { icon: 'wrap' })
    this.#pretty = gridButton('Format JSON', () => this.#setPretty(!this.#isPretty), { icon: 'json' })
    const copy = gridButton('Copy value', () => this.#copy(actions), { icon: 'copy' })
    const close = gridButton('Close (Escape)', () => actions.close(), { icon: 'close' })
    this.#download.textContent = 'Download'
    const tools = h('div', { class: 'grid-value-tools' }, this.#pretty, this.#wrap, copy, close)
    const handle = h('div', { class: 'grid-value-handle' })
    handle.addEventListener('pointerdown', event => this.#pressHandle(event, handle))
    this.dom.append(
      handle,
      h(
        'header',
        { class: 'grid-value-header' },
        h('div', { class: 'grid-value-heading' }, this.#title, this.#note),
        tools,
      ),
      this.#body,
      this.#more,
    )
    this.dom.addEventListener('keydown', event => {
      event.stopPropagation()
      if (event.key === 'Escape') actions.close()
    })
    this.#setWrap(true)
    this.#pretty.ariaPressed = 'true'
  }

  get isOpen(): boolean {
    return !this.dom.hidden
  }

  focus(): void {
    this.#body.focus({ preventScroll: true })
  }

  /** `anew`: the same place holds another value now. */
  open(place: ValuePlace, anew = false): void {
    this.dom.hidden = false
    const shown = this.#place
    if (!anew && shown?.source === place.source && shown.row === place.row && shown.column === place.column) return
    this.#place = place
    this.#limit = isBytes(this.#field) ? shownHexBytes : shownBytes
    this.#read(place)
  }

  close(): void {
    this.dom.hidden = true
    this.#load?.abort()
    this.#place = undefined
    this.#cell = null
    this.#body.replaceChildren()
  }

  get #field(): DataField {
    return this.#place!.source.schema.fields[this.#place!.column]!
  }

  #read(place: ValuePlace): void {
    this.#load?.abort()
    const controller = new AbortController()
    this.#load = controller
    this.#showHeading('')
    this.dom.ariaBusy = 'true'
    readCell(place, controller.signal, this.#limit).then(
      cell => {
        if (controller.signal.aborted) return
        this.dom.ariaBusy = 'false'
        this.#cell = cell
        this.#show()
      },
      error => {
        if (controller.signal.aborted) return
        this.dom.ariaBusy = 'false'
        this.#body.replaceChildren(
          h('span', { class: 'grid-error' }, error instanceof Error ? error.message : String(error)),
        )
        this.#more.replaceChildren(gridButton('Try again', () => this.#read(place)))
        this.#more.hidden = false
      },
    )
  }

  #showHeading(size: string): void {
    const place = this.#place!
    this.#title.textContent = this.#field.name
    this.#title.title = this.#field.name
    this.#note.textContent = [typeLabel(this.#field), `row ${(place.row + 1).toLocaleString('en-US')}`, size]
      .filter(Boolean)
      .join(' · ')
  }

  #show(): void {
    const cell = this.#cell
    const isJson = isJsonText(columnKind(this.#field))
    this.#pretty.hidden = !isJson || cell === null
    this.#more.hidden = true
    this.#body.classList.toggle('is-null', cell === null)
    this.#body.classList.toggle('is-hex', cell?.kind === 'binary')
    if (cell === null) {
      this.#showHeading('')
      this.#body.textContent = 'NULL'
      return
    }
    const full = cell.byteLength
    this.#showHeading(full === undefined ? '' : byteSize(full))
    if (cell.kind === 'binary') {
      this.#body.textContent = hexDump(cell.bytes, 0, Math.min(cell.bytes.length, this.#limit))
    } else {
      const text = textOf(cell)
      if (text === '') this.#body.replaceChildren(h('span', { class: 'grid-note' }, 'Empty text'))
      else if (isJson && this.#isPretty) this.#showJson(text)
      else this.#body.textContent = text
    }
    if (cell.complete && cell.bytes.length <= this.#limit) return
    this.#offerMore(cell)
  }

  #showJson(text: string): void {
    if (text.length > maxColouredJson) {
      this.#body.textContent = prettyJsonText(text)
      return
    }
    this.#body.replaceChildren(
      ...prettyJson(text).map(piece =>
        piece.kind === 'mark'
          ? document.createTextNode(piece.text)
          : h('span', { class: `grid-json-${piece.kind}` }, piece.text),
      ),
    )
  }

  #offerMore(cell: GridCell): void {
    const place = this.#place!
    const shown = Math.min(cell.bytes.length, this.#limit)
    const total = cell.byteLength === undefined ? '' : ` of ${byteSize(cell.byteLength)}`
    const more = gridButton('Show more', () => {
      this.#limit *= 4
      if (cell.complete) this.#show()
      else this.#read(place)
    })
    this.#more.replaceChildren(h('span', { class: 'grid-note' }, `The first ${byteSize(shown)}${total}.`), more)
    const url = place.source.cellUrl?.(place.row, place.column)
    if (url !== undefined) {
      this.#download.href = url
      this.#download.download = `${this.#field.name || 'value'}.${cell.kind === 'binary' ? 'bin' : 'txt'}`
      this.#more.append(this.#download)
    }
    this.#more.hidden = false
  }

  #copy(actions: ValuePanelActions): void {
    const place = this.#place
    if (place === undefined) return
    const whole = readCell(place, new AbortController().signal).then(cell => {
      if (cell === null) return new Blob([], { type: 'text/plain' })
      if (cell.kind === 'text') return new Blob([cell.bytes as Uint8Array<ArrayBuffer>], { type: 'text/plain' })
      return new Blob([...hexPieces(cell.bytes)], { type: 'text/plain' })
    })
    actions.copy(whole, `the value of ${this.#field.name}`)
  }

  #setWrap(isOn: boolean): void {
    this.#wrap.ariaPressed = String(isOn)
    this.#body.classList.toggle('is-wrapped', isOn)
  }

  #setPretty(isOn: boolean): void {
    this.#isPretty = isOn
    this.#pretty.ariaPressed = String(isOn)
    if (this.#cell !== null) this.#show()
  }

  #pressHandle(down: PointerEvent, handle: HTMLElement): void {
    down.preventDefault()
    const width = this.dom.offsetWidth
    const press = new AbortController()
    handle.setPointerCapture(down.pointerId)
    handle.addEventListener(
      'pointermove',
      move =>
        this.dom.style.setProperty('--grid-value-width', `${Math.max(220, width + down.clientX - move.clientX)}px`),
      { signal: press.signal },
    )
    handle.addEventListener('pointerup', () => press.abort(), { signal: press.signal })
    handle.addEventListener('pointercancel', () => press.abort(), { signal: press.signal })
  }
}

/** Of a value that came cut, without the half character it may end in. */
function textOf(cell: GridCell): string {
  return new TextDecoder().decode(cell.bytes, { stream: !cell.complete })
}

function* hexPieces(bytes: Uint8Array): Generator<string> {
  yield '\\x'
  for (let at = 0; at < bytes.length; at += 65_536) {
    yield Array.from(bytes.subarray(at, at + 65_536), byte => byte.toString(16).padStart(2, '0')).join('')
  }
}

/** The value through `cell`, or from a window where the source has nothing better. */
async function readCell(place: ValuePlace, signal: AbortSignal, maxBytes?: number): Promise<GridCell | null> {
  const { source, row, column } = place
  if (source.cell !== undefined)
    return await source.cell(row, column, signal, maxBytes === undefined ? {} : { maxBytes })
  const window = await source.window(row, 1, [column], signal)
  const text = window.text(0, 0)
  if (text === null) return null
  const bytes = new TextEncoder().encode(text)
  return { kind: 'text', byteLength: bytes.length, bytes, complete: true }
}
