import type * as GeoJSON from 'geojson'
import { api } from './api.ts'
import { h } from './dom.ts'
import type { Island, MountedIsland } from './island.ts'
import { boundsOf } from './map/bounds-of.ts'
import { mapHandles } from './map/map-handles.ts'
import { mapStyle } from './map/map-style.ts'
import * as maplibre from './map/maplibre.ts'

export interface MapProps {
  readonly data: GeoJSON.GeoJSON | null
  readonly url: string
  readonly label: string
  readonly center: [number, number]
  readonly zoom: number
}

const nothing: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }
const mostTableRows = 500

/** The macro `map_container`. */
export const mount: Island<MapProps> = (element, props): MountedIsland<MapProps> => {
  const controller = new AbortController()
  let map: maplibre.Map | undefined
  void show()
  return {
    destroy() {
      controller.abort()
      mapHandles.remove(element.id)
      map?.remove()
      element.replaceChildren()
    },
  }

  async function show(): Promise<void> {
    try {
      const data = props.url === '' ? (props.data ?? nothing) : await api.get<GeoJSON.GeoJSON>(props.url, controller)
      if (controller.signal.aborted) return
      if (hasWebGl()) draw(data)
      else element.replaceChildren(placesTable(data, props.label))
    } catch (error) {
      if (!controller.signal.aborted)
        element.replaceChildren(
          h('p', { class: 'p-4 text-danger', role: 'alert' }, error instanceof Error ? error.message : String(error)),
        )
    }
  }

  function draw(data: GeoJSON.GeoJSON): void {
    const surface = h('div', { class: 'map-surface' })
    element.replaceChildren(surface)
    const drawn = new maplibre.Map({
      container: surface,
      style: mapStyle(data),
      center: props.center,
      zoom: props.zoom,
      attributionControl: false,
    })
    map = drawn
    drawn.addControl(new maplibre.NavigationControl({ showCompass: false }), 'top-right')
    const bounds = boundsOf(data)
    if (bounds !== undefined) drawn.fitBounds(bounds, { padding: 40, maxZoom: 12, animate: false })
    for (const layer of ['points', 'lines', 'areas']) {
      drawn.on('click', layer, event => {
        const properties = event.features?.[0]?.properties
        if (properties === undefined) return
        new maplibre.Popup({ maxWidth: '20rem' }).setLngLat(event.lngLat).setDOMContent(facts(properties)).addTo(drawn)
      })
      drawn.on('mouseenter', layer, () => (drawn.getCanvas().style.cursor = 'pointer'))
      drawn.on('mouseleave', layer, () => (drawn.getCanvas().style.cursor = ''))
    }
    const themes = new MutationObserver(() => drawn.setStyle(mapStyle(data)))
    themes.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    controller.signal.addEventListener('abort', () => themes.disconnect())
    drawn.once('load', () => {
      element.dataset.mapState = 'ready'
    })
    mapHandles.set(element.id, drawn)
  }
}

function hasWebGl(): boolean {
  return document.createElement('canvas').getContext('webgl2') !== null
}

/** Values as text, never as HTML. */
function facts(properties: Readonly<Record<string, unknown>>): HTMLElement {
  const list = h('dl', { class: 'map-facts' })
  for (const [name, value] of Object.entries(properties)) list.append(h('dt', {}, name), h('dd', {}, String(value)))
  return list
}

function placesTable(data: GeoJSON.GeoJSON, label: string): HTMLElement {
  const features = data.type === 'FeatureCollection' ? data.features : []
  const names = [...new Set(features.flatMap(feature => Object.keys(feature.properties ?? {})))]
  const rows = features
    .slice(0, mostTableRows)
    .map(feature => h('tr', {}, ...names.map(name => h('td', {}, String(feature.properties?.[name] ?? '')))))
  return h(
    'div',
    { class: 'map-table', tabIndex: 0 },
    h('p', { class: 'p-3 text-muted' }, 'This browser cannot draw maps (no WebGL). The places as a table:'),
    h(
      'table',
      { class: 'table' },
      h('caption', { class: 'sr-only' }, label),
      h('thead', {}, h('tr', {}, ...names.map(name => h('th', { attributes: { scope: 'col' } }, name)))),
      h('tbody', {}, ...rows),
    ),
  )
}
