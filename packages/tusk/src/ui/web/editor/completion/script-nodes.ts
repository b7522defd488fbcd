import { type LexicalRules, tokenize } from '../../../../dialect/lexer.ts'

/** A word, quoted name, literal or symbol of a statement, or what stands between two parentheses. */
export type ScriptNode = LeafNode | GroupNode

export interface LeafNode {
  readonly kind: 'word' | 'name' | 'text' | 'symbol'
  readonly text: string
  readonly from: number
  readonly to: number
}

export interface GroupNode {
  readonly kind: 'group'
  readonly nodes: readonly ScriptNode[]
  readonly from: number
  /** Behind the closing parenthesis; the end of the text when it is missing. */
  readonly to: number
}

/** What is being typed at the cursor, cut out of the nodes. */
export interface Typed {
  readonly from: number
  /** As written so far, with an opening quote. */
  readonly text: string
}

const lexicalRules: LexicalRules = {
  dollarQuotes: true,
  escapeTexts: true,
  nestedComments: true,
  foreignNameQuotes: false,
  unicodeSpaces: false,
}

/** A statement as a tree of parentheses, without the word at the cursor. Undefined when the cursor is in a literal, number or comment. */
export function readNodes(
  text: string,
  cursor: number,
): { readonly root: GroupNode; readonly typed: Typed } | undefined {
  let typed: Typed = { from: cursor, text: '' }
  const root: ScriptNode[] = []
  const open: { readonly nodes: ScriptNode[]; readonly from: number }[] = [{ nodes: root, from: 0 }]
  for (const token of tokenize(text, lexicalRules)) {
    const { kind, from, to } = token
    const touched = from < cursor && cursor <= to
    const inside = from < cursor && (cursor < to || !token.closed)
    if (kind === 'space') continue
    if (kind === 'comment') {
      if (inside || (touched && text.startsWith('--', from))) return undefined
      continue
    }
    if (kind === 'text' && inside) return undefined
    if (kind === 'name' && inside && !token.closed) {
      // An open quote takes in the rest of the statement: read it again without what is being typed.
      const blanked = text.slice(0, from) + ' '.repeat(cursor - from) + text.slice(cursor)
      const rest = readNodes(blanked, cursor)
      return rest && { root: rest.root, typed: { from, text: text.slice(from, cursor) } }
    }
    if (kind === 'word' && touched && /[0-9]/.test(text.charAt(from - 1))) return undefined // 12e…: still a number
    if ((kind === 'word' && touched) || (kind === 'name' && inside)) {
      typed = { from, text: text.slice(from, cursor) }
      continue
    }
    const symbol = text.slice(from, to)
    if (kind === 'symbol' && touched && cursor === to && /^[0-9]/.test(symbol)) return undefined
    if (symbol === '(' && kind === 'symbol') {
      open.push({ nodes: [], from })
    } else if (symbol === ')' && kind === 'symbol') {
      const group = open.length > 1 ? open.pop() : undefined
      if (group !== undefined) open.at(-1)!.nodes.push({ kind: 'group', nodes: group.nodes, from: group.from, to })
    } else {
      open.at(-1)!.nodes.push({ kind, text: symbol, from, to })
    }
  }
  while (open.length > 1) {
    const group = open.pop()!
    open.at(-1)!.nodes.push({ kind: 'group', nodes: group.nodes, from: group.from, to: text.length + 1 })
  }
  return { root: { kind: 'group', nodes: root, from: -1, to: text.length + 1 }, typed }
}

/** Groups around a place, outermost first. */
export function groupsAround(root: GroupNode, place: number): readonly GroupNode[] {
  const around = [root]
  for (;;) {
    const inner = around
      .at(-1)!
      .nodes.find((node): node is GroupNode => node.kind === 'group' && node.from < place && place < node.to)
    if (inner === undefined) return around
    around.push(inner)
  }
}

/** Is it one of these words? They are given in capitals. */
export function isWord(node: ScriptNode | undefined, ...words: readonly string[]): boolean {
  return node?.kind === 'word' && words.includes(node.text.toUpperCase())
}

export function isSymbol(node: ScriptNode | undefined, symbol: string): boolean {
  return node?.kind === 'symbol' && node.text === symbol
}

/** The name that a word or quoted name means. */
export function nameOf(node: LeafNode): string {
  return node.kind === 'name' ? node.text.slice(1, -1).replaceAll('""', '"') : node.text
}
