// #region step
import type { PipelineStep } from 'tuskdata/plugin'
import { TuskError } from 'tuskdata/plugin'

/** A step of pipelines: a column more, which greets what another column holds. */
export const greetStep: PipelineStep = {
  kind: 'hello.greet',
  label: 'Greet',
  icon: 'hand',
  description: 'Adds a column with a greeting.',
  fields: [
    { key: 'column', label: 'Column with the name', kind: 'text', required: true, default: 'name' },
    { key: 'word', label: 'Greeting', kind: 'text', required: true, default: 'Hello' },
  ],
  output({ column }, [input]) {
    if (input === undefined || !input.fields.some(field => field.name === column))
      throw new TuskError('BAD_REQUEST', `There is no column “${column}”.`)
    return { fields: [...input.fields, { name: 'greeting', type: { kind: 'utf8' }, nullable: true }] }
  },
  toSql({ column, word }, [input], { quoteIdentifier, quoteLiteral }) {
    return `SELECT *, ${quoteLiteral(`${word}, `)} || ${quoteIdentifier(String(column))}::VARCHAR AS greeting FROM ${input}`
  },
  toPolars({ column, word }, [input]) {
    const [name, greeting] = [column, `${word}, `].map(value => JSON.stringify(value))
    return `${input}.with_columns((pl.lit(${greeting}) + pl.col(${name}).cast(pl.String)).alias("greeting"))`
  },
}
// #endregion
