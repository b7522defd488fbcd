import type * as GeoJSON from 'geojson'
/** West, south, east and north of all coordinates; undefined when there are none. */
export function boundsOf(data: GeoJSON.GeoJSON): [number, number, number, number] | undefined {
  const bounds: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const geometry of geometriesOf(data)) if (geometry.type !== 'GeometryCollection') widen(geometry.coordinates)
  return bounds[0] === Infinity ? undefined : bounds

  function widen(coordinates: readonly unknown[]): void {
    const [longitude, latitude] = coordinates
    if (typeof longitude === 'number' && typeof latitude === 'number') {
      bounds[0] = Math.min(bounds[0], longitude)
      bounds[1] = Math.min(bounds[1], latitude)
      bounds[2] = Math.max(bounds[2], longitude)
      bounds[3] = Math.max(bounds[3], latitude)
    } else for (const part of coordinates) if (Array.isArray(part)) widen(part)
  }
}

function geometriesOf(data: GeoJSON.GeoJSON): GeoJSON.Geometry[] {
  if (data.type === 'FeatureCollection') return data.features.flatMap(feature => geometriesOf(feature))
  // A feature may have no geometry, whatever the type says.
  if (data.type === 'Feature') return data.geometry === null ? [] : geometriesOf(data.geometry)
  return data.type === 'GeometryCollection' ? data.geometries.flatMap(geometriesOf) : [data]
}
