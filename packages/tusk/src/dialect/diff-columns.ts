/** Columns of a diff: what happened to the row, in which columns, its key, and each compared value before and after. */
export const diffColumns = {
  change: 'change',
  changed: 'changed columns',
  before: (name: string): string => `${name} (before)`,
  after: (name: string): string => `${name} (after)`,
} as const

export type DiffChange = 'added' | 'removed' | 'changed'

/** What a column of a diff is, by its name and place; undefined: these are not the columns of a diff. */
export function readDiffColumns(names: readonly string[]): DiffLayout | undefined {
  if (names[0] !== diffColumns.change || names[1] !== diffColumns.changed) return undefined
  const firstValue = names.findIndex((name, index) => {
    const [, value] = /^(.*) \(before\)$/s.exec(name) ?? []
    return index > 1 && value !== undefined && names[index + 1] === diffColumns.after(value)
  })
  const end = firstValue === -1 ? names.length : firstValue
  const key = names.slice(2, end).map((name, index) => ({ name, column: index + 2 }))
  const values: { readonly name: string; readonly before: number; readonly after: number }[] = []
  for (let column = end; column < names.length; column += 2) {
    const [, name] = /^(.*) \(before\)$/s.exec(names[column] ?? '') ?? []
    if (name === undefined || names[column + 1] !== diffColumns.after(name)) return undefined
    values.push({ name, before: column, after: column + 1 })
  }
  return key.length === 0 ? undefined : { key, values }
}

export interface DiffLayout {
  readonly key: readonly { readonly name: string; readonly column: number }[]
  readonly values: readonly { readonly name: string; readonly before: number; readonly after: number }[]
}
