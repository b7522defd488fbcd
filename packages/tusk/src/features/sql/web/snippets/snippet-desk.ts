import type { WireSnippet } from '../../../../wire.ts'
import { failureOf } from '../failure-of.ts'
import { Observable } from '../observable.ts'
import type { StudioApi } from '../studio-api.ts'
import { tellFailure } from '../tell.ts'
import { openSnippets } from './snippet-dialog.ts'

export type SnippetApi = Pick<StudioApi, 'snippets' | 'keepSnippet' | 'removeSnippet'>

/** The person's snippets: read once, changed in a dialog, offered by completion. */
export class SnippetDesk {
  readonly list = new Observable<readonly WireSnippet[]>([])
  readonly #api: SnippetApi

  constructor(api: SnippetApi) {
    this.#api = api
  }

  /** Without them completion offers the rest. */
  async start(): Promise<void> {
    this.list.value = await this.#api.snippets().catch(() => [])
  }

  /** Reads anew what another window may have changed, and shows it. */
  async open(): Promise<void> {
    try {
      this.list.value = await this.#api.snippets()
    } catch (error) {
      tellFailure(failureOf(error), 'The snippets could not be read')
      return
    }
    openSnippets(this.list, this.#api)
  }
}
