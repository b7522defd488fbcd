import { createSampleDuckdb } from './sample-duckdb.ts'
import { createSampleSqlite } from './sample-sqlite.ts'

/** Entry of the process that makes the samples: `make-samples.ts sqlite FILE`, `make-samples.ts duckdb FILE`. */
const [kind, file] = process.argv.slice(2)
if (file === undefined) throw new Error('no file named')
if (kind === 'sqlite') createSampleSqlite(file)
else if (kind === 'duckdb') await createSampleDuckdb(file)
else throw new Error(`no sample “${kind}”`)
