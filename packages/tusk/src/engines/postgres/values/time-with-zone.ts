/** The binary form of time with time zone (microseconds int64, seconds west of UTC int32) as the server writes it. */
export function timeWithZoneText(_bytes: Buffer, view: DataView, position: number): string {
  const microseconds = view.getBigInt64(position)
  const west = view.getInt32(position + 8)
  const fraction = String(microseconds % 1_000_000n)
    .padStart(6, '0')
    .replace(/0+$/, '')
  const east = Math.abs(west)
  const zone = [Math.floor(east / 3600), Math.floor(east / 60) % 60, east % 60]
  while (zone.length > 1 && zone.at(-1) === 0) zone.pop()
  const zoneText = zone.map(part => String(part).padStart(2, '0')).join(':')
  return `${clockText(Number(microseconds / 1_000_000n))}${fraction === '' ? '' : `.${fraction}`}${west > 0 ? '-' : '+'}${zoneText}`
}

function clockText(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return parts.map(part => String(part).padStart(2, '0')).join(':')
}
