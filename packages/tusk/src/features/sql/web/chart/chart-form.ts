import { h, replace } from '../../../../ui/web/dom.ts'
import { type IconName, icon } from '../../../../ui/web/icons.ts'
import type { Schema } from '../../../../wire.ts'
import { type ChartKind, type ChartSettings, chartKinds, measures, timeUnits } from './chart-settings.ts'
import { isNumber, isTime } from './column-role.ts'

const kinds: Readonly<Record<ChartKind, readonly [label: string, icon: IconName]>> = {
  bar: ['Bars', 'chartBar'],
  line: ['Lines', 'chartLine'],
  area: ['Areas', 'chartArea'],
  scatter: ['Points', 'chartScatter'],
  histogram: ['Histogram', 'summary'],
  box: ['Boxes', 'chartBox'],
  pie: ['Slices', 'chartPie'],
  heat: ['Heat map', 'chartHeat'],
}

export interface ChartForm {
  readonly dom: HTMLElement
  show(settings: ChartSettings, schema: Schema): void
  focus(): void
}

/** What is drawn and of which columns: each kind shows only what it has a use for. */
export function createChartForm(onChange: (change: Partial<ChartSettings>) => void): ChartForm {
  const kindBox = h('div', { class: 'chart-kinds', role: 'radiogroup', label: 'Kind of chart' })
  const fields = h('div', { class: 'chart-fields' })
  kindBox.addEventListener('keydown', event => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    const all = [...kindBox.querySelectorAll('button')]
    const at = all.indexOf(document.activeElement as HTMLButtonElement)
    if (step === undefined || at === -1) return
    event.preventDefault()
    const kind = chartKinds[(at + step + all.length) % all.length]
    if (kind !== undefined) onChange({ kind })
    kindBox.querySelector<HTMLElement>('[aria-checked=true]')?.focus()
  })
  return {
    dom: h(
      'form',
      { class: 'chart-form', label: 'Chart', on: { submit: event => event.preventDefault() } },
      kindBox,
      fields,
    ),
    focus: () => kindBox.querySelector<HTMLElement>('[aria-checked=true]')?.focus(),
    show(settings, schema) {
      const focused = document.activeElement
      const focusedKind = kindBox.contains(focused)
      const focusedField = fields.contains(focused) ? focused?.getAttribute('name') : undefined
      replace(
        kindBox,
        ...chartKinds.map(kind => {
          const [label, picture] = kinds[kind]
          const chosen = kind === settings.kind
          return h(
            'button',
            {
              class: 'chart-kind',
              role: 'radio',
              title: label,
              label,
              tabIndex: chosen ? 0 : -1,
              attributes: { type: 'button', 'aria-checked': String(chosen) },
              on: { click: () => onChange({ kind }) },
            },
            icon(picture),
          )
        }),
      )
      replace(fields, ...fieldsOf(settings, schema, onChange))
      if (focusedKind) kindBox.querySelector<HTMLElement>('[aria-checked=true]')?.focus()
      if (focusedField) fields.querySelector<HTMLElement>(`[name="${focusedField}"]`)?.focus()
    },
  }
}

function fieldsOf(
  settings: ChartSettings,
  schema: Schema,
  onChange: (change: Partial<ChartSettings>) => void,
): readonly HTMLElement[] {
  const { kind, x, y, measure, series, unit, bins, most, stacked } = settings
  const field = (column: number | null) => (column === null ? undefined : schema.fields[column])
  const words: Partial<Record<ChartKind, string>> = { pie: 'Slices of', box: 'A box for each', histogram: 'Column' }
  const columnSelect = (label: string, name: 'x' | 'y' | 'series', value: number | null, none: string | undefined) =>
    choice(
      label,
      name,
      [
        ...(none === undefined ? [] : [['', none] as const]),
        ...schema.fields.map(
          ({ name: text }, column) => [String(column), text === '' ? `column ${column + 1}` : text] as const,
        ),
      ],
      value === null ? '' : String(value),
      text => onChange({ [name]: text === '' ? null : Number(text) }),
    )
  const made: HTMLElement[] = [
    columnSelect(
      words[kind] ?? 'Bottom',
      'x',
      x,
      x === null || kind === 'bar' || kind === 'pie' || kind === 'box' ? 'all rows together' : undefined,
    ),
  ]
  if (kind === 'heat')
    made.push(columnSelect('Side', 'series', series, series === null ? 'choose a column' : undefined))
  if (kind !== 'histogram')
    made.push(
      columnSelect(
        kind === 'scatter' ? 'Height' : 'Value',
        'y',
        y,
        kind === 'scatter' || kind === 'box' ? (y === null ? 'choose a column' : undefined) : 'number of rows',
      ),
    )
  const valueField = field(y)
  if (valueField !== undefined && kind !== 'scatter' && kind !== 'box' && kind !== 'histogram') {
    const able = measures.filter(([, , needsNumbers]) => !needsNumbers || isNumber(valueField))
    const chosen = able.some(([name]) => name === measure) ? measure : 'count'
    made.push(
      choice('Measure', 'measure', able, chosen, text => onChange({ measure: text as ChartSettings['measure'] })),
    )
  }
  if (kind !== 'heat' && kind !== 'pie' && kind !== 'box')
    made.push(columnSelect('Split by', 'series', series, 'nothing'))
  const scales = [field(x), ...(kind === 'heat' ? [field(series)] : [])].filter(one => one !== undefined)
  if (kind !== 'scatter' && scales.some(isTime))
    made.push(
      choice(
        'Steps of time',
        'unit',
        [['auto', 'automatic'], ...timeUnits.map(name => [name, name] as const)],
        unit,
        text => onChange({ unit: text as ChartSettings['unit'] }),
      ),
    )
  if (kind !== 'scatter' && kind !== 'line' && kind !== 'area' && scales.some(isNumber))
    made.push(count('About so many steps', 'bins', bins, 200, value => onChange({ bins: value })))
  if (kind === 'pie' || kind === 'box' || (kind === 'bar' && scales.every(one => !isNumber(one) && !isTime(one))))
    made.push(count('At most', 'most', most, 500, value => onChange({ most: value })))
  if (series !== null && (kind === 'bar' || kind === 'area' || kind === 'histogram')) {
    const input = h('input', { class: 'checkbox checkbox-xs', attributes: { type: 'checkbox', name: 'stacked' } })
    input.checked = stacked
    input.addEventListener('change', () => onChange({ stacked: input.checked }))
    made.push(h('label', { class: 'chart-check' }, input, 'On top of each other'))
  }
  return made
}

function choice(
  label: string,
  name: string,
  options: readonly (readonly [value: string, text: string, ...unknown[]])[],
  value: string,
  onChoose: (value: string) => void,
): HTMLElement {
  const select = h(
    'select',
    { label, attributes: { name } },
    ...options.map(([one, text]) => h('option', { attributes: { value: one } }, text)),
  )
  select.value = value
  select.addEventListener('change', () => onChoose(select.value))
  return h('label', { class: 'chart-field' }, h('span', {}, label), select)
}

function count(
  label: string,
  name: string,
  value: number,
  most: number,
  onChoose: (value: number) => void,
): HTMLElement {
  const input = h('input', {
    label,
    attributes: { type: 'number', name, min: '1', max: String(most), value: String(value) },
  })
  input.addEventListener('change', () => {
    const chosen = Math.round(Number(input.value))
    if (chosen >= 1 && chosen <= most) onChoose(chosen)
    else input.value = String(value)
  })
  return h('label', { class: 'chart-field' }, h('span', {}, label), input)
}
