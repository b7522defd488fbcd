import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/** Colours are CSS variables of editor.css, so light and dark switch without touching the editor. */
const look = EditorView.theme({
  '&': {
    height: '100%',
    backgroundColor: 'var(--editor-background)',
    color: 'var(--editor-text)',
    fontSize: 'var(--editor-font-size, 13px)',
  },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'var(--editor-font)',
    lineHeight: 'calc(var(--editor-font-size, 13px) + 7px)',
    fontVariantLigatures: 'none',
  },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--editor-caret)' },
  '.cm-line': { padding: '0 12px 0 6px' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--editor-caret)', borderLeftWidth: '2px' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--editor-selection)',
  },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine': { backgroundColor: 'var(--editor-active-line)' },
  '.cm-runs': { backgroundColor: 'var(--editor-runs)' },
  '&.cm-focused .cm-runs.cm-activeLine': { backgroundColor: 'var(--editor-runs-active)' },
  '.cm-gutters': { backgroundColor: 'var(--editor-background)', color: 'var(--editor-line-number)', border: 'none' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--editor-text)' },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 4px 0 0', minWidth: '24px' },
  '.cm-runs-gutter': { width: '3px' },
  '.cm-runs-marker': { backgroundColor: 'var(--editor-runs-bar)' },
  '.cm-gutter-lint': { width: '14px' },
  '.cm-gutter-lint .cm-gutterElement': { padding: '3px 0 0 2px' },
  '.cm-lint-marker': { width: '12px', height: '12px' },
  '.cm-foldGutter .cm-gutterElement': { padding: '0 2px', cursor: 'pointer' },
  '&.cm-focused .cm-matchingBracket': {
    backgroundColor: 'var(--editor-bracket)',
    outline: '1px solid var(--editor-bracket-line)',
  },
  '.cm-searchMatch': { backgroundColor: 'var(--editor-match)' },
  '.cm-searchMatch-selected': { backgroundColor: 'var(--editor-match-selected)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--editor-same-word)' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--editor-error) 1.5px',
    textUnderlineOffset: '2px',
  },
  '.cm-placeholder': { color: 'var(--editor-line-number)' },
})

const highlight = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--editor-keyword)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--editor-string)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--editor-number)' },
  { tag: [tags.lineComment, tags.blockComment, tags.comment], color: 'var(--editor-comment)', fontStyle: 'italic' },
  { tag: [tags.typeName, tags.standard(tags.name)], color: 'var(--editor-type)' },
  { tag: [tags.special(tags.name), tags.special(tags.variableName)], color: 'var(--editor-special)' },
  { tag: [tags.operator, tags.punctuation, tags.separator], color: 'var(--editor-punctuation)' },
])

export const editorTheme: Extension = [look, syntaxHighlighting(highlight)]
