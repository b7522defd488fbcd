import { localActor } from './actor.ts'
import type { Auth } from './auth.ts'

/** Settles what deleted people left behind: what an earlier studio did not come to, and what the command line deletes while this one runs. */
export function settleDepartures(auth: Auth, onError: (error: unknown) => void): Disposable {
  const look = (): void => {
    if (auth.departures.pending().length > 0) auth.departures.settle(localActor).catch(onError)
  }
  look()
  return auth.onChange(look)
}
