import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
  completionStatus,
  pickedCompletion,
} from '@codemirror/autocomplete'
import {
  defaultKeymap,
  history,
  historyKeymap,
  indentLess,
  indentMore,
  temporarilySetTabFocusMode,
} from '@codemirror/commands'
import { bracketMatching, codeFolding, foldGutter, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language'
import { lintKeymap } from '@codemirror/lint'
import { highlightSelectionMatches, openSearchPanel, searchKeymap } from '@codemirror/search'
import { Compartment, EditorSelection, EditorState, type Extension, Prec } from '@codemirror/state'
import {
  crosshairCursor,
  drawSelection,
  dropCursor,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  type KeyBinding,
  keymap,
  lineNumbers,
  placeholder,
  rectangularSelection,
} from '@codemirror/view'
import './editor.css'
import type { WirePreferences, WireSnippet } from '../../../wire.ts'
import { preferences } from '../preferences.ts'
import { toast } from '../toast.ts'
import { type CompletionFacts, type NamedResult, sqlCompletion, useKey } from './completion/completion-source.ts'
import { SchemaIndex } from './completion/schema-index.ts'
import { CompletionUses } from './completion/uses.ts'
import { type EditorDialect, editorDialect } from './editor-dialect.ts'
import { type ErrorMark, errorMarks, showErrors } from './error-marks.ts'
import { liveMarks, lookAgain } from './marks/live-marks.ts'
import type { NamedObject } from './names/object-at.ts'
import type { DescribeColumns } from './names/object-card.ts'
import { objectLinks } from './names/object-links.ts'
import { statementMark } from './statement-mark.ts'
import { scriptDialect, scriptStatements } from './statements.ts'
import { editorTheme } from './theme.ts'
import { partAtCursor, type ScriptPart, wholeScript } from './what-runs.ts'

export interface SqlEditorOptions {
  /** The nonce of the page's Content-Security-Policy, for the editor's own style sheet. */
  readonly nonce?: string
  /** Engine id, `postgres`; picks colours, splitting, quoting and words. */
  readonly engine?: string
  readonly text?: string
  readonly label?: string
  readonly placeholder?: string
  /** Ctrl/Cmd+Enter: the selection or the statement at the cursor. */
  onRun?(part: ScriptPart): void
  /** Shift+Ctrl/Cmd+Enter: the whole script. */
  onRunAll?(part: ScriptPart): void
  /** Escape, when nothing in the editor takes it. Returns whether there was something to cancel. */
  onCancel?(): boolean
  /** Each edit of the person or of `insert`; not `openDocument`. */
  onChange?(): void
  onBlur?(): void
  /** All that is known of the columns of a table, for the mouse over their names. */
  readonly describe?: DescribeColumns
  /** Ctrl+click or Ctrl+B on the name of a table or column. */
  readonly onOpenObject?: (object: NamedObject) => void
  /** Stored results that have names, as they are now. */
  results?(): readonly NamedResult[]
  /** Pieces of SQL that a word brings, as they are now. */
  snippets?(): readonly WireSnippet[]
}

/** Text, cursor, undo history and scroll of one tab, to come back to. Opaque. */
export interface EditorDocument {
  readonly state: EditorState
  readonly scrollTop: number
}

/** The SQL editor: one view in which documents take turns. */
export interface SqlEditor {
  readonly view: EditorView
  readonly text: string
  readonly cursor: number
  focus(): void
  /** The document on the screen, as it is now. */
  keepDocument(): EditorDocument
  newDocument(text: string, engine: string | undefined, cursor?: number): EditorDocument
  openDocument(document: EditorDocument): void
  setEngine(engine: string | undefined): void
  /** Names for completion; the same index as long as nothing has changed. */
  setSchema(index: SchemaIndex): void
  /** Puts text at the cursor in place of the selection and focuses. */
  insert(text: string): void
  /** Lays out the selection, or all of it. `left`: statements that stay as they were. Undone in one step; a text that changed meanwhile stays. */
  format(): Promise<{ readonly changed: boolean; readonly left: number }>
  /** Replaces the whole text as one undoable edit. */
  replaceText(text: string): void
  /** What Ctrl+Enter would run; undefined when there is nothing. */
  partAtCursor(): ScriptPart | undefined
  wholeScript(): ScriptPart | undefined
  showErrors(marks: readonly ErrorMark[]): void
  /** Moves the cursor there and scrolls it into view. */
  goTo(position: number): void
  openSearch(): void
  destroy(): void
}

export function createSqlEditor(parent: HTMLElement, options: SqlEditorOptions = {}): SqlEditor {
  let dialect = editorDialect(options.engine)
  let index = SchemaIndex.empty
  const uses = new CompletionUses(localStorage)
  const facts = (): CompletionFacts => ({
    dialect,
    index,
    results: options.results?.() ?? [],
    snippets: options.snippets?.() ?? [],
    uses,
  })
  const language = new Compartment()
  const chosen = preferences() ?? usual
  parent.style.setProperty('--editor-font-size', `${chosen.editorFontSize}px`)
  const vimKeys = new Compartment()
  let vim: Extension = []
  const shared = [
    runKeys(options),
    editing(chosen),
    liveMarks(facts),
    objectLinks({ facts, describe: options.describe, open: options.onOpenObject }),
    autocompletion({
      override: [sqlCompletion(facts)],
      icons: true,
      maxRenderedOptions: 80,
      activateOnTyping: chosen.editorCompletion,
    }),
    EditorView.updateListener.of(update => {
      for (const transaction of update.transactions) {
        const taken = transaction.annotation(pickedCompletion)
        if (taken !== undefined) uses.took(useKey(taken))
      }
      if (update.docChanged) options.onChange?.()
      if (update.focusChanged && !update.view.hasFocus) options.onBlur?.()
    }),
    EditorView.contentAttributes.of({ 'aria-label': options.label ?? 'SQL editor', 'aria-multiline': 'true' }),
    options.nonce === undefined ? [] : EditorView.cspNonce.of(options.nonce),
    options.placeholder === undefined ? [] : placeholder(options.placeholder),
  ]

  const newState = (text: string, itsDialect: EditorDialect, cursor = 0): EditorState =>
    EditorState.create({
      doc: text,
      selection: EditorSelection.cursor(Math.min(cursor, text.length)),
      // Vim takes its keys before all others.
      extensions: [vimKeys.of(vim), shared, language.of(languageOf(itsDialect))],
    })
  const view = new EditorView({ parent, state: newState(options.text ?? '', dialect) })
  const takeVim = (): void => {
    if (vimKeys.get(view.state) !== vim) view.dispatch({ effects: vimKeys.reconfigure(vim) })
  }
  if (chosen.editorVimKeys)
    import('./vim-keys.ts')
      .then(loaded => {
        vim = loaded.vimKeys
        takeVim()
      })
      .catch(() =>
        toast({
          kind: 'warning',
          title: 'The Vim keys could not be loaded',
          detail: 'The usual keys work. Reload the page to try again.',
        }),
      )

  return {
    view,
    get text() {
      return view.state.doc.toString()
    },
    get cursor() {
      return view.state.selection.main.head
    },
    focus: () => view.focus(),
    keepDocument: () => ({ state: view.state, scrollTop: view.scrollDOM.scrollTop }),
    newDocument: (text, engine, cursor) => ({ state: newState(text, editorDialect(engine), cursor), scrollTop: 0 }),
    openDocument(document) {
      view.setState(document.state)
      takeVim()
      view.scrollDOM.scrollTop = document.scrollTop
    },
    setEngine(engine) {
      dialect = editorDialect(engine)
      if (view.state.facet(scriptDialect) === dialect.sql) return
      view.dispatch({ effects: language.reconfigure(languageOf(dialect)) })
    },
    setSchema(schema) {
      if (index === schema) return
      index = schema
      view.dispatch({ effects: lookAgain.of(null) })
    },
    insert(text) {
      const change = view.state.replaceSelection(text)
      view.dispatch(change, { userEvent: 'input.insert', scrollIntoView: true })
      view.focus()
    },
    async format() {
      const { from, to, empty } = view.state.selection.main
      const [start, end] = empty ? [0, view.state.doc.length] : [from, to]
      const { doc } = view.state
      const before = doc.sliceString(start, end)
      const { formatSql } = await import('./format-sql.ts')
      const { text, left } = await formatSql(before, dialect, { tabSize: (preferences() ?? usual).editorTabSize })
      if (text === before || !view.state.doc.eq(doc) || view.state.readOnly) return { changed: false, left }
      view.dispatch({
        changes: { from: start, to: end, insert: text },
        userEvent: 'input.format',
        scrollIntoView: true,
      })
      return { changed: true, left }
    },
    replaceText(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, userEvent: 'input.replace' })
    },
    partAtCursor: () => partAtCursor(view.state),
    wholeScript: () => wholeScript(view.state),
    showErrors: marks => showErrors(view, marks),
    goTo(position) {
      const at = Math.max(0, Math.min(position, view.state.doc.length))
      view.dispatch({ selection: EditorSelection.cursor(at), effects: EditorView.scrollIntoView(at, { y: 'center' }) })
      view.focus()
    },
    openSearch: () => void openSearchPanel(view),
    destroy: () => view.destroy(),
  }
}

