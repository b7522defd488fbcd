import { h, replace, spinner, textButton } from './dom.ts'
import './result-viewer-stage.css'
import type { ResultSource } from './result-source.ts'
import type { MountedResultViewer, ResultViewer, ResultViewerProps } from './result-viewers.ts'

interface Place {
  readonly dom: HTMLElement
  mounted?: MountedResultViewer
  /** What it shows, loads or failed to show. */
  source: ResultSource | undefined
  /** Counts what was asked for, so that what comes late is let go. */
  turn: number
}

/** Where viewers show a result: one at a time, each kept as it was left while another is looked at. */
export class ResultViewerStage {
  readonly dom: HTMLElement
  readonly #places = new Map<string, Place>()
  #shown: Place | undefined

  constructor(className: string) {
    this.dom = h('div', { class: className, hidden: true })
  }

  show(viewer: ResultViewer, props: ResultViewerProps): void {
    let place = this.#places.get(viewer.id)
    if (place === undefined) {
      place = { dom: h('div', { class: 'result-viewer' }), source: undefined, turn: 0 }
      this.#places.set(viewer.id, place)
      this.dom.append(place.dom)
    }
    for (const other of this.#places.values()) other.dom.hidden = other !== place
    this.dom.hidden = false
    this.#shown = place
    if (place.source === props.source) return
    place.source = props.source
    if (place.mounted?.update !== undefined) place.mounted.update(props)
    else void this.#mount(place, viewer, props)
  }

  focus(): void {
    const focus = this.#shown?.mounted?.focus
    if (focus === undefined) this.#shown?.dom.querySelector<HTMLElement>('button, [tabindex="0"]')?.focus()
    else focus()
  }

  destroy(): void {
    for (const place of this.#places.values()) {
      place.turn++
      place.mounted?.destroy()
    }
    this.#places.clear()
  }

  async #mount(place: Place, viewer: ResultViewer, props: ResultViewerProps): Promise<void> {
    const turn = ++place.turn
    place.mounted?.destroy()
    delete place.mounted
    const inner = h('div', { class: 'result-viewer' })
    replace(place.dom, inner)
    try {
      const mounting = viewer.mount(inner, props)
      if (!(mounting instanceof Promise)) {
        place.mounted = mounting
        return
      }
      place.dom.prepend(h('p', { class: 'result-viewer-note' }, spinner(), 'Loading …'))
      const mounted = await mounting
      if (turn !== place.turn) mounted.destroy()
      else {
        place.mounted = mounted
        place.dom.querySelector(':scope > .result-viewer-note')?.remove()
      }
    } catch (error) {
      if (turn !== place.turn) return
      const text = error instanceof Error ? error.message : String(error)
      const again = textButton('Try again', () => void this.#mount(place, viewer, props))
      const note = h(
        'div',
        { class: 'result-viewer-note', role: 'alert' },
        h('p', {}, `${viewer.label} cannot be shown. ${text}`),
        again,
      )
      replace(place.dom, note)
    }
  }
}
