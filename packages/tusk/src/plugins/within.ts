import { TuskError } from '../errors.ts'

/** The value of `work`, or PLUGIN_FAILED “`what` took longer than …” after the deadline; what it gives later is dropped. */
export async function within<T>(milliseconds: number, what: string, work: () => Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(new TuskError('PLUGIN_FAILED', `${what} took longer than ${milliseconds / 1_000} s.`)),
    milliseconds,
  )
  try {
    return await Promise.race([work(), promise])
  } finally {
    clearTimeout(timer)
  }
}
