import { type DiffChange, type DiffLayout, diffColumns } from '../../../../dialect/diff-columns.ts'
import type { GridWindow } from '../../../../ui/web/grid/grid-source.ts'

/** A value that may have been cut to fit into the window. */
export interface ShownValue {
  readonly text: string | null
  readonly cut: boolean
}

export type ChangeCell =
  | { readonly kind: 'same' | 'added' | 'removed'; readonly value: ShownValue }
  | { readonly kind: 'changed'; readonly before: ShownValue; readonly after: ShownValue }

export interface ChangeRow {
  readonly change: DiffChange
  readonly key: readonly ShownValue[]
  readonly cells: readonly ChangeCell[]
}

/** Columns of a diff that a window needs, in the order that `changeRows` takes them. */
export function changeColumns({ key, values }: DiffLayout, most: number): readonly number[] {
  return [
    0,
    1,
    ...key.map(({ column }) => column),
    ...values.slice(0, most).flatMap(({ before, after }) => [before, after]),
  ]
}

/** The rows of a window of those columns. */
export function changeRows(window: GridWindow, { key, values }: DiffLayout, most: number): readonly ChangeRow[] {
  const shown = values.slice(0, most)
  return Array.from({ length: window.rowCount }, (_, row) => {
    const value = (position: number): ShownValue => ({
      text: window.text(row, position),
      cut: window.fullByteLength(row, position) !== undefined,
    })
    const change = (window.text(row, 0) ?? 'changed') as DiffChange
    // Within the tolerance values may look different and be none the less the same.
    const named = `, ${window.text(row, 1) ?? ''}, `
    return {
      change,
      key: key.map((_column, index) => value(index + 2)),
      cells: shown.map(({ name }, index): ChangeCell => {
        const [before, after] = [value(2 + key.length + index * 2), value(3 + key.length + index * 2)]
        if (change === 'added') return { kind: 'added', value: after }
        if (change === 'removed') return { kind: 'removed', value: before }
        const looksSame = before.text === after.text && !before.cut && !after.cut
        return named.includes(`, ${name}, `) && !looksSame
          ? { kind: 'changed', before, after }
          : { kind: 'same', value: after }
      }),
    }
  })
}

/** The column that says what happened to a row. */
export const changeColumn = { position: 0, name: diffColumns.change }
