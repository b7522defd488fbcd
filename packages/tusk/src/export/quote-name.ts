import { TuskError } from '../errors.ts'

/** Always quoted, so that the text is right whatever the target's keywords are. */
export function quoteName(name: string): string {
  if (name === '' || name.includes('\0')) {
    throw new TuskError('BAD_REQUEST', 'A name in the SQL is empty or holds a NUL character.')
  }
  return `"${name.replaceAll('"', '""')}"`
}
