import { api } from '../../../ui/web/api.ts'
import { h } from '../../../ui/web/dom.ts'
import { createGrid, type Grid } from '../../../ui/web/grid/grid.ts'
import type { Island } from '../../../ui/web/island.ts'
import type { WireSharedResult } from '../../../wire.ts'
import { createSharedSource } from './shared-source.ts'

/** A result that somebody shared, in the grid; `address` is the door that it came in by. */
export const mount: Island<{ readonly address: string; readonly label: string }> = (element, { address, label }) => {
  const controller = new AbortController()
  let grid: Grid | undefined
  void show()
  return {
    destroy() {
      controller.abort()
      grid?.destroy()
    },
  }

  async function show(): Promise<void> {
    try {
      const result = await api.get<WireSharedResult>(`${address}/result`, { signal: controller.signal })
      if (!controller.signal.aborted) grid = createGrid(element, { source: createSharedSource(address, result), label })
    } catch (error) {
      if (controller.signal.aborted) return
      const text = error instanceof Error ? error.message : String(error)
      element.replaceChildren(h('p', { class: 'p-4 text-muted', role: 'status' }, text))
    }
  }
}
