import { icon } from '../../../ui/web/icons.ts'
import type { WireStatement } from '../../../wire.ts'
import { popup } from './popup.ts'
import type { ResultActions } from './result-actions.ts'

/** What can be done with the rows of a result besides looking at them and saving them as a file. */
export function openResultMenu(
  anchor: HTMLElement,
  statement: WireStatement,
  resultId: string,
  actions: ResultActions,
): void {
  popup(anchor, 'Use these rows', [
    { label: 'Name …', run: () => void actions.name(resultId) },
    { label: 'Compare with another result …', icon: icon('compare'), run: () => void actions.compare(statement) },
    {
      label: 'Load into a table …',
      icon: icon('insert'),
      disabled: !actions.mayLoad,
      run: () => void actions.load(statement),
    },
    ...(actions.mayShare ? [{ label: 'Share …', run: () => actions.share(resultId) }] : []),
  ])
}
