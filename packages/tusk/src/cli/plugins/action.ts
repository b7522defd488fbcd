import { TuskError } from '../../errors.ts'

/** One of `tusk plugins …`, as its file exports it under the name `run`; gives the exit code. */
export type Action = (call: ActionCall) => Promise<number>

export interface ActionCall {
  readonly names: readonly string[]
  readonly json: boolean
  /** The person has said yes already. */
  readonly yes: boolean
  readonly signal: AbortSignal
}

/** The one name that an action takes. USAGE otherwise. */
export function oneName({ names }: ActionCall, what: string): string {
  const [name, ...more] = names
  if (name === undefined) throw new TuskError('USAGE', `Which ${what}?`)
  if (more.length > 0) throw new TuskError('USAGE', `“${more[0]}” is one word too many.`)
  return name
}
