import { h, replace, spinner } from '../../../../ui/web/dom.ts'
import { copyDialect } from '../../../../ui/web/grid/copy-dialect.ts'
import { createGrid, type Grid } from '../../../../ui/web/grid/grid.ts'
import { createResultSource, type ResultSource } from '../../../../ui/web/result-source.ts'
import type { MountedResultViewer, ResultViewerProps } from '../../../../ui/web/result-viewers.ts'
import type { Schema } from '../../../../wire.ts'
import { whatToCompare } from '../diff/what-to-compare.ts'
import { failureBox } from '../failure-box.ts'
import { failureOf } from '../failure-of.ts'
import type { StudioApi } from '../studio-api.ts'
import './beside.css'

const memoryKey = 'beside'

/** Two grids, each sorted, filtered and searched by itself; below each other where there is little room. */
export function createBesideView(element: HTMLElement, props: ResultViewerProps, api: StudioApi): MountedResultViewer {
  const end = new AbortController()
  const { signal } = end
  const choice = h('select', { label: 'Beside these rows', disabled: true })
  const own = h('div', { class: 'beside-grid' })
  const other = h('div', { class: 'beside-grid' })
  const message = h('div', { class: 'beside-message', role: 'status' })
  element.append(
    h(
      'div',
      { class: 'beside' },
      h(
        'section',
        { class: 'beside-side', label: 'These rows' },
        h('header', {}, h('span', { class: 'beside-label' }, props.label)),
        own,
      ),
      h('section', { class: 'beside-side', label: 'The other rows' }, h('header', {}, choice), message, other),
    ),
  )
  const grid = createGrid(own, {
    source: props.source,
    label: `These rows: ${props.label}`,
    dialect: copyDialect(props.engine),
  })
  let shown: { readonly source: ResultSource; readonly grid: Grid } | undefined
  let reading: AbortController | undefined
  choice.addEventListener('change', () => void show(choice.value))
  void start()
  return {
    focus: () => grid.focus(),
    destroy() {
      end.abort()
      clear()
      grid.destroy()
      element.replaceChildren()
    },
  }

  async function start(): Promise<void> {
    replace(message, spinner(), 'Looking for other results …')
    try {
      const choices = await whatToCompare(api, props.resultId, signal)
      if (signal.aborted) return
      if (choices.length === 0) {
        replace(message, 'There is no other result yet. Run another statement, then choose it here.')
        return
      }
      replace(choice, ...choices.map(({ id, label }) => h('option', { attributes: { value: id } }, label)))
      choice.removeAttribute('disabled')
      const remembered = props.memory.get(memoryKey)
      const wanted = choices.find(({ id }) => id === remembered) ?? choices[0]!
      choice.value = wanted.id
      await show(wanted.id)
    } catch (error) {
      if (!signal.aborted) replace(message, failureBox(failureOf(error).error))
    }
  }

  /** Never rejects: what goes wrong stands over the place of the rows. */
  async function show(id: string): Promise<void> {
    reading?.abort()
    const current = new AbortController()
    reading = current
    clear()
    replace(message, spinner(), 'Reading the rows …')
    try {
      const result = await api.result(id, AbortSignal.any([signal, current.signal]))
      if (current.signal.aborted || signal.aborted) return
      props.memory.set(memoryKey, id)
      if (result.schema.fields.length === 0) {
        replace(message, 'That statement returned no rows.')
        return
      }
      replace(message, whatIsMissing(props.schema, result.schema))
      const source = createResultSource(id, result)
      const label = choice.selectedOptions[0]?.textContent ?? 'Another result'
      const made = createGrid(other, { source, label: `The other rows: ${label}`, dialect: copyDialect(result.engine) })
      shown = { source, grid: made }
    } catch (error) {
      if (current.signal.aborted || signal.aborted) return
      const { error: failure } = failureOf(error)
      const gone = failure.code === 'RESULT_NOT_FOUND'
      replace(
        message,
        failureBox(
          gone
            ? { ...failure, message: 'These rows have expired.', hint: 'Choose another result, or run it again.' }
            : failure,
        ),
      )
    }
  }

  function clear(): void {
    shown?.grid.destroy()
    shown?.source.destroy()
    shown = undefined
    replace(other)
  }
}

/** In which columns they are not alike; empty where they are. */
export function whatIsMissing(one: Schema, other: Schema): string {
  const names = ({ fields }: Schema): ReadonlySet<string> => new Set(fields.map(({ name }) => name.toLowerCase()))
  const only = (from: Schema, of: Schema): readonly string[] => {
    const there = names(of)
    return from.fields.map(({ name }) => name).filter(name => !there.has(name.toLowerCase()))
  }
  const [here, there] = [only(one, other), only(other, one)]
  // Of results that have nothing in common nobody asks what is missing.
  if (here.length === one.fields.length) return ''
  const listed = (all: readonly string[]): string =>
    all.length > 5 ? `${all.slice(0, 5).join(', ')} …` : all.join(', ')
  return [
    ...(here.length === 0 ? [] : [`Only in these rows: ${listed(here)}.`]),
    ...(there.length === 0 ? [] : [`Only in the others: ${listed(there)}.`]),
  ].join(' ')
}
