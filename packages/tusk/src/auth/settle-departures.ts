import { localActor } from './actor.ts'
import type { Auth } from './auth.ts'

const againMs = 60_000

/**
 * Settles what deleted people left behind: what an earlier studio did not come to, and what the command line deletes while this one runs.
 * What fails is told and tried again each minute.
 */
export function settleDepartures(auth: Auth, onError: (error: unknown) => void): Disposable {
  let again: NodeJS.Timeout | undefined
  const look = (): void => {
    if (auth.departures.pending().length === 0) return
    auth.departures.settle(localActor).catch((error: unknown) => {
      onError(error)
      clearTimeout(again)
      again = setTimeout(look, againMs).unref()
    })
  }
  look()
  const watch = auth.onChange(look)
  return {
    [Symbol.dispose]() {
      clearTimeout(again)
      watch[Symbol.dispose]()
    },
  }
}
