import { h } from '../../../ui/web/dom.ts'
import type { WireConnection, WireConnectionField, WireConnectionInput } from '../../../wire.ts'

/** What a form's control holds: text, or whether it is on. */
export type FieldValue = string | boolean

export interface FieldControl {
  readonly dom: HTMLElement
  value: FieldValue
  readonly changed: boolean
}

/** The label, control and help of one field. A saved secret is never shown: empty keeps it. */
export function fieldControl(field: WireConnectionField, connection: WireConnection | undefined): FieldControl {
  const id = `field-${field.key}`
  const saved = connection?.secrets.includes(field.key) === true
  const initial = initialValue(field, connection)
  const help = field.help === undefined ? undefined : h('small', { id: `${id}-help` }, field.help)
  const described: Readonly<Record<string, string>> = help === undefined ? {} : { 'aria-describedby': help.id }
  const control = makeControl(field, id, initial, saved, described)
  const read = (): FieldValue =>
    control instanceof HTMLInputElement && control.type === 'checkbox' ? control.checked : control.value
  const label = h(
    'label',
    { attributes: { for: id } },
    field.label,
    field.required === true && h('span', { class: 'studio-required', title: 'Required' }, '*'),
  )
  const dom =
    field.kind === 'boolean'
      ? h('div', { class: 'studio-field studio-field-check' }, h('div', {}, control, label), help)
      : h('div', { class: `studio-field studio-field-${field.kind}` }, label, control, help)
  return {
    dom,
    get value() {
      return read()
    },
    set value(value) {
      if (control instanceof HTMLInputElement && control.type === 'checkbox') control.checked = value === true
      else control.value = String(value)
    },
    get changed() {
      return read() !== initial
    },
  }
}

/** Values of the controls as the server wants them: absent secrets stay as they are, defaults are not stored. */
export function configOf(
  fields: readonly WireConnectionField[],
  controls: ReadonlyMap<string, Pick<FieldControl, 'value'>>,
): WireConnectionInput['config'] {
  const config: Record<string, string | number | boolean | null> = {}
  for (const field of fields) {
    const value = controls.get(field.key)?.value
    if (value === undefined) continue
    if (field.kind === 'boolean') {
      if (value !== (field.default ?? false)) config[field.key] = value
    } else if (field.kind === 'secret') {
      if (value !== '') config[field.key] = value
    } else if (String(value).trim() !== '' && String(value) !== String(field.default ?? '')) {
      const text = String(value).trim()
      config[field.key] = field.kind === 'number' && Number.isFinite(Number(text)) ? Number(text) : text
    }
  }
  return config
}

function initialValue(field: WireConnectionField, connection: WireConnection | undefined): FieldValue {
  const given = connection?.config[field.key] ?? field.default
  if (field.kind === 'boolean') return given === true
  return field.kind === 'secret' || given === undefined ? '' : String(given)
}

function makeControl(
  field: WireConnectionField,
  id: string,
  initial: FieldValue,
  saved: boolean,
  described: Readonly<Record<string, string>>,
): HTMLInputElement | HTMLSelectElement {
  const attributes = { ...described, name: field.key, ...(field.required === true ? { 'aria-required': 'true' } : {}) }
  if (field.kind === 'choice') {
    const options = (field.choices ?? []).map(choice => h('option', { attributes: { value: choice } }, choice))
    const select = h('select', { id, attributes }, ...options)
    select.value = String(initial)
    return select
  }
  const input = h('input', { id, attributes: { ...attributes, autocomplete: 'off', spellcheck: 'false' } })
  if (field.kind === 'boolean') {
    input.type = 'checkbox'
    input.className = 'checkbox checkbox-xs'
    input.checked = initial === true
    return input
  }
  input.type = field.kind === 'secret' ? 'password' : 'text'
  if (field.kind === 'secret') input.autocomplete = 'new-password'
  if (field.kind === 'number') input.inputMode = 'numeric'
  input.placeholder = saved ? '•••••• saved' : (field.placeholder ?? '')
  input.value = String(initial)
  return input
}
