import type { WireError } from '../../../wire.ts'

/** An answer of the server that says no, or no answer at all. */
export class RequestFailure extends Error {
  /** 0: the server did not answer. */
  readonly status: number
  readonly wire: WireError
  /** The whole body of the answer. */
  readonly body: unknown

  constructor(status: number, wire: WireError, body?: unknown) {
    super(wire.message)
    this.name = 'RequestFailure'
    this.status = status
    this.wire = wire
    this.body = body
  }

  /** The server is away; the same request may work in a moment. */
  get offline(): boolean {
    return this.status === 0 || this.status === 503
  }

  static from(error: unknown): RequestFailure {
    if (error instanceof RequestFailure) return error
    return new RequestFailure(0, { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) })
  }
}
