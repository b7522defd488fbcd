import { TuskError } from '../../errors.ts'

/** What an aborted call rejects with: the signal's reason when that is a TuskError, otherwise QUERY_CANCELLED. */
export function cancelledBy(signal: AbortSignal): TuskError {
  return signal.reason instanceof TuskError
    ? signal.reason
    : new TuskError('QUERY_CANCELLED', undefined, { cause: signal.reason })
}
