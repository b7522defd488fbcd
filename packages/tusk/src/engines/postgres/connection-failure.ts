import { TuskError } from '../../errors.ts'
import { roleFailure } from './role-failure.ts'
import type { PostgresSettings } from './settings.ts'

/** What went wrong on the way to a session, from what the driver, the socket or the server said. */
export function connectionFailure(error: unknown, settings: PostgresSettings): TuskError {
  if (error instanceof TuskError) return error
  const { message, code } = named(error)
  if (settings.role !== undefined && /\brole\b/.test(message) && /^(22023|42501)$/.test(code ?? ''))
    return roleFailure(settings.role, message, error, code)
  const where = settings.host.startsWith('/') ? settings.host : `${settings.host}:${settings.port}`
  if (/^28/.test(code ?? '') || /password must be/.test(message)) {
    return new TuskError('AUTHENTICATION_FAILED', authenticationMessage(settings, message), {
      cause: error,
      detail: message,
      ...(code === undefined ? {} : { sourceCode: code }),
    })
  }
  return new TuskError('CONNECTION_FAILED', `The PostgreSQL server at ${where} could not be reached.`, {
    cause: error,
    detail: message,
    ...(code === undefined ? {} : { sourceCode: code }),
    hint: hintFor(code ?? '', message, settings),
  })
}

function authenticationMessage(settings: PostgresSettings, message: string): string {
  return settings.password === undefined || /password must be/.test(message)
    ? `The server asks for the password of "${settings.user}".`
    : `The server refused "${settings.user}".`
}

function named(error: unknown): { readonly message: string; readonly code: string | undefined } {
  // An attempt at several addresses fails with all their errors in one that has no message of its own.
  const first = error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error
  const { message, code } = first as { readonly message?: string; readonly code?: string }
  return { message: message || String(first), code }
}

function hintFor(code: string, message: string, settings: PostgresSettings): string {
  if (code === 'ECONNREFUSED') return 'Is the server running, and is the port right?'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'Is the name of the host right?'
  if (code === '3D000') return 'Choose another database; "postgres" is there on most servers.'
  if (code === '53300') return 'The server has no free connections; close some or raise max_connections.'
  if (code === '57P03') return 'The server is starting or stopping; try again in a moment.'
  if (/timeout/i.test(message)) return 'No answer in time: is a firewall between, or the host wrong?'
  if (/does not support SSL/.test(message))
    return 'The server has TLS switched off; choose the TLS mode "prefer" or "disable".'
  if (/^ERR_TLS_CERT_ALTNAME/.test(code)) {
    return 'The certificate is for another host name. Use that name, or the TLS mode "verify-ca" if you trust the authority.'
  }
  if (/CERT|SIGNATURE|ISSUER/.test(code)) {
    return settings.rootCertificateFile === undefined
      ? 'The certificate is not signed by a well-known authority: give its root certificate.'
      : 'The certificate is not signed by the given root certificate.'
  }
  return 'Check host, port and TLS mode.'
}
