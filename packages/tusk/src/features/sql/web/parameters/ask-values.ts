import { parameterText } from '../../../../dialect/parameters/parameter-text.ts'
import { openDialog } from '../../../../ui/web/dialog.ts'
import { h, textButton } from '../../../../ui/web/dom.ts'
import type { WireParameterValues } from '../../../../wire.ts'
import './parameters.css'

type Value = WireParameterValues[string]
type Kind = Value['kind']

const kinds: readonly (readonly [Kind, string])[] = [
  ['text', 'Text'],
  ['number', 'Number'],
  ['boolean', 'Yes or no'],
  ['date', 'Date'],
  ['timestamp', 'Timestamp'],
]

/** Shapes of what is asked for, shown while nothing is written. */
const examples: Readonly<Record<Kind, string>> = {
  text: '',
  number: '42.50',
  boolean: 'true',
  date: '2026-11-27',
  timestamp: '2026-11-27 18:30:00',
}

/** Asks for the values of parameters. Undefined for Cancel and Escape: nothing is run. */
export function askValues(
  names: readonly string[],
  remembered: WireParameterValues,
): Promise<WireParameterValues | undefined> {
  return new Promise(resolve => {
    let answer: WireParameterValues | undefined
    const dialog = openDialog({ title: 'Parameters', class: 'max-w-lg', onClose: () => resolve(answer) })
    const rows = names.map((name, index) => valueRow(name, `parameter-${index}`, remembered[name]))
    const form = h(
      'form',
      { class: 'parameters', id: 'parameters', attributes: { novalidate: '' } },
      ...rows.map(({ dom }) => dom),
    )
    form.addEventListener('submit', event => {
      event.preventDefault()
      const wrong = rows.find(({ check }) => !check())
      if (wrong !== undefined) {
        wrong.focus()
        return
      }
      answer = Object.fromEntries(rows.map(({ name, value }) => [name, value()]))
      dialog.close()
    })
    dialog.body.append(
      h('p', { class: 'studio-hint' }, 'They go to the database as values, never as a part of the text.'),
      form,
    )
    const run = textButton('Run', () => undefined, { icon: 'run', class: 'btn-primary', attributes: { form: form.id } })
    run.type = 'submit'
    dialog.footer.append(textButton('Cancel', dialog.close), run)
    rows[0]?.focus()
  })
}

interface ValueRow {
  readonly name: string
  readonly dom: HTMLElement
  value(): Value
  /** Shows what is wrong, if anything is. */
  check(): boolean
  focus(): void
}

function valueRow(name: string, id: string, before: Value | undefined): ValueRow {
  const kind = h(
    'select',
    { label: `Kind of ${name}`, class: 'select select-sm' },
    ...kinds.map(([value, words]) => h('option', { attributes: { value } }, words)),
  )
  kind.value = before?.kind ?? 'text'
  const input = h('input', {
    class: 'input input-sm',
    id,
    attributes: { type: 'text', autocomplete: 'off', spellcheck: 'false', 'aria-describedby': `${id}-problem` },
  })
  input.value = before?.value ?? ''
  const isNull = h('input', { class: 'checkbox checkbox-xs', id: `${id}-null`, attributes: { type: 'checkbox' } })
  isNull.checked = before?.value === null
  const problem = h('p', { class: 'field-problem', id: `${id}-problem`, role: 'alert' })
  const chosen = (): Kind => kind.value as Kind
  const value = (): Value => ({ kind: chosen(), value: isNull.checked ? null : input.value })
  const draw = (): void => {
    input.placeholder = isNull.checked ? 'NULL' : examples[chosen()]
    input.disabled = isNull.checked
    problem.textContent = ''
    input.ariaInvalid = 'false'
  }
  for (const control of [kind, isNull]) control.addEventListener('change', draw)
  input.addEventListener('input', draw)
  draw()
  return {
    name,
    dom: h(
      'div',
      { class: 'parameter' },
      h('label', { class: 'parameter-name', attributes: { for: id } }, name),
      kind,
      input,
      h('label', { class: 'parameter-null', attributes: { for: isNull.id } }, isNull, 'NULL'),
      problem,
    ),
    value,
    check() {
      const wrong = problemOf(name, value())
      problem.textContent = wrong ?? ''
      input.ariaInvalid = String(wrong !== undefined)
      return wrong === undefined
    },
    focus: () => (isNull.checked ? isNull : input).focus(),
  }
}

/** The server's own check. */
function problemOf(name: string, value: Value): string | undefined {
  try {
    parameterText(name, value)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
