import { TuskError } from '../../errors.ts'
import type { Action } from './action.ts'

export const run: Action = () => {
  throw new TuskError('UNSUPPORTED')
}
