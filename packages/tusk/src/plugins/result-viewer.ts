/** Another way to look at a result, a tab beside its grid. Its code runs in the browser and reads windows of the result. */
export interface ResultViewer {
  /** `^[a-z][a-z0-9-]{1,31}$` */
  readonly id: string
  readonly label: string
  /** Lucide name. */
  readonly icon?: string
  /** A module in the plugin's `assets`, as `viewers/bars.js`: it exports `mount(element, { resultId, schema, source })`, as the built-in viewers do. */
  readonly module: string
}