function languageOf(dialect: EditorDialect): Extension {
  return [dialect.grammar.language, scriptDialect.of(dialect.sql)]
}

/** Above all other keymaps: the default one gives Mod-Enter to "insert blank line". */
function runKeys(options: SqlEditorOptions): Extension {
  const run: KeyBinding = {
    key: 'Mod-Enter',
    preventDefault: true,
    run: view => {
      closeCompletion(view) // An open list would take the Escape that cancels the run.
      const part = partAtCursor(view.state)
      if (part !== undefined) options.onRun?.(part)
      return true
    },
    shift: view => {
      closeCompletion(view)
      const script = wholeScript(view.state)
      if (script !== undefined) options.onRunAll?.(script)
      return true
    },
  }
  const cancel: KeyBinding = {
    key: 'Escape',
    run: view => completionStatus(view.state) !== 'active' && options.onCancel?.() === true,
  }
  const leaveWithTab: KeyBinding = { key: 'Escape', run: temporarilySetTabFocusMode }
  const tab: KeyBinding = { key: 'Tab', run: indentOrInsert, shift: indentLess }
  return [
    Prec.highest(keymap.of([run])),
    Prec.high(keymap.of([cancel])),
    keymap.of([tab]),
    Prec.low(keymap.of([leaveWithTab])),
  ]
}

