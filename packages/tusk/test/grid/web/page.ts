// The test page: a grid on generated rows, or on a result of the test server; both in `window` for the tests to reach.
import '@fontsource-variable/inter'
import '@fontsource-variable/jetbrains-mono'
import './page.css'
import { createGrid, type Grid, type GridProps } from '../../../src/ui/web/grid/grid.ts'
import { createResultSource, type ResultSource } from '../../../src/ui/web/result-source.ts'
import { GeneratedSource, type GeneratedSourceOptions } from '../support/generated-source.ts'

interface TestPage {
  grid: Grid
  source: GeneratedSource
  result: ResultSource
  exported: number
  generate(options: GeneratedSourceOptions): void
  open(id: string, rowCount: number): Promise<void>
}

const host = document.querySelector('#host') as HTMLElement
const page: Partial<TestPage> = { exported: 0 }

function show(source: GridProps['source']): void {
  page.grid?.destroy()
  page.grid = createGrid(host, { source, label: 'Test result', onExport: () => page.exported!++ })
}
page.generate = options => {
  page.source = new GeneratedSource(options)
  show(page.source)
}
page.open = async (id, rowCount) => {
  const { schema } = await (await fetch(`/api/results/${id}`)).json()
  page.result = createResultSource(id, { state: 'complete', rowCount, schema })
  show(page.result)
}
Object.assign(window, { page })
const theme = new URLSearchParams(location.search).get('theme')
if (theme !== null) document.documentElement.dataset.theme = theme
