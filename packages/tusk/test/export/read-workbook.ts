import assert from 'node:assert/strict'
import { crc32, inflateRawSync } from 'node:zlib'

export interface WorkbookCell {
  readonly kind: 'text' | 'number' | 'boolean'
  readonly value: string
  readonly style: number
}

/** Cells by their place (`B2`), sheet by sheet in the order of the workbook. */
export function readWorkbook(bytes: Buffer): {
  readonly files: ReadonlyMap<string, string>
  readonly names: readonly string[]
  readonly sheets: readonly ReadonlyMap<string, WorkbookCell>[]
} {
  const files = unzip(bytes)
  const names = [...files.get('xl/workbook.xml')!.matchAll(/<sheet name="([^"]*)"/g)].map(([, name]) => name!)
  const sheets = names.map((_, index) => readSheet(files.get(`xl/worksheets/sheet${index + 1}.xml`)!))
  return { files, names, sheets }
}

/** By the table of contents, as spreadsheets do; checks sizes and checksums. */
function unzip(bytes: Buffer): Map<string, string> {
  const end = bytes.length - 22
  assert.equal(bytes.readUInt32LE(end), 0x06054b50)
  const files = new Map<string, string>()
  let at = bytes.readUInt32LE(end + 16)
  for (let count = bytes.readUInt16LE(end + 10); count > 0; count--) {
    assert.equal(bytes.readUInt32LE(at), 0x02014b50)
    const [checksum, packedSize, size] = [16, 20, 24].map(offset => bytes.readUInt32LE(at + offset)) as [
      number,
      number,
      number,
    ]
    const nameLength = bytes.readUInt16LE(at + 28)
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength)
    const local = bytes.readUInt32LE(at + 42)
    assert.equal(bytes.readUInt32LE(local), 0x04034b50)
    const start = local + 30 + bytes.readUInt16LE(local + 26)
    const content = inflateRawSync(bytes.subarray(start, start + packedSize))
    assert.equal(content.length, size, name)
    assert.equal(crc32(content), checksum, name)
    files.set(name, new TextDecoder('utf-8', { fatal: true }).decode(content))
    at += 46 + nameLength
  }
  assert.equal(at, end)
  return files
}

function readSheet(xml: string): Map<string, WorkbookCell> {
  assert.doesNotMatch(
    xml,
    /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]|<f[ >]/,
    'characters that XML forbids, or a formula',
  )
  const cells = new Map<string, WorkbookCell>()
  const pattern =
    /<c r="([A-Z]+\d+)"(?: s="(\d+)")?(?: t="(\w+)")?>(?:<v>([^<]*)<\/v>|<is><t xml:space="preserve">([^<]*)<\/t><\/is>)<\/c>/g
  for (const [, place, style, type, number, text] of xml.matchAll(pattern)) {
    const kind = type === 'inlineStr' ? 'text' : type === 'b' ? 'boolean' : 'number'
    cells.set(place!, { kind, style: Number(style ?? 0), value: kind === 'text' ? unescaped(text!) : number! })
  }
  assert.equal(cells.size, xml.match(/<c /g)?.length ?? 0, 'every cell was understood')
  return cells
}

function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}