function indentOrInsert(view: EditorView): boolean {
  if (view.state.readOnly) return false
  const { state } = view
  if (state.selection.ranges.some(range => !range.empty)) return indentMore(view)
  view.dispatch(
    state.update(state.replaceSelection(state.facet(indentUnit)), { scrollIntoView: true, userEvent: 'input.indent' }),
  )
  return true
}

/** Where nobody's choice is known. */
const usual: WirePreferences = {
  editorFontSize: 13,
  editorTabSize: 2,
  editorLineWrap: false,
  editorLineNumbers: true,
  editorCloseBrackets: true,
  editorCompletion: true,
  editorVimKeys: false,
}

const editing = (chosen: WirePreferences): Extension => [
  errorMarks,
  chosen.editorLineNumbers ? lineNumbers() : [],
  foldGutter({ openText: '⌄', closedText: '›' }),
  codeFolding(),
  highlightSpecialChars(),
  history(),
  drawSelection(),
  dropCursor(),
  EditorState.allowMultipleSelections.of(true),
  EditorState.tabSize.of(chosen.editorTabSize),
  indentUnit.of(' '.repeat(chosen.editorTabSize)),
  chosen.editorLineWrap ? EditorView.lineWrapping : [],
  indentOnInput(),
  bracketMatching(),
  chosen.editorCloseBrackets ? closeBrackets() : [],
  rectangularSelection(),
  crosshairCursor(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  highlightSelectionMatches(),
  scriptStatements,
  statementMark,
  editorTheme,
  keymap.of([
    ...(chosen.editorCloseBrackets ? closeBracketsKeymap : []),
    ...defaultKeymap,
    ...searchKeymap,
    ...historyKeymap,
    ...foldKeymap,
    ...completionKeymap,
    ...lintKeymap,
  ]),
]
