// #region datasets
import { BatchBuilder } from 'tuskdata/arrow'
import type { Dataset, Schema } from 'tuskdata/plugin'

const schema: Schema = {
  fields: [
    { name: 'hour', type: { kind: 'int', bits: 32, signed: true }, nullable: false },
    { name: 'greeting', type: { kind: 'utf8' }, nullable: true },
  ],
}

/** Tables in every DuckDB session: `SELECT * FROM plugin_hello.people`. */
export const datasets: readonly Dataset[] = [
  { name: 'people', description: 'Who is greeted, and how often.', table: 'people' },
  {
    name: 'hours',
    description: 'What one says at each hour of the day.',
    async read() {
      const builder = new BatchBuilder(schema)
      for (let hour = 0; hour < 24; hour++) builder.appendRow([hour, wordsAt(hour)])
      return { schema, batches: [builder.finish()] }
    },
  },
]

/** Null: one does not greet at night. */
function wordsAt(hour: number): string | null {
  if (hour < 6) return null
  return hour < 12 ? 'Good morning' : hour < 18 ? 'Good afternoon' : 'Good evening'
}
// #endregion
