import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Type as TypeBox } from 'typebox'
import { Type } from '../../src/plugins/route-schema.ts'

type Builders = typeof Type

/** How a schema is built, so that it can be built twice. */
type Recipe = (type: Builders) => unknown

const options = fc.record({ description: fc.string(), minLength: fc.nat() }, { requiredKeys: [] })
const names = fc.stringMatching(/^[a-z]{1,8}$/)

const { recipe } = fc.letrec<{ recipe: Recipe; part: Recipe }>(tie => ({
  part: fc.oneof(
    options.map(given => (type: Builders) => type.String(given)),
    options.map(given => (type: Builders) => type.Integer(given)),
    options.map(given => (type: Builders) => type.Number(given)),
    options.map(given => (type: Builders) => type.Boolean(given)),
    options.map(given => (type: Builders) => type.Null(given)),
    fc.oneof(fc.string(), fc.integer(), fc.boolean()).map(value => (type: Builders) => type.Literal(value)),
    fc.uniqueArray(fc.string(), { minLength: 1 }).map(values => (type: Builders) => type.Enum(values)),
  ),
  recipe: fc.oneof(
    { depthSize: 'small' },
    tie('part'),
    fc.tuple(tie('recipe'), options).map(
      ([items, given]) =>
        (type: Builders) =>
          type.Array(items(type) as never, given),
    ),
    tie('recipe').map(values => (type: Builders) => type.Record(type.String(), values(type) as never)),
    fc
      .array(tie('recipe'), { maxLength: 3 })
      .map(parts => (type: Builders) => type.Union(parts.map(part => part(type)) as never)),
    fc
      .tuple(fc.dictionary(names, fc.tuple(tie('recipe'), fc.boolean()), { maxKeys: 5 }), fc.boolean())
      .map(([members, additionalProperties]) => (type: Builders) => {
        const properties = Object.entries(members).map(([name, [member, optional]]) => {
          const schema = member(type) as never
          return [name, optional ? type.Optional(schema) : schema]
        })
        return type.Object(Object.fromEntries(properties), { additionalProperties })
      }),
  ),
}))

test('schemas of routes are those that TypeBox builds', () => {
  fc.assert(
    fc.property(recipe, build => {
      assert.deepEqual(JSON.parse(JSON.stringify(build(Type))), JSON.parse(JSON.stringify(build(TypeBox))))
    }),
  )
})

test('a member that TypeBox made optional is optional here, and the other way round', () => {
  const theirs = Type.Object({ name: TypeBox.Optional(TypeBox.String()), age: TypeBox.Integer() })
  assert.deepEqual(theirs.required, ['age'])
  const ours = TypeBox.Object({ name: Type.Optional(Type.String()), age: Type.Integer() })
  assert.deepEqual(ours.required, ['age'])
})
