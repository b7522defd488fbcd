/** What differs between the dialects below the level of words. */
export interface LexicalRules {
  /** `$$…$$` and `$tag$…$tag$` are texts. */
  readonly dollarQuotes: boolean
  /** In `E'…'` a backslash escapes the next character. */
  readonly escapeTexts: boolean
  /** A block comment may hold block comments; one that is never closed is the statement's error, not the end of the script. */
  readonly nestedComments: boolean
  /** `` `name` `` and `[name]` are quoted names. */
  readonly foreignNameQuotes: boolean
  /** Spaces beyond ASCII separate words instead of being part of them. */
  readonly unicodeSpaces: boolean
}

export interface Token {
  /** `text`: a literal of any quoting · `name`: a quoted name · `word`: keyword or plain name · `symbol`: one character, or a run of digits. */
  readonly kind: 'space' | 'comment' | 'text' | 'name' | 'word' | 'symbol'
  /** UTF-16 offsets into the script. */
  readonly from: number
  readonly to: number
  /** False when the script ends inside the quote or comment. */
  readonly closed: boolean
}

/** A byte order mark that starts a token is nothing, wherever files were joined. */
const asciiSpace = /[ \t\n\r\f\v\ufeff]+/y
const unicodeSpace = /\s+/y
const asciiSpacedWord = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y
const unicodeSpacedWord = /[[A-Za-z_\u{80}-\u{10ffff}]--\s][[A-Za-z0-9_$\u{80}-\u{10ffff}]--\s]*/vy
const digits = /[0-9]+/y
const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y
const lineEnd = /[\n\r]/g
const commentBorder = /\/\*|\*\//g
/** PostgreSQL joins texts across a line end and reads the next one in the mode of the first. */
const textContinuation = /[ \t\f\v]*(?:--[^\n\r]*)?[\n\r](?:[ \t\n\r\f\v]|--[^\n\r]*[\n\r])*'/y

/** Cuts a script into tokens that lie end to end: every character is in exactly one. */
export function* tokenize(script: string, rules: LexicalRules): Generator<Token> {
  let at = 0
  while (at < script.length) {
    const token = readToken(script, at, rules)
    yield token
    at = token.to
  }
}

function readToken(script: string, from: number, rules: LexicalRules): Token {
  const spaceEnd = endOf(rules.unicodeSpaces ? unicodeSpace : asciiSpace, script, from)
  if (spaceEnd > from) return { kind: 'space', from, to: spaceEnd, closed: true }
  switch (script[from]) {
    case "'":
      return quoted('text', script, from, from, "'")
    case '"':
      return quoted('name', script, from, from, '"')
    case '`':
      if (rules.foreignNameQuotes) return quoted('name', script, from, from, '`')
      break
    case '[':
      if (rules.foreignNameQuotes) return upTo('name', script, from, script.indexOf(']', from), 1)
      break
    case '-':
      if (script[from + 1] === '-') return lineComment(script, from)
      break
    case '/':
      if (script[from + 1] === '*') return blockComment(script, from, rules)
      break
    case '$': {
      const tagEnd = rules.dollarQuotes ? endOf(dollarTag, script, from) : from
      if (tagEnd === from) break
      const tag = script.slice(from, tagEnd)
      return upTo('text', script, from, script.indexOf(tag, tagEnd), tag.length)
    }
    case 'e':
    case 'E':
      if (rules.escapeTexts && script[from + 1] === "'") return escapeText(script, from)
      break
  }
  const wordEnd = endOf(rules.unicodeSpaces ? unicodeSpacedWord : asciiSpacedWord, script, from)
  if (wordEnd > from) return { kind: 'word', from, to: wordEnd, closed: true }
  const numberEnd = endOf(digits, script, from)
  return { kind: 'symbol', from, to: Math.max(numberEnd, from + 1), closed: true }
}

/** The end of the pattern's match at exactly `from`, or `from`. */
function endOf(pattern: RegExp, script: string, from: number): number {
  pattern.lastIndex = from
  return pattern.test(script) ? pattern.lastIndex : from
}

function upTo(kind: Token['kind'], script: string, from: number, closing: number, closingLength: number): Token {
  return closing < 0
    ? { kind, from, to: script.length, closed: false }
    : { kind, from, to: closing + closingLength, closed: true }
}

/** `opening` is where the first quote is; a doubled quote is part of the text. */
function quoted(kind: Token['kind'], script: string, from: number, opening: number, quote: string): Token {
  let closing = script.indexOf(quote, opening + 1)
  while (closing >= 0 && script[closing + 1] === quote) closing = script.indexOf(quote, closing + 2)
  return upTo(kind, script, from, closing, 1)
}

function escapeText(script: string, from: number): Token {
  let at = from + 2
  while (at < script.length) {
    if (script[at] === '\\') at += 2
    else if (script[at] !== "'") at++
    else if (script[at + 1] === "'") at += 2
    else {
      const continued = endOf(textContinuation, script, at + 1)
      if (continued === at + 1) return { kind: 'text', from, to: at + 1, closed: true }
      at = continued
    }
  }
  return { kind: 'text', from, to: script.length, closed: false }
}

function lineComment(script: string, from: number): Token {
  lineEnd.lastIndex = from
  const end = lineEnd.exec(script)
  return { kind: 'comment', from, to: end === null ? script.length : end.index, closed: true }
}

function blockComment(script: string, from: number, rules: LexicalRules): Token {
  if (!rules.nestedComments)
    return { ...upTo('comment', script, from, script.indexOf('*/', from + 2), 2), closed: true }
  let depth = 0
  commentBorder.lastIndex = from
  for (let border = commentBorder.exec(script); border !== null; border = commentBorder.exec(script)) {
    depth += border[0] === '/*' ? 1 : -1
    if (depth === 0) return { kind: 'comment', from, to: commentBorder.lastIndex, closed: true }
  }
  return { kind: 'comment', from, to: script.length, closed: false }
}
