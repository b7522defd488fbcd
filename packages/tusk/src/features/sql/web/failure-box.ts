import { type Child, h } from '../../../ui/web/dom.ts'
import { icon } from '../../../ui/web/icons.ts'
import type { WireError } from '../../../wire.ts'

/** An error in full: what happened, why, what next, and the source's own code. */
export function failureBox(error: WireError, ...actions: readonly Child[]): HTMLElement {
  return h(
    'div',
    { class: 'studio-failure', role: 'alert' },
    icon('alert'),
    h(
      'div',
      {},
      h('p', { class: 'studio-failure-message' }, error.message),
      error.detail !== undefined && h('p', {}, error.detail),
      error.hint !== undefined && h('p', { class: 'studio-failure-hint' }, error.hint),
      error.sourceCode !== undefined && h('p', { class: 'studio-failure-code' }, codeText(error.sourceCode)),
      actions.length > 0 && h('div', { class: 'studio-failure-actions' }, ...actions),
    ),
  )
}

/** Five letters and digits are an SQLSTATE. */
function codeText(code: string): string {
  return /^[0-9A-Z]{5}$/.test(code) ? `SQLSTATE ${code}` : code
}
