import { toast } from '../../../ui/web/toast.ts'
import type { WireStatement } from '../../../wire.ts'
import { openExportDialog } from './export-dialog.ts'
import { failureOf } from './failure-of.ts'
import type { May } from './may.ts'
import { Observable } from './observable.ts'
import type { ResultSources } from './result-sources.ts'
import { openShareDialog } from './share-dialog.ts'
import type { StudioApi } from './studio-api.ts'
import { copyText, tellFailure } from './tell.ts'

/** What a person does with a stored result: export, pin, pass on. */
export class ResultActions {
  /** Results whose pin is known. */
  readonly pins = new Observable<ReadonlyMap<string, boolean>>(new Map())
  readonly #api: StudioApi
  readonly #sources: ResultSources
  readonly #asked = new Set<string>()
  readonly mayExport: boolean
  readonly mayShare: boolean

  constructor(api: StudioApi, sources: ResultSources, may: May) {
    this.mayExport = may('queries.export')
    this.mayShare = this.mayExport && may('share')
    this.#api = api
    this.#sources = sources
  }

  /** As shown, when it is sorted or filtered; or all of it. */
  export(statement: WireStatement): void {
    const { resultId } = statement
    if (resultId === undefined) return
    const source = this.#sources.get(resultId)
    const view = source?.viewId === undefined ? undefined : { id: source.viewId, rowCount: source.rowCount }
    openExportDialog({ api: this.#api, resultId, rowCount: statement.rowCount, view })
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

  async copyLink(resultId: string): Promise<void> {
    await copyText(`${location.origin}/?result=${encodeURIComponent(resultId)}`, 'Link copied')
  }

  share(resultId: string): void {
    openShareDialog(this.#api, 'results', resultId)
  }

  #setPin(resultId: string, pinned: boolean): void {
    this.pins.value = new Map(this.pins.value).set(resultId, pinned)
  }
}
