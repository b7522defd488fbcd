import type { DataField } from '../../../../wire.ts'

/** Its values have a place on a scale and can be added up. */
export function isNumber({ type, logical }: DataField): boolean {
  return type.kind === 'int' || type.kind === 'float' || type.kind === 'decimal' || logical === 'decimal'
}

export function isTime({ type }: DataField): boolean {
  return type.kind === 'date' || type.kind === 'timestamp'
}
