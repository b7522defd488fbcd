export function uuidText(bytes: Buffer, _view: DataView, position: number): string {
  const hex = bytes.toString('hex', position, position + 16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
