import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  BatchBuilder,
  type ColumnReader,
  encodeStream,
  projectBatch,
  type RecordBatch,
  readColumns,
  sliceBatch,
} from '../../../src/arrow/index.ts'
import type { ApiHandler } from './with-grid-page.ts'

/** The routes of stored results over one batch, as wire.ts describes them; `requests` keeps what was asked. */
export function resultApi(batch: RecordBatch): { readonly api: ApiHandler; readonly requests: string[] } {
  const requests: string[] = []
  const columns = readColumns(batch)
  const api: ApiHandler = (request, url, response) => {
    requests.push(`${request.method} ${url.pathname}${url.search}`)
    const route = url.pathname.replace(/^\/api\/results\/r1\/?/, '')
    const number = (name: string) => Number(url.searchParams.get(name))
    if (route === '') json(response, { id: 'r1', state: 'complete', schema: batch.schema, rowCount: batch.rowCount })
    else if (route === 'rows') {
      const wanted =
        url.searchParams.get('columns')?.split(',').map(Number) ?? batch.schema.fields.map((_, index) => index)
      const offset = Math.min(number('offset'), batch.rowCount)
      const rows = sliceBatch(batch, offset, Math.min(number('limit'), batch.rowCount - offset))
      const window = withCuts(projectBatch(rows, wanted), number('cut'))
      response.setHeader('Content-Type', 'application/vnd.apache.arrow.stream')
      response.end(encodeStream(window.schema, [window]))
    } else if (route === 'cell') cell(response, columns[number('column')]!, number('row'))
    else if (route === 'views')
      readBody(request, () => json(response, { id: 'v1', state: 'building', rowCount: batch.rowCount }))
    else if (route === 'views/v1') json(response, { id: 'v1', state: 'complete', rowCount: batch.rowCount })
    else {
      response.statusCode = 404
      json(response, { error: { code: 'RESULT_NOT_FOUND', message: 'This result does not exist any more.' } })
    }
    return true
  }
  return { api, requests }
}

function json(response: ServerResponse, value: unknown): void {
  response.setHeader('Content-Type', 'application/json')
  response.end(JSON.stringify(value))
}

function cell(response: ServerResponse, column: ColumnReader, row: number): void {
  if (column.isNull(row)) {
    response.writeHead(204).end()
    return
  }
  const value = column.value(row)
  const bytes = value instanceof Uint8Array ? value : new TextEncoder().encode(column.text(row)!)
  response.setHeader(
    'Content-Type',
    value instanceof Uint8Array ? 'application/octet-stream' : 'text/plain; charset=utf-8',
  )
  response.setHeader('Content-Length', bytes.length)
  response.end(bytes)
}

/** Text longer than `limit` bytes is cut and the column `tusk:cut` says so. */
function withCuts(batch: RecordBatch, limit: number): RecordBatch {
  const readers = readColumns(batch)
  const long = (row: number) => readers.flatMap((reader, index) => (reader.byteLength(row) > limit ? [index] : []))
  if (limit === 0 || !Array.from({ length: batch.rowCount }, (_, row) => row).some(row => long(row).length > 0))
    return batch
  const cut = { name: 'tusk:cut', type: { kind: 'utf8' }, nullable: true } as const
  const builder = new BatchBuilder({ fields: [...batch.schema.fields, cut] }, batch.rowCount)
  for (let row = 0; row < batch.rowCount; row++) {
    const cuts = long(row)
    const values = readers.map((reader, index) => {
      const value = reader.value(row)
      if (!cuts.includes(index)) return value
      return typeof value === 'string' || value instanceof Uint8Array ? value.slice(0, limit) : value
    })
    const lengths = Object.fromEntries(cuts.map(index => [index, readers[index]!.byteLength(row)]))
    builder.appendRow([...values, cuts.length === 0 ? null : JSON.stringify(lengths)])
  }
  return builder.finish()
}

function readBody(request: IncomingMessage, done: () => void): void {
  request.resume()
  request.on('end', done)
}
