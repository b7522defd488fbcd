import { type IconName, icon } from './icon.ts'

/** A new element; text is set as text, never as HTML. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className: string,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  if (className !== '') made.className = className
  made.append(...children)
  return made
}

/** A button that never submits a form. With an icon its label is for assistive technology and the tooltip. */
export function button(
  label: string,
  onClick: (event: MouseEvent) => void,
  look: { readonly icon?: IconName; readonly className?: string } = {},
): HTMLButtonElement {
  const made = element('button', `grid-button ${look.className ?? ''}`)
  made.type = 'button'
  if (look.icon === undefined) made.textContent = label
  else {
    made.append(icon(look.icon))
    made.ariaLabel = label
    made.title = label
  }
  made.addEventListener('click', onClick)
  return made
}
