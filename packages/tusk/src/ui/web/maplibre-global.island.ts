import type { Island } from './island.ts'
import * as maplibre from './map/maplibre.ts'

/** The macro `map_assets`: MapLibre at the window, for scripts that draw maps themselves. */
export const mount: Island<object> = () => {
  Object.assign(window, { maplibregl: maplibre })
  window.dispatchEvent(new CustomEvent('tusk:maplibre'))
  return { destroy: () => undefined }
}
