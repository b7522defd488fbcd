import { TuskError } from '../../../errors.ts'

export type FileFormat = 'csv' | 'json' | 'parquet'

const formats: Readonly<Record<string, FileFormat>> = {
  csv: 'csv',
  tsv: 'csv',
  txt: 'csv',
  json: 'json',
  jsonl: 'json',
  ndjson: 'json',
  parquet: 'parquet',
}

/** Endings of files that can be read; a text may be packed with gzip. */
export const fileEndings: readonly string[] = [
  ...Object.keys(formats).map(ending => `.${ending}`),
  ...Object.keys(formats)
    .filter(ending => ending !== 'parquet')
    .map(ending => `.${ending}.gz`),
]

/** What a file is by its name, and the ending to keep it under. UNSUPPORTED names the endings that can be read. */
export function formatOf(name: string): { readonly format: FileFormat; readonly ending: string } {
  const [, ending = '', packed = ''] = /\.([a-z]+)(\.gz)?$/i.exec(name) ?? []
  const format = formats[ending.toLowerCase()]
  if (format === undefined || (packed !== '' && format === 'parquet'))
    throw new TuskError('UNSUPPORTED', `“${name}” is no file that Tusk can read.`, {
      hint: `It reads ${fileEndings.join(', ')}. Save a sheet as CSV first.`,
    })
  return { format, ending: `.${ending}${packed}`.toLowerCase() }
}
