import { openDialog } from '../../../ui/web/dialog.ts'
import { h, replace, spinner, textButton } from '../../../ui/web/dom.ts'
import { icon } from '../../../ui/web/icons.ts'
import type {
  WireConnection,
  WireConnectionField,
  WireConnectionInput,
  WireConnectionTest,
  WireEngine,
} from '../../../wire.ts'
import { configOf, type FieldControl, fieldControl } from './connection-form.ts'
import { colorDot, connectionColors, engineIcon } from './connection-look.ts'
import { parseAddress } from './connection-url.ts'
import type { Connections } from './connections.ts'
import { failureBox } from './failure-box.ts'
import { failureOf } from './failure-of.ts'
import { duration } from './format.ts'
import { environmentField } from './safety/environment-field.ts'
import type { StudioApi } from './studio-api.ts'

export interface ConnectionDialogOptions {
  readonly connections: Connections
  readonly api: Pick<StudioApi, 'testConnection'>
  /** The connection to change; absent: a new one. */
  readonly connection?: WireConnection | undefined
  /** Start a new one from the settings of this one; its secrets are not copied (R13). */
  readonly copyOf?: WireConnection | undefined
  readonly onSaved: (connection: WireConnection) => void
}

/** Adds or changes a connection, in a form drawn from the engine's fields. */
export function openConnectionDialog(options: ConnectionDialogOptions): void {
  const { connections, connection, copyOf } = options
  const shown = connection ?? (copyOf && { ...copyOf, secrets: [] })
  let engine = connections.engine(shown?.engine) ?? connections.engines[0]
  let controls = new Map<string, FieldControl>()
  let color = shown?.color ?? ''

  const title = connection === undefined ? (copyOf ? 'Duplicate connection' : 'New connection') : 'Edit connection'
  const dialog = openDialog({ title, class: 'studio-connection-dialog' })
  const name = h('input', {
    id: 'connection-name',
    attributes: { autocomplete: 'off', placeholder: 'Shop, production' },
  })
  name.value = copyOf === undefined ? (shown?.name ?? '') : `${copyOf.name} copy`
  const address = h('input', {
    id: 'connection-address',
    attributes: {
      autocomplete: 'off',
      spellcheck: 'false',
      placeholder: 'postgres://user:password@host:5432/database',
    },
  })
  const readOnly = h('input', {
    class: 'checkbox checkbox-xs',
    id: 'connection-read-only',
    attributes: { type: 'checkbox' },
  })
  const ownReadOnly = readOnlyField(connections.engine(shown?.engine))
  readOnly.checked = shown?.readOnly === true || (ownReadOnly !== undefined && shown?.config[ownReadOnly.key] === true)
  const eachSignsIn = checkbox('connection-each-signs-in', shown?.eachSignsIn === true)
  const asOwnRole = checkbox('connection-as-own-role', shown?.asOwnRole === true)
  const personal = h(
    'div',
    { class: 'flex flex-col gap-4' },
    checkboxField(
      eachSignsIn,
      'Each person signs in',
      'With their own user and password of the database, which Tusk asks them for and keeps for them alone.',
    ),
    checkboxField(
      asOwnRole,
      'Run statements as the database role of the person',
      'The role of their name, or the one that you name under “Database roles …”. SQL can leave it as far as the user who signs in may.',
    ),
  )
  const environment = environmentField(shown?.environment ?? '')
  const fieldsBox = h('div', { class: 'studio-fields' })
  const advanced = h('details', { class: 'studio-advanced' })
  const status = h('div', { class: 'studio-dialog-status', role: 'status' })
  const engines = h('div', { class: 'studio-engine-choice', role: 'radiogroup', label: 'Kind of database' })

  const drawFields = (): void => {
    if (engine === undefined) return
    const kept = new Map(
      [...controls].filter(([, control]) => control.changed).map(([key, control]) => [key, control.value]),
    )
    const mine = shown?.engine === engine.id ? shown : undefined
    // One switch says read-only for all engines; it sets the engine's own.
    const fields = engine.fields.filter(field => field !== readOnlyField(engine))
    controls = new Map(fields.map(field => [field.key, fieldControl(field, mine)]))
    for (const [key, value] of kept) {
      const control = controls.get(key)
      if (control !== undefined && typeof control.value === typeof value) control.value = value
    }
    const doms = (wanted: boolean): HTMLElement[] =>
      fields.filter(field => (field.advanced === true) === wanted).map(field => controls.get(field.key)!.dom)
    replace(fieldsBox, ...doms(false))
    personal.hidden = engine.signIn === undefined
    showOwnFields()
    replace(advanced, h('summary', {}, icon('right'), 'Advanced'), h('div', { class: 'studio-fields' }, ...doms(true)))
    advanced.hidden = !fields.some(field => field.advanced === true)
    replace(engines, ...connections.engines.map(engineChoice))
  }
  /** What each person gives for themselves is nothing that the connection has. */
  const showOwnFields = (): void => {
    for (const key of engine?.signIn ?? []) {
      const control = controls.get(key)
      if (control !== undefined) control.dom.hidden = eachSignsIn.checked
    }
  }
  eachSignsIn.addEventListener('change', showOwnFields)
  const engineChoice = (candidate: WireEngine): HTMLElement => {
    const checked = candidate.id === engine?.id
    return h(
      'button',
      {
        role: 'radio',
        tabIndex: checked ? 0 : -1,
        disabled: connection !== undefined && !checked,
        attributes: { type: 'button', 'aria-checked': String(checked) },
        on: {
          click: () => chooseEngine(candidate),
          keydown: event => {
            const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
            if (step === 0 || connection !== undefined) return
            const all = connections.engines
            chooseEngine(all[(all.indexOf(candidate) + step + all.length) % all.length]!)
          },
        },
      },
      engineIcon(candidate.id),
      candidate.label,
    )
  }
  const chooseEngine = (chosen: WireEngine): void => {
    engine = chosen
    drawFields()
    engines.querySelector<HTMLElement>('[aria-checked=true]')?.focus()
  }
  address.addEventListener('input', () => {
    const parsed = parseAddress(address.value, connections.engines)
    if (parsed === undefined || (connection !== undefined && parsed.engine !== engine?.id)) return
    engine = connections.engine(parsed.engine)
    drawFields()
    for (const [key, value] of Object.entries(parsed.config)) {
      if (key === readOnlyField(engine)?.key) readOnly.checked = value === true
      const control = controls.get(key)
      if (control !== undefined) control.value = typeof value === 'boolean' ? value : String(value)
    }
    if (name.value === '') name.value = suggestedName(parsed.config)
  })

  const input = (): WireConnectionInput => ({
    name: name.value.trim(),
    engine: engine?.id ?? '',
    config: {
      ...configOf(engine?.fields ?? [], controls),
      ...(readOnly.checked && readOnlyField(engine) ? { [readOnlyField(engine)!.key]: true } : {}),
    },
    color,
    environment: environment.value,
    readOnly: readOnly.checked,
    ...(engine?.signIn === undefined
      ? // Alone, one has no sign-in beside that of the connection.
        { ...(shown?.eachSignsIn ? { eachSignsIn: false } : {}), ...(shown?.asOwnRole ? { asOwnRole: false } : {}) }
      : { eachSignsIn: eachSignsIn.checked, asOwnRole: asOwnRole.checked }),
    ...(connection === undefined ? {} : { version: connection.version }),
  })
  const test = async (): Promise<void> => {
    replace(status, spinner(), 'Connecting …')
    testButton.disabled = true
    try {
      const { engine: id, config, eachSignsIn: each } = input()
      const request = {
        engine: id,
        config,
        ...(each === undefined ? {} : { eachSignsIn: each }),
        ...(connection === undefined ? {} : { id: connection.id }),
      }
      showTest(status, await options.api.testConnection(request, dialog.signal))
    } catch (error) {
      if (!dialog.signal.aborted) replace(status, failureBox(failureOf(error).error))
    } finally {
      testButton.disabled = false
    }
  }
  const save = async (): Promise<void> => {
    if (name.value.trim() === '') {
      replace(status, failureBox({ code: 'CONNECTION_CONFIG', message: 'Give the connection a name.' }))
      name.focus()
      return
    }
    saveButton.disabled = true
    try {
      const saved = await connections.save(input(), connection?.id)
      dialog.close()
      options.onSaved(saved)
    } catch (error) {
      saveButton.disabled = false
      replace(status, failureBox(failureOf(error).error))
    }
  }
  const testButton = textButton('Test', () => void test(), { icon: 'plug' })
  const saveButton = textButton(connection === undefined ? 'Add connection' : 'Save', () => {}, {
    class: 'btn-primary',
  })
  saveButton.type = 'submit'
  const form = h(
    'form',
    {
      id: `connection-${crypto.randomUUID()}`,
      class: 'studio-form',
      attributes: { novalidate: '', autocomplete: 'off' },
      on: {
        submit: event => {
          event.preventDefault()
          void save()
        },
      },
    },
    engines,
    connection === undefined &&
      h(
        'div',
        { class: 'studio-field' },
        h('label', { attributes: { for: address.id } }, 'Paste an address'),
        address,
        h('small', {}, 'A URL or the path of a file fills in the rest. Or fill in the fields.'),
      ),
    h(
      'div',
      { class: 'studio-fields' },
      h(
        'div',
        { class: 'studio-field' },
        h(
          'label',
          { attributes: { for: name.id } },
          'Name',
          h('span', { class: 'studio-required', title: 'Required' }, '*'),
        ),
        name,
      ),
      colorField(color, chosen => {
        color = chosen
      }),
    ),
    fieldsBox,
    environment.dom,
    h(
      'div',
      { class: 'studio-field studio-field-check' },
      h('div', {}, readOnly, h('label', { attributes: { for: readOnly.id } }, 'Read-only connection')),
      h('small', {}, 'Opened so that the database refuses to write. A seat belt, not a lock.'),
    ),
    personal,
    advanced,
  )
  saveButton.setAttribute('form', form.id)
  dialog.body.append(form)
  dialog.footer.append(
    status,
    testButton,
    h('span', { class: 'studio-space' }),
    textButton('Cancel', dialog.close),
    saveButton,
  )
  drawFields()
  ;(connection === undefined && copyOf === undefined ? address : name).focus()
}

