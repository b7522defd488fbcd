import { prompt } from '../../../ui/web/dialog.ts'
import { toast } from '../../../ui/web/toast.ts'
import type { WireResult, WireStatement } from '../../../wire.ts'
import { openDiffDialog } from './diff/diff-dialog.ts'
import { openExportDialog } from './export-dialog.ts'
import { failureOf } from './failure-of.ts'
import { type LoadDialogOptions, openLoadDialog } from './load/load-dialog.ts'
import type { May } from './may.ts'
import { Observable } from './observable.ts'
import type { ResultSources } from './result-sources.ts'
import { openShareDialog } from './share-dialog.ts'
import type { StudioApi } from './studio-api.ts'
import { copyText, tellFailure } from './tell.ts'

/** Where rows can go. */
export type LoadTargets = Pick<LoadDialogOptions, 'connections' | 'catalog'>

export interface ResultPlaces extends LoadTargets {
  /** Shows a result in a tab of its own. */
  readonly onShow: (result: WireResult, title: string) => void
}

/** What a person does with a stored result: export, pin, pass on. */
export class ResultActions {
  /** Results whose pin is known. */
  readonly pins = new Observable<ReadonlyMap<string, boolean>>(new Map())
  /** Names of results, by id: `@name` in SQL of DuckDB. */
  readonly names = new Observable<ReadonlyMap<string, string>>(new Map())
  readonly #api: StudioApi
  readonly #sources: ResultSources
  readonly #targets: ResultPlaces
  readonly #asked = new Set<string>()
  readonly mayExport: boolean
  readonly mayShare: boolean
  readonly mayLoad: boolean

  constructor(api: StudioApi, sources: ResultSources, may: May, targets: ResultPlaces) {
    this.mayExport = may('queries.export')
    this.mayShare = this.mayExport && may('share')
    this.mayLoad = may('connections.use')
    this.#api = api
    this.#sources = sources
    this.#targets = targets
  }

  /** As shown, when it is sorted or filtered; or all of it. */
  export(statement: WireStatement): void {
    const { resultId } = statement
    if (resultId === undefined) return
    const view = this.#shownView(resultId)
    openExportDialog({
      api: this.#api,
      resultId,
      rowCount: statement.rowCount,
      columns: statement.schema?.fields.map(({ name }) => name) ?? [],
      view,
    })
  }

  /** Into a table of a connection: as shown, when it is sorted or filtered; or all of it. */
  async load(statement: WireStatement): Promise<void> {
    const { resultId } = statement
    if (resultId === undefined) return
    try {
      const result = await this.#api.result(resultId)
      openLoadDialog({
        api: this.#api,
        connections: this.#targets.connections,
        catalog: this.#targets.catalog,
        result,
        tableName: this.names.value.get(resultId) ?? 'rows',
        connectionId: result.connectionId,
        view: this.#shownView(resultId),
        onLoaded: id => void this.#targets.catalog.load(id, true),
      })
    } catch (error) {
      tellFailure(failureOf(error), 'The rows could not be loaded')
    }
  }

  async compare(statement: WireStatement): Promise<void> {
    const { resultId } = statement
    if (resultId === undefined) return
    try {
      const result = await this.#api.result(resultId)
      openDiffDialog({ api: this.#api, result, onShow: this.#targets.onShow })
    } catch (error) {
      tellFailure(failureOf(error), 'The rows could not be compared')
    }
  }

  /** Finds out whether the result is pinned, once. */
  async learnPin(resultId: string): Promise<void> {
    if (this.#asked.has(resultId)) return
    this.#asked.add(resultId)
    // Where it cannot be told the button shows "not pinned"; pressing it then says what is wrong.
    const result = await this.#api.result(resultId).catch(() => undefined)
    if (result?.pinned === true) this.#setPin(resultId, true)
  }

  async togglePin(resultId: string): Promise<void> {
    const pinned = this.pins.value.get(resultId) !== true
    try {
      await this.#api.pinResult(resultId, pinned)
      this.#setPin(resultId, pinned)
      toast({ kind: 'success', title: pinned ? 'Pinned: the result is kept' : 'Unpinned' })
    } catch (error) {
      tellFailure(failureOf(error), 'The result could not be pinned')
    }
  }

  /** Reads the names that were given before. Where they cannot be read, none is shown. */
  async learnNames(): Promise<void> {
    const names = await this.#api.resultNames().catch(() => [])
    this.names.value = new Map(names.map(({ resultId, name }) => [resultId, name]))
  }

  /** Asks for a name; an empty one takes it away. */
  async name(resultId: string): Promise<void> {
    const old = this.names.value.get(resultId) ?? ''
    const wanted = await prompt({
      title: 'Name these rows',
      label: 'Name',
      value: old,
      placeholder: 'orders_2026',
      message:
        'Every DuckDB connection reads them by it: SELECT … FROM @orders_2026 JOIN @stock USING (id). They are kept as long as they have it. Empty: no name.',
      confirmLabel: 'Save',
    })
    if (wanted === null || wanted.trim() === old) return
    try {
      const names = new Map(this.names.value)
      names.delete(resultId)
      if (wanted.trim() === '') await this.#api.unnameResult(resultId)
      else {
        const { name } = await this.#api.nameResult(resultId, wanted)
        for (const [id, other] of names) if (other === name) names.delete(id)
        names.set(resultId, name)
        toast({ kind: 'success', title: `These rows are @${name}`, detail: 'In SQL of any DuckDB connection.' })
      }
      this.names.value = names
    } catch (error) {
      tellFailure(failureOf(error), 'The rows could not be named')
    }
  }

  async copyLink(resultId: string): Promise<void> {
    await copyText(`${location.origin}/?result=${encodeURIComponent(resultId)}`, 'Link copied')
  }

  share(resultId: string): void {
    openShareDialog(this.#api, 'results', resultId)
  }

  #shownView(resultId: string): { readonly id: string; readonly rowCount: number } | undefined {
    const source = this.#sources.get(resultId)
    return source?.viewId === undefined ? undefined : { id: source.viewId, rowCount: source.rowCount }
  }

  #setPin(resultId: string, pinned: boolean): void {
    this.pins.value = new Map(this.pins.value).set(resultId, pinned)
  }
}
