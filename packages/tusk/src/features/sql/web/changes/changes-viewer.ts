import { readDiffColumns } from '../../../../dialect/diff-columns.ts'
import type { ResultViewer } from '../../../../ui/web/result-viewers.ts'
import type { Schema } from '../../../../wire.ts'

/** Looks at the diff of two results: old and new values beside each other, what changed is marked. */
export const changesViewer: ResultViewer = {
  id: 'changes',
  label: 'Changes',
  icon: 'git-compare',
  accepts: isDiff,
  prefers: isDiff,
  async mount(element, props) {
    const { createChangesView } = await import('./changes-view.ts')
    return createChangesView(element, props)
  },
}

function isDiff({ fields }: Schema): boolean {
  return readDiffColumns(fields.map(({ name }) => name)) !== undefined
}
