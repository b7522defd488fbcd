import type { IslandModule, MountedIsland } from './island.ts'

export type IslandSources = Readonly<Record<string, () => Promise<IslandModule>>>

/** The code of an island; undefined when there is none of that name. */
export type FindIsland = (name: string) => (() => Promise<IslandModule>) | undefined

interface Place {
  props: string
  mounted?: MountedIsland<never>
  gone: boolean
}

/**
 * Brings the page's islands to life and keeps them so: those that htmx swaps in are mounted, those that leave the page are destroyed,
 * those whose `data-props` change are updated. The element carries `data-island-state` (loading, ready, failed). Returns the end of it.
 */
export function startIslands(root: HTMLElement, find: FindIsland): () => void {
  const places = new Map<HTMLElement, Place>()
  const observer = new MutationObserver(records => {
    for (const record of records) {
      if (record.type === 'attributes') changed(record.target as HTMLElement)
      // Moved elements are removed and added: look where they are now.
      for (const node of record.removedNodes)
        for (const element of islandsIn(node)) if (!element.isConnected) remove(element)
      for (const node of record.addedNodes) for (const element of islandsIn(node)) if (element.isConnected) add(element)
    }
  })
  observer.observe(root, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-props'] })
  for (const element of islandsIn(root)) add(element)
  return () => {
    observer.disconnect()
    for (const element of [...places.keys()]) remove(element)
  }

  function add(element: HTMLElement): void {
    if (places.has(element)) return
    const place: Place = { props: element.dataset.props ?? '{}', gone: false }
    places.set(element, place)
    element.dataset.islandState = 'loading'
    void mount(element, place)
  }

  async function mount(element: HTMLElement, place: Place): Promise<void> {
    const name = element.dataset.island ?? ''
    try {
      const source = find(name)
      if (source === undefined) throw new Error(`There is no island “${name}”.`)
      const module = await source()
      if (place.gone) return
      place.mounted = module.mount(element, parse(place.props))
      element.dataset.islandState = 'ready'
    } catch (error) {
      if (place.gone) return
      element.dataset.islandState = 'failed'
      showFailure(element, error)
    }
  }

  function changed(element: HTMLElement): void {
    const place = places.get(element)
    const props = element.dataset.props ?? '{}'
    if (place === undefined || place.props === props) return
    place.props = props
    if (place.mounted === undefined) return
    if (place.mounted.update !== undefined) {
      place.mounted.update(parse(props))
      return
    }
    remove(element)
    add(element)
  }

  function remove(element: HTMLElement): void {
    const place = places.get(element)
    if (place === undefined) return
    place.gone = true
    places.delete(element)
    place.mounted?.destroy()
  }
}

function islandsIn(node: Node): HTMLElement[] {
  if (!(node instanceof HTMLElement)) return []
  const inside = [...node.querySelectorAll<HTMLElement>('[data-island]')]
  return node.dataset.island === undefined ? inside : [node, ...inside]
}

function parse(props: string): never {
  return JSON.parse(props) as never
}

/** The page says so, in the place where the part would be; the person can load it again. */
function showFailure(element: HTMLElement, error: unknown): void {
  const box = document.createElement('div')
  box.className = 'alert alert-error m-4'
  box.role = 'alert'
  const text = document.createElement('span')
  text.textContent = `This part of the page could not be loaded. ${error instanceof Error ? error.message : String(error)}`
  const again = document.createElement('button')
  again.type = 'button'
  again.className = 'btn btn-sm'
  again.textContent = 'Reload the page'
  again.addEventListener('click', () => location.reload())
  box.append(text, again)
  element.replaceChildren(box)
}
