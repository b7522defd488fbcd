import { api } from '../../../ui/web/api.ts'
import { h } from '../../../ui/web/dom.ts'
import { createGrid, type Grid } from '../../../ui/web/grid/grid.ts'
import type { Island } from '../../../ui/web/island.ts'
import { createResultSource } from '../../../ui/web/result-source.ts'
import type { WireSharedResult } from '../../../wire.ts'
import { createSharedSource } from './shared-source.ts'

/** A result that somebody shared, in the grid; `address` is the door that it came in by, `views` whether that one sorts and filters. */
export const mount: Island<{ readonly address: string; readonly label: string; readonly views: boolean }> = (
  element,
  { address, label, views },
) => {
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
      if (controller.signal.aborted) return
      const source = views ? createResultSource('', result, address) : createSharedSource(address, result)
      grid = createGrid(element, { source, label })
    } catch (error) {
      if (controller.signal.aborted) return
      const text = error instanceof Error ? error.message : String(error)
      element.replaceChildren(h('p', { class: 'p-4 text-muted', role: 'status' }, text))
    }
  }
}
