import type * as GeoJSON from 'geojson'
import type { StyleSpecification } from 'maplibre-gl'

/** A map without tiles: background, lines of latitude and longitude, and the places of the source `data`, in the colours of the theme. */
export function mapStyle(data: GeoJSON.GeoJSON): StyleSpecification {
  const color = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
  const place = color('--tusk-note')
  const line = color('--tusk-line')
  return {
    version: 8,
    sources: { data: { type: 'geojson', data }, graticule: { type: 'geojson', data: graticule() } },
    layers: [
      { id: 'background', type: 'background', paint: { 'background-color': color('--tusk-raised') } },
      { id: 'graticule', type: 'line', source: 'graticule', paint: { 'line-color': line, 'line-width': 1 } },
      {
        id: 'areas',
        type: 'fill',
        source: 'data',
        filter: ['==', ['geometry-type'], 'Polygon'],
        paint: { 'fill-color': place, 'fill-opacity': 0.22 },
      },
      {
        id: 'lines',
        type: 'line',
        source: 'data',
        filter: ['!=', ['geometry-type'], 'Point'],
        paint: { 'line-color': place, 'line-width': 1.5 },
      },
      {
        id: 'points',
        type: 'circle',
        source: 'data',
        filter: ['==', ['geometry-type'], 'Point'],
        paint: {
          'circle-color': place,
          'circle-radius': 5,
          'circle-stroke-width': 1.5,
          'circle-stroke-color': color('--tusk-raised'),
        },
      },
    ],
  }
}

/** Lines each ten degrees. */
function graticule(): GeoJSON.FeatureCollection {
  const lines: GeoJSON.Position[][] = []
  for (let longitude = -180; longitude <= 180; longitude += 10)
    lines.push([
      [longitude, -85],
      [longitude, 85],
    ])
  for (let latitude = -80; latitude <= 80; latitude += 10)
    lines.push([
      [-180, latitude],
      [180, latitude],
    ])
  const geometry: GeoJSON.MultiLineString = { type: 'MultiLineString', coordinates: lines }
  return { type: 'FeatureCollection', features: [{ type: 'Feature', properties: {}, geometry }] }
}
