import { createResultSource, type ResultSource } from '../../../ui/web/result-source.ts'
import type { WireStatement } from '../../../wire.ts'
import { commandInfo } from './statement-look.ts'

/** Results looked at lately keep their sort, filter and column widths. */
const keptSources = 24

/** The rows of the results that are on the screen or were lately. */
export class ResultSources {
  readonly #sources = new Map<string, ResultSource>()
  readonly #memories = new Map<string, Map<string, unknown>>()

  /** The source of a result, told how far it is. */
  of(resultId: string, statement: WireStatement): ResultSource {
    const progress = {
      state: gridState(statement),
      rowCount: statement.rowCount,
      schema: statement.schema,
      info: commandInfo(statement),
    }
    let source = this.#sources.get(resultId)
    if (source === undefined) source = createResultSource(resultId, progress)
    else source.progress(progress)
    // Last used last.
    this.#sources.delete(resultId)
    this.#sources.set(resultId, source)
    for (const [id, old] of this.#sources) {
      if (this.#sources.size <= keptSources) break
      old.destroy()
      this.#sources.delete(id)
      this.#memories.delete(id)
    }
    return source
  }

  get(resultId: string): ResultSource | undefined {
    return this.#sources.get(resultId)
  }

  /** What viewers remember of a result. */
  memory(resultId: string): Map<string, unknown> {
    let memory = this.#memories.get(resultId)
    if (memory === undefined) {
      memory = new Map()
      this.#memories.set(resultId, memory)
    }
    return memory
  }

  destroy(): void {
    for (const source of this.#sources.values()) source.destroy()
    this.#sources.clear()
  }
}

function gridState(statement: WireStatement): ResultSource['state'] {
  switch (statement.state) {
    case 'waiting':
    case 'running':
    case 'skipped':
      return statement.schema === undefined ? 'waiting' : 'storing'
    default:
      return statement.state
  }
}
