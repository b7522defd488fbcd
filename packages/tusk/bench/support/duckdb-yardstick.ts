import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'

/** DuckDB as it is, without anything of Tusk's: what Tusk is measured against. */
export class DuckdbYardstick implements Disposable {
  readonly #instance: DuckDBInstance
  readonly #connection: DuckDBConnection

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance
    this.#connection = connection
  }

  static async open(path: string, options: Readonly<Record<string, string>> = {}): Promise<DuckdbYardstick> {
    const instance = await DuckDBInstance.create(path, { ...options })
    return new DuckdbYardstick(instance, await instance.connect())
  }

  async run(sql: string): Promise<void> {
    await this.#connection.run(sql)
  }

  /** Streams the rows of a query and lets them go unread; gives their number. */
  async drain(sql: string): Promise<number> {
    const result = await this.#connection.stream(sql)
    let rows = 0
    for (;;) {
      const chunk = await result.fetchChunk()
      if (chunk === null || chunk.rowCount === 0) return rows
      rows += chunk.rowCount
    }
  }

  [Symbol.dispose](): void {
    this.#connection.closeSync()
    this.#instance.closeSync()
  }
}
