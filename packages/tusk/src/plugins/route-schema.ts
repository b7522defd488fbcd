import type { Type as TypeBox } from 'typebox'

export type { Static, TProperties } from 'typebox'

type Built =
  | 'Array'
  | 'Boolean'
  | 'Enum'
  | 'Integer'
  | 'Literal'
  | 'Null'
  | 'Number'
  | 'Object'
  | 'Optional'
  | 'Record'
  | 'String'
  | 'Union'
type Options = Readonly<Record<string, unknown>>
type Schema = Readonly<Record<string, unknown>>

const optionalMark = '~optional'

const builders = {
  Array: (items: Schema, options?: Options) => ({ type: 'array', items, ...options }),
  Boolean: (options?: Options) => ({ type: 'boolean', ...options }),
  Enum: (values: readonly unknown[], options?: Options) => ({ enum: values, ...options }),
  Integer: (options?: Options) => ({ type: 'integer', ...options }),
  Literal: (value: string | number | boolean, options?: Options) => ({ type: typeof value, const: value, ...options }),
  Null: (options?: Options) => ({ type: 'null', ...options }),
  Number: (options?: Options) => ({ type: 'number', ...options }),
  Object: (properties: Readonly<Record<string, Schema>>, options?: Options) => {
    const required = Object.keys(properties).filter(name => !(optionalMark in (properties[name] ?? {})))
    return { type: 'object', ...(required.length === 0 ? {} : { required }), properties, ...options }
  },
  Optional: (schema: Schema) => Object.defineProperty({ ...schema }, optionalMark, { value: true, enumerable: false }),
  Record: (_names: Schema, values: Schema, options?: Options) => ({
    type: 'object',
    patternProperties: { '^.*$': values },
    ...options,
  }),
  String: (options?: Options) => ({ type: 'string', ...options }),
  Union: (anyOf: readonly Schema[], options?: Options) => ({ anyOf, ...options }),
}

/**
 * What the routes of Tusk itself need of TypeBox, with its types: JSON schemas, which Ajv checks. The library loads nearly 400 modules to build
 * them, which cost each start 14 MB and a sixth of its time. The names of a `Record` may be any text.
 */
export const Type = builders as unknown as Pick<typeof TypeBox, Built>