function checkbox(id: string, checked: boolean): HTMLInputElement {
  const input = h('input', {
    class: 'checkbox checkbox-xs',
    id,
    attributes: { type: 'checkbox', 'aria-describedby': `${id}-help` },
  })
  input.checked = checked
  return input
}

function checkboxField(input: HTMLInputElement, label: string, help: string): HTMLElement {
  return h(
    'div',
    { class: 'studio-field studio-field-check' },
    h('div', {}, input, h('label', { attributes: { for: input.id } }, label)),
    h('small', { id: `${input.id}-help` }, help),
  )
}

function readOnlyField(engine: WireEngine | undefined): WireConnectionField | undefined {
  return engine?.fields.find(field => field.kind === 'boolean' && /^read_?only$/i.test(field.key))
}

function showTest(status: HTMLElement, test: WireConnectionTest): void {
  if (test.ok) {
    const text = `${test.version ?? 'Connected'} · ${duration(test.milliseconds)}`
    replace(status, h('span', { class: 'studio-ok' }, icon('complete'), text))
  } else {
    replace(
      status,
      failureBox(test.error ?? { code: 'CONNECTION_FAILED', message: 'The database could not be reached.' }),
    )
  }
}

function colorField(initial: string, onChange: (color: string) => void): HTMLElement {
  const choice = (color: string): HTMLElement => {
    const input = h('input', {
      attributes: { type: 'radio', name: 'connection-color', value: color },
      label: color === '' ? 'No colour' : color,
    })
    input.checked = color === initial
    input.addEventListener('change', () => onChange(color))
    return h('label', { title: color === '' ? 'No colour' : color }, input, colorDot(color))
  }
  return h(
    'fieldset',
    { class: 'studio-field studio-colors' },
    h('legend', {}, 'Colour'),
    h('div', {}, ...['', ...connectionColors].map(choice)),
  )
}

function suggestedName(config: Readonly<Record<string, string | number | boolean>>): string {
  const file =
    typeof config.path === 'string'
      ? config.path
          .split(/[\\/]/)
          .at(-1)
          ?.replace(/\.[a-z0-9]+$/i, '')
      : undefined
  return file ?? [config.database, config.host].filter(Boolean).join(' on ')
}
