import { type TProperties, Type } from '../../plugins/route-schema.ts'

/** An object with exactly these members (R4). */
export const closed = <Properties extends TProperties>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false })

export const ById = closed({ id: Type.String({ maxLength: 64 }) })

/** One or several values under one name of a form; none is an empty list. */
export const Several = Type.Optional(
  Type.Union([Type.String({ maxLength: 100 }), Type.Array(Type.String({ maxLength: 100 }), { maxItems: 500 })]),
)

export function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : [value].flat()
}
