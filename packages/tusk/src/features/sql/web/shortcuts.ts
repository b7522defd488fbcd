import { openDialog } from '../../../ui/web/dialog.ts'
import { h, textButton } from '../../../ui/web/dom.ts'

/** Keys as the platform names them. */
export const modifier = navigator.platform.startsWith('Mac') ? '⌘' : 'Ctrl'

type Group = readonly [title: string, keys: readonly (readonly [keys: string, what: string])[]]

const groups: readonly Group[] = [
  [
    'Run',
    [
      ['Mod+Enter', 'Run the selection or the statement at the cursor'],
      ['Shift+Mod+Enter', 'Run the whole script'],
      ['Escape', 'Cancel what runs'],
      ['Alt+E', 'Explain: the plan of the statement at the cursor'],
      ['Alt+Shift+E', 'Explain Analyze: run it, measure it, roll it back'],
      ['Alt+Shift+C', 'COMMIT the open transaction'],
      ['Alt+Shift+R', 'ROLLBACK the open transaction'],
    ],
  ],
  [
    'Tabs',
    [
      ['Alt+N', 'New tab'],
      ['Mod+S', 'Save the query'],
      ['Alt+W', 'Close the tab'],
      ['Alt+1 … Alt+9', 'Go to a tab'],
      ['Alt+PageUp / PageDown', 'Tab before or after'],
      ['F2', 'Rename the tab in focus'],
      ['Alt+Shift+← / →', 'Move the tab in focus'],
      ['Mod+T, Mod+W, Ctrl+Tab', 'The same, where Tusk is installed as an app (menu of the browser)'],
    ],
  ],
  [
    'Go to',
    [
      ['F6', 'Next part: schema, editor, results'],
      ['Alt+S', 'Search the schema'],
      ['F5', 'Refresh the schema'],
      ['Ctrl+H', 'History'],
      ['?', 'This sheet'],
    ],
  ],
  [
    'Editor',
    [
      ['Ctrl+Space', 'Complete'],
      ['Mod+F', 'Find and replace'],
      ['Alt+Shift+F', 'Format the selection, or all of it'],
      ['Alt+Shift+S', 'Snippets'],
      ['Mod+/', 'Comment out, and back'],
      ['Alt+↑ / ↓', 'Move the line'],
      ['Mod+B, Mod+click', 'Open the table or column at the cursor'],
      ['Mod+D', 'Select the next same word'],
      ['Alt+click', 'Another cursor'],
      ['Escape, then Tab', 'Leave the editor by Tab'],
    ],
  ],
  [
    'Schema',
    [
      ['Enter, double click', 'Open a table, insert the name of a column'],
      ['→ / ←', 'Open and close'],
      ['Letters', 'Jump to a name'],
      ['Shift+F10', 'Menu'],
    ],
  ],
  [
    'Grid',
    [
      ['Mod+C', 'Copy, any number of rows'],
      ['Shift+Mod+C', 'Copy with column names'],
      ['Shift+arrows', 'Select a range'],
      ['Enter', 'Whole value'],
      ['Mod+End', 'Last row'],
      ['Mod+F', 'Search in all columns'],
      ['Mod+Z', 'Take back the last sort or filter'],
      ['Mod+Y', 'Do it again'],
    ],
  ],
]

/** The sheet of all keys. */
export function openShortcuts(): void {
  const dialog = openDialog({ title: 'Keyboard shortcuts', class: 'studio-shortcuts' })
  dialog.body.append(
    ...groups.map(([title, keys]) =>
      h(
        'section',
        {},
        h('h3', {}, title),
        h(
          'dl',
          {},
          ...keys.flatMap(([combination, what]) => [h('dt', {}, ...keyCaps(combination)), h('dd', {}, what)]),
        ),
      ),
    ),
  )
  const close = textButton('Close', dialog.close, { class: 'btn-primary' })
  dialog.footer.append(close)
  close.focus()
}

function keyCaps(combination: string): (Node | string)[] {
  if (!/\+|^F\d+$|^Escape$|^\?$/.test(combination) || combination.includes(' '))
    return [h('kbd', {}, combination.replaceAll('Mod', modifier))]
  return combination.split('+').map(key => h('kbd', {}, key === 'Mod' ? modifier : key))
}
