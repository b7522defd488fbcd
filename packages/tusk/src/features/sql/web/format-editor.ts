import type { SqlEditor } from '../../../ui/web/editor/editor.ts'
import { toast } from '../../../ui/web/toast.ts'
import { failureOf } from './failure-of.ts'
import { tellFailure } from './tell.ts'

/** Lays out the selection or the whole text, and says what stayed as it was. */
export async function formatEditor(editor: Pick<SqlEditor, 'format'>): Promise<void> {
  try {
    const { changed, left } = await editor.format()
    if (left > 0)
      toast({
        kind: 'warning',
        title: left === 1 ? 'One statement stays as it is' : `${left} statements stay as they are`,
        detail: 'They cannot be laid out without changing what they say, or are not understood.',
      })
    else if (!changed) toast({ kind: 'info', title: 'It is laid out already' })
  } catch (error) {
    tellFailure(failureOf(error), 'The text could not be formatted')
  }
}
