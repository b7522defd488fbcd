import type { GridSource, GridView } from './grid-source.ts'

/** The order and filter that were asked of a source and are not there yet; a new one takes the place of the one before. */
export class ViewRequest {
  #asked: { readonly view: GridView; readonly controller: AbortController } | undefined

  /** Undefined: nothing is on its way. */
  get view(): GridView | undefined {
    return this.#asked?.view
  }

  /** Calls `onDone` or `onFailure`, unless it was cancelled or replaced before. */
  ask(source: GridSource, view: GridView, onDone: () => void, onFailure: (error: unknown) => void): void {
    this.cancel()
    if (source.setView === undefined) return
    const asked = { view, controller: new AbortController() }
    this.#asked = asked
    const isLatest = () => {
      const is = this.#asked === asked
      if (is) this.#asked = undefined
      return is
    }
    source.setView(view, asked.controller.signal).then(
      () => {
        if (isLatest()) onDone()
      },
      error => {
        if (isLatest()) onFailure(error)
      },
    )
  }

  cancel(): void {
    this.#asked?.controller.abort()
    this.#asked = undefined
  }
}
