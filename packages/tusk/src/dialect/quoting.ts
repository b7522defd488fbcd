import { TuskError } from '../errors.ts'

/** Puts the text between two quotes, doubling those inside. */
export function quoteWith(quote: string, text: string): string {
  return quote + text.replaceAll(quote, quote + quote) + quote
}

/** BAD_REQUEST for a name that no database keeps as it is. */
export function checkName(name: string): void {
  if (name === '') throw new TuskError('BAD_REQUEST', 'A name must not be empty.')
  checkText(name)
}

/** BAD_REQUEST for text that would reach the database cut or changed: with a NUL or half of a surrogate pair. */
export function checkText(text: string): void {
  if (text.includes('\0')) throw new TuskError('BAD_REQUEST', 'SQL must not contain a NUL character.')
  if (!text.isWellFormed()) throw new TuskError('BAD_REQUEST', 'SQL must be valid Unicode text.')
}

/** A word list written as prose. */
export function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/))
}
