import { h } from '../../../ui/web/dom.ts'
import { createSplitter } from '../../../ui/web/splitter.ts'

export interface StudioParts {
  readonly connections: HTMLElement
  readonly schema: HTMLElement
  readonly saved: HTMLElement
  readonly tabs: HTMLElement
  readonly runBar: HTMLElement
  readonly editor: HTMLElement
  readonly results: HTMLElement
  readonly history: HTMLElement
}

/** Puts the parts on the page, with dividers that remember their place. Returns what undoes it. */
export function layOut(element: HTMLElement, parts: StudioParts): () => void {
  const handle = (className = ''): HTMLElement => h('div', { class: `studio-handle ${className}` })
  const [sideHandle, editorHandle, historyHandle] = [handle(), handle(), handle('studio-history-handle')]
  const side = h('div', { class: 'studio-side' }, parts.connections, parts.schema, parts.saved)
  const work = h('div', { class: 'studio-work' }, parts.editor, editorHandle, parts.results)
  const middle = h('div', { class: 'studio-middle' }, parts.tabs, parts.runBar, work)
  element.replaceChildren(side, sideHandle, middle, historyHandle, parts.history)
  const most = (): number => innerWidth * 0.4
  const splitters = [
    createSplitter(sideHandle, {
      target: side,
      axis: 'x',
      label: 'Width of the schema',
      storageKey: 'tusk.studio.side',
      initial: 280,
      min: 190,
      max: most,
    }),
    createSplitter(editorHandle, {
      target: parts.editor,
      axis: 'y',
      label: 'Height of the editor',
      storageKey: 'tusk.studio.editor',
      initial: 280,
      min: 80,
      max: () => Math.max(80, work.clientHeight - 120),
    }),
    createSplitter(historyHandle, {
      target: parts.history,
      axis: 'x',
      side: 'after',
      label: 'Width of the history',
      storageKey: 'tusk.studio.historyWidth',
      initial: 340,
      min: 240,
      max: most,
    }),
  ]
  return () => {
    for (const splitter of splitters) splitter.destroy()
    element.replaceChildren()
  }
}
