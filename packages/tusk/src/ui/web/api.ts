import type { WireError, WireFailure } from '../../wire.ts'

export interface ApiOptions {
  readonly signal?: AbortSignal | undefined
  /** The request outlives the page; browsers allow 64 KiB for it. */
  readonly keepalive?: boolean
}

/** An answer of 400 or more, or none at all: then `status` is 0 and the code INTERNAL. */
export class ApiError extends Error {
  readonly status: number
  readonly error: WireError
  /** The whole answer, for those that carry more than the error. */
  readonly body: unknown

  constructor(status: number, error: WireError, body?: unknown, cause?: unknown) {
    super(error.message, cause === undefined ? undefined : { cause })
    this.name = 'ApiError'
    this.status = status
    this.error = error
    this.body = body
  }
}

/** The HTTP API. Each call rejects with an ApiError, or with the signal's reason when that was aborted. 204 gives undefined. */
export const api = {
  get: <Answer>(path: string, options?: ApiOptions) => send<Answer>('GET', path, undefined, options),
  post: <Answer>(path: string, body?: unknown, options?: ApiOptions) => send<Answer>('POST', path, body, options),
  put: <Answer>(path: string, body?: unknown, options?: ApiOptions) => send<Answer>('PUT', path, body, options),
  delete: <Answer>(path: string, body?: unknown, options?: ApiOptions) => send<Answer>('DELETE', path, body, options),
}

/** As `fetch`, but rejects with an ApiError for answers of 400 and more, and when the server cannot be reached. */
export async function request(path: string, init: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(path, init)
  } catch (error) {
    if (init.signal?.aborted === true) throw init.signal.reason
    throw new ApiError(
      0,
      { code: 'INTERNAL', message: 'Tusk does not answer.', hint: 'Is it still running?' },
      undefined,
      error,
    )
  }
  if (response.ok) return response
  const body = await failureBody(response)
  throw new ApiError(response.status, body.error, body)
}

async function send<Answer>(method: string, path: string, body: unknown, options: ApiOptions = {}): Promise<Answer> {
  const response = await request(path, {
    method,
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    keepalive: options.keepalive ?? false,
  })
  return (response.status === 204 ? undefined : await response.json()) as Answer
}

async function failureBody(response: Response): Promise<WireFailure> {
  const fallback = { code: 'INTERNAL', message: `Tusk answered ${response.status}.` } as const
  try {
    const body = (await response.json()) as Partial<WireFailure>
    return body.error === undefined ? { error: fallback } : { ...body, error: body.error }
  } catch {
    return { error: fallback } // not JSON: a proxy's page, or a connection cut short
  }
}
