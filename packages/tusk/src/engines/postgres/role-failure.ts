import { TuskError } from '../../errors.ts'

/** That somebody cannot work as a role: it is not there, or the user who signed in is no member of it. */
export function roleFailure(role: string, message: string, cause: unknown, sourceCode?: string): TuskError {
  return new TuskError('CONNECTION_FAILED', `You cannot work as the database role “${role}”.`, {
    cause,
    detail: message,
    ...(sourceCode === undefined ? {} : { sourceCode }),
    hint: 'The role must exist there, and be granted to the user that signs in. The owner of the connection can name another role for you.',
  })
}
