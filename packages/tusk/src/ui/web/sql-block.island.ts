import { classHighlighter, highlightTree } from '@lezer/highlight'
import { h, replace } from './dom.ts'
import { editorDialect } from './editor/editor-dialect.ts'
import type { Island } from './island.ts'

/** SQL in the colours of the editor. */
export const mount: Island<{ readonly sql: string; readonly dialect?: string }> = (element, { sql, dialect }) => {
  const parts: (Node | string)[] = []
  let done = 0
  highlightTree(editorDialect(dialect).grammar.language.parser.parse(sql), classHighlighter, (from, to, classes) => {
    if (from > done) parts.push(sql.slice(done, from))
    parts.push(h('span', { class: classes }, sql.slice(from, to)))
    done = to
  })
  replace(element, ...parts, sql.slice(done))
  return { destroy: () => element.replaceChildren(sql) }
}
