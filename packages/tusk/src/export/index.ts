import { arrowExporter } from './arrow-exporter.ts'
import { csvExporter } from './csv-exporter.ts'
import type { Exporter } from './exporter.ts'
import { insertExporter } from './insert-exporter.ts'
import { jsonExporter } from './json-exporter.ts'
import { markdownExporter } from './markdown-exporter.ts'
import { ndjsonExporter } from './ndjson-exporter.ts'
import { reconcileExporter } from './reconcile-exporter.ts'
import { xlsxExporter } from './xlsx/xlsx-exporter.ts'

export { checkExportOptions } from './export-options.ts'
export type { Exporter, ExportOption } from './exporter.ts'
export {
  arrowExporter,
  csvExporter,
  insertExporter,
  jsonExporter,
  markdownExporter,
  ndjsonExporter,
  reconcileExporter,
  xlsxExporter,
}

/** The formats that need nothing but rows, in the order of the menu. Parquet is made by the result compute. */
export const exporters: readonly Exporter[] = [
  csvExporter,
  xlsxExporter,
  jsonExporter,
  ndjsonExporter,
  arrowExporter,
  markdownExporter,
  insertExporter,
  reconcileExporter,
]
