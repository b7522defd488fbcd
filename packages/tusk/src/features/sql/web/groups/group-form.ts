import type { Aggregate, GroupKey } from '../../../../results/grouping.ts'
import { h, iconButton, replace, textButton } from '../../../../ui/web/dom.ts'
import type { Schema } from '../../../../wire.ts'
import { timeUnits } from '../chart/chart-settings.ts'
import { isNumber, isTime } from '../chart/column-role.ts'
import { aggregatesOf, aggregateWords, type GroupSettings } from './group-settings.ts'

export interface GroupForm {
  readonly dom: HTMLFormElement
  show(settings: GroupSettings, schema: Schema): void
  focus(): void
}

export interface GroupFormOptions {
  /** `asWritten`: by typing; the form shows it already, and stays as it is so that Enter still sends it. */
  readonly onChange: (change: (now: GroupSettings) => GroupSettings, asWritten?: boolean) => void
  readonly onSubmit: () => void
}

/** What to group by, what to tell of each group, and which column is spread. */
export function createGroupForm({ onChange, onSubmit }: GroupFormOptions): GroupForm {
  const body = h('div', { class: 'group-fields' })
  const dom = h(
    'form',
    {
      class: 'chart-form group-form',
      label: 'Groups',
      on: {
        submit: event => {
          event.preventDefault()
          onSubmit()
        },
      },
    },
    body,
    h('button', { class: 'btn btn-sm btn-primary', attributes: { type: 'submit' } }, 'Group'),
  )
  return {
    dom,
    focus: () => body.querySelector<HTMLElement>('select, button')?.focus(),
    show(settings, schema) {
      const focused = body.contains(document.activeElement) ? document.activeElement?.ariaLabel : undefined
      replace(body, ...fieldsOf(settings, schema, onChange))
      if (focused)
        [...body.querySelectorAll<HTMLElement>('[aria-label]')].find(({ ariaLabel }) => ariaLabel === focused)?.focus()
    },
  }
}

function fieldsOf(
  settings: GroupSettings,
  { fields }: Schema,
  onChange: GroupFormOptions['onChange'],
): readonly HTMLElement[] {
  const columns = fields.map(
    ({ name }, column) => [String(column), name === '' ? `column ${column + 1}` : name] as const,
  )
  const { by, values, across, acrossLimit, order } = settings
  const keyRow = (key: GroupKey, index: number): HTMLElement => {
    const field = fields[key.column]
    const change = (next: GroupKey, asWritten = false): void =>
      onChange(now => ({ ...now, by: now.by.with(index, next) }), asWritten)
    const nth = by.length > 1 ? ` ${index + 1}` : ''
    return h(
      'div',
      { class: 'group-row' },
      select(`Group by${nth}`, columns, String(key.column), text => change({ column: Number(text) })),
      field !== undefined &&
        isTime(field) &&
        select(
          `Steps of time${nth}`,
          [['', 'exact'], ...timeUnits.map(unit => [unit, unit] as const)],
          key.unit ?? '',
          text => {
            const unit = timeUnits.find(one => one === text)
            change({ column: key.column, ...(unit === undefined ? {} : { unit }) })
          },
        ),
      field !== undefined &&
        isNumber(field) &&
        number(`Steps of${nth}`, key.width, 'exact', width =>
          change({ column: key.column, ...(width === undefined ? {} : { width }) }, true),
        ),
      iconButton('close', `Do not group by ${field?.name ?? ''}`, () =>
        onChange(now => ({ ...now, by: now.by.toSpliced(index, 1) })),
      ),
    )
  }
  const valueRow = ({ function: wanted, column }: Aggregate, index: number): HTMLElement => {
    const change = (next: Aggregate): void => onChange(now => ({ ...now, values: now.values.with(index, next) }))
    const able = aggregatesOf(column === undefined ? undefined : fields[column])
    const nth = values.length > 1 ? ` ${index + 1}` : ''
    return h(
      'div',
      { class: 'group-row' },
      select(`Of column${nth}`, [['', 'rows'], ...columns], column === undefined ? '' : String(column), text => {
        const next = text === '' ? undefined : Number(text)
        const usual = aggregatesOf(next === undefined ? undefined : fields[next])
        const kept = usual.find(one => one === wanted && (next === undefined || one !== 'count'))
        change({
          function: kept ?? (usual.includes('sum') ? 'sum' : (usual[1] ?? 'count')),
          ...(next === undefined ? {} : { column: next }),
        })
      }),
      select(
        `Measure${nth}`,
        aggregateWords.filter(([name]) => able.includes(name)),
        wanted,
        text =>
          change({ function: able.find(one => one === text) ?? 'count', ...(column === undefined ? {} : { column }) }),
      ),
      iconButton('close', `Leave out measure${nth}`, () =>
        onChange(now => ({ ...now, values: now.values.toSpliced(index, 1) })),
      ),
    )
  }
  return [
    h('h3', {}, 'Group by'),
    ...by.map(keyRow),
    textButton(
      'Add a column',
      () => {
        const free = fields.findIndex((_, column) => by.every(key => key.column !== column))
        onChange(now => ({ ...now, by: [...now.by, { column: Math.max(0, free) }] }))
      },
      { icon: 'plus', class: 'btn-ghost', disabled: by.length >= 16 },
    ),
    h('h3', {}, 'Tell of each group'),
    ...values.map(valueRow),
    textButton('Add a measure', () => onChange(now => ({ ...now, values: [...now.values, { function: 'count' }] })), {
      icon: 'plus',
      class: 'btn-ghost',
      disabled: values.length >= 50,
    }),
    h('h3', {}, 'Spread (pivot)'),
    h(
      'div',
      { class: 'group-row' },
      select('A column for each value of', [['', 'nothing'], ...columns], across === null ? '' : String(across), text =>
        onChange(now => ({ ...now, across: text === '' ? null : Number(text) })),
      ),
      across !== null &&
        number('Columns at most', acrossLimit, '', most =>
          onChange(now => ({ ...now, acrossLimit: Math.max(1, Math.min(100, Math.round(most ?? 20))) }), true),
        ),
    ),
    h('h3', {}, 'Order'),
    select(
      'Order',
      [
        ['keys', 'by what is grouped'],
        ['value', 'by the first measure, largest first'],
      ],
      order,
      text => onChange(now => ({ ...now, order: text === 'value' ? 'value' : 'keys' })),
    ),
  ]
}

function select(
  label: string,
  options: readonly (readonly [value: string, text: string])[],
  value: string,
  onChoose: (value: string) => void,
): HTMLElement {
  const made = h(
    'select',
    { label, title: label },
    ...options.map(([one, text]) => h('option', { attributes: { value: one } }, text)),
  )
  made.value = value
  made.addEventListener('change', () => onChoose(made.value))
  return made
}

/** Undefined: nothing, or nothing above zero, was written. */
function number(
  label: string,
  value: number | undefined,
  placeholder: string,
  onChoose: (value: number | undefined) => void,
): HTMLElement {
  const made = h('input', { label, title: label, attributes: { type: 'number', min: '0', step: 'any', placeholder } })
  made.value = value === undefined ? '' : String(value)
  made.addEventListener('input', () => {
    const chosen = Number(made.value)
    onChoose(made.value !== '' && chosen > 0 ? chosen : undefined)
  })
  return made
}
