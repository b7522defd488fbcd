import { openDialog } from '../../../ui/web/dialog.ts'
import { h, replace, spinner, textButton } from '../../../ui/web/dom.ts'
import type { WireConnection, WireEngine } from '../../../wire.ts'
import { fieldControl } from './connection-form.ts'
import { failureBox } from './failure-box.ts'
import { failureOf } from './failure-of.ts'
import type { StudioApi } from './studio-api.ts'

export interface SignInDialogOptions {
  readonly api: Pick<StudioApi, 'signIn'>
  readonly connection: WireConnection
  readonly engine: WireEngine
  /** What was given is right, and kept. */
  readonly onSignedIn: () => void
}

/** Asks for the person's own user and password of a database, tries them and has them kept. */
export function openSignInDialog({ api, connection, engine, onSignedIn }: SignInDialogOptions): void {
  const dialog = openDialog({ title: `Sign in to “${connection.name}”`, class: 'max-w-md' })
  const own = engine.fields.filter(({ key }) => engine.signIn?.includes(key))
  // Nothing of what is kept is shown: it never comes back from the server.
  const controls = own.map(
    field => [field.key, fieldControl({ ...withoutDefault(field), required: true }, undefined)] as const,
  )
  const status = h('div', { class: 'studio-dialog-status', role: 'status' })
  const button = textButton('Sign in', () => {}, { class: 'btn-primary' })
  button.type = 'submit'
  const send = async (): Promise<void> => {
    const values = Object.fromEntries(controls.map(([key, control]) => [key, String(control.value)]))
    button.disabled = true
    replace(status, spinner(), 'Connecting …')
    try {
      await api.signIn(connection.id, values, dialog.signal)
      dialog.close()
      onSignedIn()
    } catch (error) {
      if (dialog.signal.aborted) return
      button.disabled = false
      replace(status, failureBox(failureOf(error).error))
    }
  }
  const form = h(
    'form',
    {
      id: `sign-in-${crypto.randomUUID()}`,
      class: 'studio-form',
      attributes: { novalidate: '', autocomplete: 'off' },
      on: {
        submit: event => {
          event.preventDefault()
          void send()
        },
      },
    },
    h(
      'p',
      { class: 'text-sm text-muted' },
      'Your own user and password of the database. They are kept encrypted for you alone.',
    ),
    ...controls.map(([, control]) => control.dom),
    status,
  )
  button.setAttribute('form', form.id)
  dialog.body.append(form)
  dialog.footer.append(textButton('Cancel', dialog.close), button)
  form.querySelector('input')?.focus()
}

function withoutDefault({ default: _, ...field }: WireEngine['fields'][number]): WireEngine['fields'][number] {
  return field
}
