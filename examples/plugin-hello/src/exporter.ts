// #region exporter
import { readColumns } from 'tuskdata/arrow'
import type { Exporter } from 'tuskdata/plugin'

const text = new TextEncoder()

/** Runs in a process of its own, a batch at a time: a file of any size takes no memory. */
export const htmlExporter: Exporter = {
  format: 'hello-html',
  label: 'HTML table',
  extension: 'html',
  mimeType: 'text/html; charset=utf-8',
  options: [{ key: 'title', label: 'Title', kind: 'text', default: 'Table' }],
  async *write(schema, batches, { title = 'Table' }) {
    const names = schema.fields.map(field => `<th>${escaped(field.name)}</th>`)
    yield text.encode(`<!doctype html><title>${escaped(String(title))}</title><table><tr>${names.join('')}</tr>\n`)
    for await (const batch of batches) {
      const columns = readColumns(batch)
      let rows = ''
      for (let row = 0; row < batch.rowCount; row++)
        rows += `<tr>${columns.map(column => `<td>${escaped(column.text(row) ?? '')}</td>`).join('')}</tr>\n`
      yield text.encode(rows)
    }
    yield text.encode('</table>\n')
  },
}

function escaped(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
// #endregion
