import { randomInt } from 'node:crypto'
import { TuskError } from '../errors.ts'

const MOST_USED = 3_000
const SHORTEST = 8
const LONGEST = 1_024

/**
 * Rejects (BAD_REQUEST, with the reason) what is short, among the 3,000 most used, or made of the words around it. Length is counted
 * in bytes as they are sent; nothing else is asked of a password (ASVS 6.2).
 */
export async function checkNewPassword(
  password: string,
  about: { readonly name: string; readonly email?: string },
): Promise<void> {
  const bytes = Buffer.byteLength(password)
  if (bytes < SHORTEST || bytes > LONGEST)
    throw refused(`It must have ${SHORTEST} to ${LONGEST.toLocaleString('en')} characters.`)
  const lower = password.toLowerCase()
  const common = await mostUsed()
  if (common.has(lower) || common.has(lower.replace(/[\d\W_]+$/, '')))
    throw refused('It is one of the passwords that are tried first.')
  const words = ['tusk', 'password', about.name, ...(about.email ?? '').split('@')]
  const rest = words
    .map(word => word.toLowerCase())
    .filter(word => word.length >= 3)
    .reduce((text, word) => text.replaceAll(word, ''), lower)
  if (rest !== lower && rest.replace(/[^\p{L}]/gu, '').length < 3 && rest.length < SHORTEST)
    throw refused('It is made of the name of the person or of Tusk.')
}

/** Read when a password is chosen, not at the start: the list it is cut from takes megabytes. */
async function mostUsed(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  return new Set(dictionary['passwords-common'].slice(0, MOST_USED).map(word => word.toLowerCase()))
}

/** A password to be used once: 20 characters that are not mistaken for each other. */
export function oneTimePassword(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789'
  const characters = Array.from({ length: 20 }, () => letters[randomInt(letters.length)])
  return characters.join('').replace(/(.{5})(?=.)/g, '$1-')
}

function refused(detail: string): TuskError {
  return new TuskError('BAD_REQUEST', 'This password cannot be used.', {
    detail,
    hint: 'A few words that nobody else would put together are a good one.',
  })
}
