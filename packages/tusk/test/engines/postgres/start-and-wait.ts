/** A process that starts a server, says its port and never stops it: see "ends when the process that started it is killed". */
import { join } from 'node:path'
import { startPostgresServer } from '../../../src/samples/postgres-server.ts'
import { postgresBinaries } from '../../support/postgres.ts'

const [version, home] = process.argv.slice(2)
const binaries = postgresBinaries(version === '15' ? 15 : 18)
if ('skip' in binaries || home === undefined) process.exit(1)
const server = await startPostgresServer({ binDirectory: binaries.directory, dataDirectory: join(home, 'data') })
process.stdout.write(`${server.port}\n`)
