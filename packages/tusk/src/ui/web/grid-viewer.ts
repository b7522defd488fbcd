import type { SavedColumnLayout } from './grid/column-layout.ts'
import { copyDialect } from './grid/copy-dialect.ts'
import { createGrid, type GridProps } from './grid/grid.ts'
import type { ResultViewer, ResultViewerProps } from './result-viewers.ts'

const layoutKey = 'grid layout'

/** The grid: the first way to look at any result. Remembers how a person arranged the columns. */
export const gridViewer: ResultViewer = {
  id: 'grid',
  label: 'Grid',
  icon: 'table-2',
  mount(element, props) {
    const grid = createGrid(element, gridProps(props))
    return {
      update: next => grid.update(gridProps(next)),
      focus: () => grid.focus(),
      destroy: () => grid.destroy(),
    }
  },
}

function gridProps({ source, label, engine, openExport, memory }: ResultViewerProps): GridProps {
  return {
    source,
    label,
    onExport: openExport,
    dialect: copyDialect(engine),
    layout: memory.get(layoutKey) as SavedColumnLayout | undefined,
    onLayoutChange: layout => void memory.set(layoutKey, layout),
  }
}
