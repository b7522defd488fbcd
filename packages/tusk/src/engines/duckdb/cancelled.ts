import { TuskError } from '../../errors.ts'

/** The error that an aborted signal stands for: its reason when that is one of ours, else QUERY_CANCELLED. */
export function cancelled(signal: AbortSignal): TuskError {
  return signal.reason instanceof TuskError ? signal.reason : new TuskError('QUERY_CANCELLED')
}
