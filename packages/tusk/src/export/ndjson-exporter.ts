import { writeText } from './chunks.ts'
import type { Exporter } from './exporter.ts'
import { jsonKeys, jsonObject } from './json-exporter.ts'

/** One JSON object a line. */
export const ndjsonExporter: Exporter = {
  format: 'ndjson',
  label: 'NDJSON',
  extension: 'ndjson',
  mimeType: 'application/x-ndjson',
  options: [],
  write(schema, batches) {
    const keys = jsonKeys(schema)
    return writeText(schema, batches, {
      before: '',
      *rows(columns, rowCount) {
        for (let row = 0; row < rowCount; row++) yield `${oneLine(jsonObject(keys, columns, row))}\n`
      },
      after: () => '',
    })
  },
}

/** Raw line ends come only from json columns, which are verbatim, and there only between tokens. */
function oneLine(json: string): string {
  return json.includes('\n') || json.includes('\r') ? json.replaceAll(/[\r\n]+/g, ' ') : json
}
