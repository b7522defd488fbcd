/** What the browser tests of ui/web call: the modules, on `window.lab`. Bundled by with-lab-page.ts. */
import { ApiError, api } from '../../../src/ui/web/api.ts'
import { confirm, prompt } from '../../../src/ui/web/dialog.ts'
import { serverEvents } from '../../../src/ui/web/events.ts'
import type { IslandModule } from '../../../src/ui/web/island.ts'
import { type IslandSources, startIslands } from '../../../src/ui/web/island-loader.ts'
import { openMenu } from '../../../src/ui/web/menu.ts'
import { createSplitter } from '../../../src/ui/web/splitter.ts'
import { toast } from '../../../src/ui/web/toast.ts'
import { weakContrasts } from './weak-contrasts.ts'

const islands: IslandSources = {
  updating: load((element, props: { text: string }) => {
    element.textContent = props.text
    lab.log.push(`mount ${props.text}`)
    return {
      update: next => {
        element.textContent = next.text
        lab.log.push(`update ${next.text}`)
      },
      destroy: () => lab.log.push('destroy'),
    }
  }),
  plain: load((_element, props: { text: string }) => {
    lab.log.push(`mount ${props.text}`)
    return { destroy: () => lab.log.push(`destroy ${props.text}`) }
  }),
  failing: load(() => {
    throw new Error('cannot start')
  }),
}

const lab = {
  /** What happened, in order. */
  log: [] as string[],
  toast,
  confirm,
  prompt,
  weakContrasts,
  focusedName: () => (document.activeElement as HTMLElement).ariaLabel ?? document.activeElement?.textContent?.trim(),
  put: (html: string) => {
    find('#place').innerHTML = html
  },
  props: (text: string) => {
    find('[data-island]').dataset.props = JSON.stringify({ text })
  },
  move: () => find('#place').parentElement?.prepend(find('#place')),
  menu: () => {
    const item = (label: string, more: object = {}) => ({ label, run: () => void lab.log.push(label), ...more })
    openMenu({
      label: 'Of orders',
      at: { x: innerWidth - 10, y: innerHeight - 10 },
      items: [
        item('First 100 rows', { shortcut: 'Enter' }),
        item('Count', { disabled: true }),
        'separator',
        item('Copy name'),
        item('Copy as SELECT', { checked: true }),
        item('Drop', { danger: true }),
      ],
    })
  },
  splitter: () => {
    createSplitter(find('#handle'), {
      target: find('#left'),
      axis: 'x',
      min: 100,
      max: 400,
      initial: 200,
      label: 'Width of the tree',
      storageKey: 'lab:split',
    })
  },
  apiAnswers: async () => {
    const found = await api.get<{ status: string }>('/api/health')
    const failure = await api.post('/api/nothing', { a: 1 }).catch((error: unknown) => error)
    return [found.status, failure instanceof ApiError && [failure.status, failure.error.code]]
  },
  events: async (path: string) => {
    const seen: string[] = []
    try {
      for await (const { event, data } of serverEvents(path, { onState: state => seen.push(state) })) {
        seen.push(`${event} ${JSON.stringify(data)}`)
        if (event === 'end') break
      }
    } catch (error) {
      seen.push(error instanceof ApiError ? error.error.code : String(error))
    }
    return seen
  },
  startIslands: () => startIslands(document.body, name => islands[name]),
}

function find(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector)
  if (found === null) throw new Error(`There is no ${selector}.`)
  return found
}

function load<Props>(mount: (element: HTMLElement, props: Props) => { update?(props: Props): void; destroy(): void }) {
  return async (): Promise<IslandModule> => ({ mount: mount as IslandModule['mount'] })
}

Object.assign(window, { lab })
