import type { WireSavedItem } from '../../../wire.ts'

export interface SavedRow {
  readonly item: WireSavedItem
  /** From 1. */
  readonly level: number
  readonly open: boolean
}

/** The rows that are seen: what is in open folders, folders first, by name. */
export function savedRows(items: readonly WireSavedItem[], open: ReadonlySet<string>): readonly SavedRow[] {
  const inside = Map.groupBy(items, ({ parent }) => parent)
  const rows: SavedRow[] = []
  const walk = (parent: string | null, level: number): void => {
    for (const item of [...(inside.get(parent) ?? [])].sort(byKindAndName)) {
      const isOpen = item.kind === 'folder' && open.has(item.id)
      rows.push({ item, level, open: isOpen })
      if (isOpen) walk(item.id, level + 1)
    }
  }
  walk(null, 1)
  return rows
}

export interface FolderChoice {
  readonly id: string
  /** `Reports / Monthly` */
  readonly path: string
}

/** Every folder with its way from the top, in reading order; `without` and what is in it are left out. */
export function folderChoices(items: readonly WireSavedItem[], without?: string): readonly FolderChoice[] {
  const folders = items.filter(({ kind }) => kind === 'folder')
  const choices: FolderChoice[] = []
  const walk = (parent: string | null, before: string): void => {
    for (const folder of folders.filter(one => one.parent === parent).sort(byKindAndName)) {
      if (folder.id === without) continue
      const path = before === '' ? folder.name : `${before} / ${folder.name}`
      choices.push({ id: folder.id, path })
      walk(folder.id, path)
    }
  }
  walk(null, '')
  return choices
}

const names = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

function byKindAndName(a: WireSavedItem, b: WireSavedItem): number {
  return a.kind === b.kind ? names.compare(a.name, b.name) : a.kind === 'folder' ? -1 : 1
}
