import { type IconName, icon } from './icons.ts'

export type Child = Node | string | false | null | undefined

export interface Look {
  readonly class?: string
  readonly id?: string
  readonly role?: string
  /** Tooltip. */
  readonly title?: string
  readonly label?: string
  readonly tabIndex?: number
  readonly hidden?: boolean
  readonly disabled?: boolean
  readonly attributes?: Readonly<Record<string, string>>
  readonly on?: { readonly [Name in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Name]) => void }
}

/** A new element. Children are nodes and text, never HTML. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  look: Look = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  if (look.class !== undefined) made.className = look.class
  if (look.id !== undefined) made.id = look.id
  if (look.role !== undefined) made.role = look.role
  if (look.title !== undefined) made.title = look.title
  if (look.label !== undefined) made.ariaLabel = look.label
  if (look.tabIndex !== undefined) made.tabIndex = look.tabIndex
  if (look.hidden === true) made.hidden = true
  if (look.disabled === true) made.setAttribute('disabled', '')
  for (const [name, value] of Object.entries(look.attributes ?? {})) made.setAttribute(name, value)
  for (const [name, listener] of Object.entries(look.on ?? {})) made.addEventListener(name, listener as EventListener)
  append(made, children)
  return made
}

export function append(parent: Element, children: readonly Child[]): void {
  for (const child of children) if (child !== false && child !== null && child !== undefined) parent.append(child)
}

export function replace(parent: Element, ...children: readonly Child[]): void {
  parent.replaceChildren()
  append(parent, children)
}

export interface ButtonLook extends Look {
  readonly icon?: IconName
  /** Shown behind the label in the tooltip. */
  readonly shortcut?: string
}

/** A button with words, and an icon before them if there is one. */
export function textButton(
  text: string,
  onClick: (event: MouseEvent) => void,
  look: ButtonLook = {},
): HTMLButtonElement {
  const { icon: name, shortcut, ...rest } = look
  const title = look.title ?? (shortcut === undefined ? undefined : `${text} (${shortcut})`)
  const made = h(
    'button',
    { ...rest, class: `btn btn-sm ${look.class ?? ''}`, ...(title === undefined ? {} : { title }) },
    name && icon(name),
    h('span', {}, text),
  )
  made.type = 'button'
  made.addEventListener('click', onClick)
  return made
}

/** A button that is only an icon; `label` is its name and tooltip. */
export function iconButton(
  name: IconName,
  label: string,
  onClick: (event: MouseEvent) => void,
  look: ButtonLook = {},
): HTMLButtonElement {
  const { icon: _, shortcut, ...rest } = look
  const title = look.title ?? (shortcut === undefined ? label : `${label} (${shortcut})`)
  const made = h(
    'button',
    { ...rest, class: `btn btn-ghost btn-square btn-sm ${look.class ?? ''}`, label, title },
    icon(name),
  )
  made.type = 'button'
  made.addEventListener('click', onClick)
  return made
}

export function spinner(label = 'Loading'): HTMLElement {
  return h('span', { class: 'spinner', role: 'img', label })
}

/** The text with the parts that were searched for marked. */
export function marked(text: string, search: string): DocumentFragment {
  const made = document.createDocumentFragment()
  const wanted = search.trim().toLowerCase()
  if (wanted === '') {
    made.append(text)
    return made
  }
  const lower = text.toLowerCase()
  let from = 0
  for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, from)) {
    made.append(text.slice(from, at), h('mark', {}, text.slice(at, at + wanted.length)))
    from = at + wanted.length
  }
  made.append(text.slice(from))
  return made
}
