import { h } from '../dom.ts'
import { type IconName, icon } from '../icons.ts'

/** A button in the grid's look. With an icon its label is for assistive technology and the tooltip. */
export function gridButton(
  label: string,
  onClick: (event: MouseEvent) => void,
  look: { readonly icon?: IconName; readonly className?: string } = {},
): HTMLButtonElement {
  const named = look.icon === undefined ? {} : { label, title: label }
  return h(
    'button',
    {
      class: `grid-button ${look.className ?? ''}`,
      attributes: { type: 'button' },
      on: { click: onClick },
      ...named,
    },
    look.icon === undefined ? label : icon(look.icon),
  )
}
