/* `tuskdata/island`: types for the code of plugins that runs in the browser. Types only; the browser loads nothing of it. */
export type { Island, IslandModule, MountedIsland } from './island.ts'
export type { MountedResultViewer, ResultViewer, ResultViewerProps } from './result-viewers.ts'

/** What scripts of plugins find at the window, on every page of Tusk. */
export interface PluginGlobals {
  /** Says something in the corner. `variant`: info, success, warning or error; after `durationMs` it goes, 0 leaves it there. */
  tuskToast(message: string, variant?: string, durationMs?: number): void
  /** Asks before something is lost: true for yes. */
  tuskConfirm(message: string, title?: string): Promise<boolean>
  /** Asks for a line of text: null when it was given up. */
  tuskPrompt(message: string, value?: string, title?: string): Promise<string | null>
}

declare global {
  interface Window extends PluginGlobals {}
}
