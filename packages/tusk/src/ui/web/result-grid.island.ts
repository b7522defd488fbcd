import type { WireResult } from '../../wire.ts'
import { api } from './api.ts'
import { h } from './dom.ts'
import { createGrid, type Grid } from './grid/grid.ts'
import type { Island } from './island.ts'
import { createResultSource, type ResultSource } from './result-source.ts'

/** A stored result in the grid: the macro `grid`. A result that cannot be shown says why. */
export const mount: Island<{ readonly resultId: string; readonly label: string }> = (element, { resultId, label }) => {
  const controller = new AbortController()
  let source: ResultSource | undefined
  let grid: Grid | undefined
  void show()
  return {
    destroy() {
      controller.abort()
      grid?.destroy()
      source?.destroy()
    },
  }

  async function show(): Promise<void> {
    if (resultId === '') {
      say('There is no result yet.')
      return
    }
    try {
      const result = await api.get<WireResult>(`/api/results/${encodeURIComponent(resultId)}`, {
        signal: controller.signal,
      })
      if (controller.signal.aborted) return
      source = createResultSource(resultId, result)
      grid = createGrid(element, { source, label })
    } catch (error) {
      if (!controller.signal.aborted) say(error instanceof Error ? error.message : String(error))
    }
  }

  function say(text: string): void {
    element.replaceChildren(h('p', { class: 'p-4 text-muted', role: 'status' }, text))
  }
}
