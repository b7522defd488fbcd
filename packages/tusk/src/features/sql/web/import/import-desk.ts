import type { WireResult } from '../../../../wire.ts'
import { openLoadDialog } from '../load/load-dialog.ts'
import type { May } from '../may.ts'
import type { LoadTargets } from '../result-actions.ts'
import type { StudioApi } from '../studio-api.ts'
import { dropFiles } from './drop-files.ts'
import { openImportDialog } from './import-dialog.ts'

export interface ImportDeskOptions {
  readonly api: StudioApi
  readonly targets: LoadTargets
  readonly may: May
  /** The connection of the tab in front: where a file goes, unless somebody says otherwise. */
  readonly connectionId: () => string | undefined
  readonly onShow: (result: WireResult, title: string) => void
}

/** Files on their way into results and tables; one dropped on the page opens the dialog too. */
export class ImportDesk {
  readonly #options: ImportDeskOptions
  readonly #stop: () => void
  readonly mayImport: boolean

  constructor(options: ImportDeskOptions) {
    this.#options = options
    this.mayImport = options.may('data.import')
    this.#stop = this.mayImport ? dropFiles(file => this.open(file)) : () => undefined
  }

  open(file?: File): void {
    const { api, targets, may, onShow, connectionId } = this.#options
    openImportDialog({
      api,
      file,
      onShow,
      ...(may('connections.use')
        ? {
            onLoad: (result: WireResult, tableName: string) =>
              openLoadDialog({
                api,
                ...targets,
                result,
                tableName,
                connectionId: connectionId(),
                onLoaded: id => void targets.catalog.load(id, true),
              }),
          }
        : {}),
    })
  }

  destroy(): void {
    this.#stop()
  }
}
