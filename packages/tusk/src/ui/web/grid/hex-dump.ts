/** Lines of offset, sixteen bytes and their ASCII characters. */
export function hexDump(bytes: Uint8Array, from = 0, end = bytes.length): string {
  const lines: string[] = []
  for (let at = from; at < end; at += 16) {
    const line = bytes.subarray(at, Math.min(at + 16, end))
    let hex = ''
    let ascii = ''
    for (let index = 0; index < 16; index++) {
      const byte = line[index]
      hex += byte === undefined ? '   ' : `${byte.toString(16).padStart(2, '0')} `
      if (index === 7) hex += ' '
      if (byte !== undefined) ascii += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'
    }
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex} ${ascii}`)
  }
  return lines.join('\n')
}
