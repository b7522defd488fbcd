import { ApiError } from '../../../ui/web/api.ts'

/** `unknown` from a catch as an ApiError, whatever it was. */
export function failureOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new ApiError(-1, { code: 'INTERNAL', message }, undefined, error)
}

/** The server is away; the same request may work in a moment. */
export function isOffline(failure: ApiError): boolean {
  return failure.status === 0 || failure.status === 502 || failure.status === 503
}
