import { h } from '../../../../ui/web/dom.ts'
import { environments } from './environment.ts'

export interface EnvironmentField {
  readonly dom: HTMLElement
  /** '' for none. */
  readonly value: string
}

const own = 'own'

/** Chooses what a database is for, or a word of one's own. */
export function environmentField(initial: string): EnvironmentField {
  const isKnown = initial === '' || environments.some(({ id }) => id === initial)
  const choice = h(
    'select',
    { id: 'connection-environment' },
    h('option', { attributes: { value: '' } }, 'None'),
    ...environments.map(({ id, label }) => h('option', { attributes: { value: id } }, label)),
    h('option', { attributes: { value: own } }, 'A word of your own …'),
  )
  choice.value = isKnown ? initial : own
  const word = h('input', {
    label: 'Environment in your own word',
    attributes: { maxlength: '24', autocomplete: 'off', placeholder: 'Staging' },
  })
  word.value = isKnown ? '' : initial
  const draw = (): void => {
    word.hidden = choice.value !== own
  }
  choice.addEventListener('change', () => {
    draw()
    if (choice.value === own) word.focus()
  })
  draw()
  return {
    dom: h(
      'div',
      { class: 'studio-field studio-environment-field' },
      h('label', { attributes: { for: choice.id } }, 'Environment'),
      h('div', {}, choice, word),
      h('small', {}, 'Production asks before UPDATE or DELETE without WHERE, DROP and TRUNCATE.'),
    ),
    get value() {
      return choice.value === own ? word.value.trim() : choice.value
    },
  }
}
