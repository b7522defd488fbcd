// #region engine
import { duckdbEngine } from 'tuskdata/engines'
import type { Connection, Engine } from 'tuskdata/plugin'
import { TuskError } from 'tuskdata/plugin'

/** A JSON file as a database: one table, `data`, in DuckDB. An engine that is another one with something around it. */
export const jsonFileEngine: Engine = {
  id: 'hello-json',
  label: 'JSON file',
  dialect: duckdbEngine.dialect,
  hosting: { share: 'session' },
  fields: [
    { key: 'path', label: 'File', kind: 'file', required: true, placeholder: '/data/people.json', identity: true },
  ],

  async open({ path }, options) {
    const connection = await duckdbEngine.open({ path: ':memory:' }, options)
    try {
      const file = duckdbEngine.dialect.quoteLiteral(String(path))
      await finish(connection, `CREATE TABLE data AS SELECT * FROM read_json_auto(${file})`)
      return connection
    } catch (error) {
      await connection[Symbol.asyncDispose]()
      throw new TuskError('CONNECTION_FAILED', `${path} cannot be read as JSON.`, { cause: error })
    }
  },

  /** `tusk query -c hello-json:people.json "SELECT * FROM data"` */
  parseUrl(url) {
    const path = /^hello-json:(.+)$/.exec(url)?.[1]
    return path === undefined ? undefined : { path }
  },
}

async function finish(connection: Connection, sql: string): Promise<void> {
  await using rows = await connection.query(sql)
  for await (const _ of rows);
}
// #endregion
