import { ApiError, request } from './api.ts'

export interface ServerEvent {
  readonly event: string
  readonly data: unknown
}

export interface EventOptions {
  readonly signal?: AbortSignal
  /** `waiting` while the server cannot be reached and is tried again. */
  readonly onState?: (state: 'open' | 'waiting') => void
}

/**
 * Server-sent events as they come. When the connection breaks it is made anew, and the server starts with the whole state again; leave
 * the loop when nothing more is expected. Ends when `signal` aborts; rejects with the ApiError of an answer that will not change (4xx).
 */
export async function* serverEvents(
  path: string,
  { signal, onState }: EventOptions = {},
): AsyncGenerator<ServerEvent, void> {
  const left = new AbortController()
  const both = signal === undefined ? left.signal : AbortSignal.any([signal, left.signal])
  try {
    for (let failures = 0; !both.aborted; failures++) {
      try {
        const response = await request(path, { headers: { accept: 'text/event-stream' }, signal: both })
        onState?.('open')
        for await (const event of parsed(response)) {
          failures = 0
          yield event
        }
      } catch (error) {
        if (both.aborted) return
        if (error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429) throw error
      }
      if (both.aborted) return
      onState?.('waiting')
      await pause(Math.min(15_000, 500 * 2 ** Math.min(failures, 5)) * (0.75 + Math.random() / 2), both)
    }
  } finally {
    left.abort()
  }
}

async function* parsed(response: Response): AsyncGenerator<ServerEvent, void> {
  if (response.body === null) return
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      text += value
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const event = eventOf(block)
        if (event !== undefined) yield event
      }
    }
  } finally {
    reader.cancel().catch(() => undefined) // the connection may be gone already
  }
}

/** Undefined for heartbeats and for the server's advice on reconnecting. */
function eventOf(block: string): ServerEvent | undefined {
  let event = 'message'
  const data: string[] = []
  for (const line of block.split('\n')) {
    if (line.startsWith('event: ')) event = line.slice(7)
    else if (line.startsWith('data: ')) data.push(line.slice(6))
  }
  return data.length === 0 ? undefined : { event, data: JSON.parse(data.join('\n')) as unknown }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    signal.addEventListener('abort', end)
  })
}
