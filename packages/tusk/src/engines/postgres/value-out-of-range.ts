import type { DataField } from '../../arrow/data-type.ts'
import { TuskError } from '../../errors.ts'

export function valueOutOfRange(field: DataField): TuskError {
  return new TuskError('VALUE_OUT_OF_RANGE', `A value of the column "${field.name}" does not fit its type.`, {
    detail: `${field.sourceType ?? 'The type'} reaches further in PostgreSQL than in Arrow, which ends in the year 294246.`,
    hint: 'Select it as text: column::text.',
  })
}
