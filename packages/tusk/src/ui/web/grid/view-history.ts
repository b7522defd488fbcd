import type { GridView } from './grid-source.ts'
import { isSameView } from './view-state.ts'

const most = 50

/** Orders and filters that were asked for, so that they can be taken back one by one. */
export class ViewHistory {
  #done: readonly GridView[] = []
  #undone: readonly GridView[] = []

  /** From `before` to another view, by the person. */
  changed(before: GridView): void {
    const last = this.#done.at(-1)
    if (last !== undefined && isSameView(last, before)) return
    this.#done = [...this.#done, before].slice(-most)
    this.#undone = []
  }

  /** The view before the one that is shown now; undefined: there is none. */
  undo(now: GridView): GridView | undefined {
    const view = this.#done.at(-1)
    if (view === undefined) return undefined
    this.#done = this.#done.slice(0, -1)
    this.#undone = [...this.#undone, now]
    return view
  }

  redo(now: GridView): GridView | undefined {
    const view = this.#undone.at(-1)
    if (view === undefined) return undefined
    this.#undone = this.#undone.slice(0, -1)
    this.#done = [...this.#done, now]
    return view
  }
}
