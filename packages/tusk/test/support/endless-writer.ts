import { SpoolWriter } from '../../src/results/spool-writer.ts'
import { sampleBatch, sampleSchema } from './spool-fixture.ts'

/* Writes rows into the directory named on the command line until it is killed, and says after each batch how many there are. */
const writer = await SpoolWriter.create(process.argv[2]!, sampleSchema)
for (;;) {
  await writer.append(sampleBatch(writer.rowCount, 997))
  process.stdout.write(`${writer.rowCount}\n`)
}
