import type { TableSource } from '../../engine/table-source.ts'
import { TuskError } from '../../errors.ts'
import type { Instance } from './instance.ts'

export function mountSource(_instance: Instance, _source: TableSource): string {
  throw new TuskError('UNSUPPORTED')
}
export function selectMounted(key: string): string {
  return key
}
export function unmountSource(_instance: Instance, _key: string): void {}
