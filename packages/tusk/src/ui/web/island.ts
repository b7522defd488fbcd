/**
 * A part of a page that needs code: `<div data-island="name" data-props='{…}'>`. The module `name.island.ts`, in this folder or in a
 * feature's `web` folder, exports it as `mount`. What it made of the element ends with `destroy`; new props arrive by `update`, or by
 * a fresh mount when there is none.
 */
export type Island<Props> = (element: HTMLElement, props: Props) => MountedIsland<Props>

export interface MountedIsland<Props> {
  update?(props: Props): void
  destroy(): void
}

/** What a module `*.island.ts` exports. */
export interface IslandModule {
  readonly mount: Island<never>
}
