/**
 * `tuskdata/schema`: schemas of routes. A file of its own, to be imported by the file of the routes: it takes a tenth of a second to load,
 * and a plugin's own module is also loaded by processes that have no routes.
 */
import { type TProperties, Type } from 'typebox'

export type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
export { type Static, Type } from 'typebox'

/** An object with exactly these members: what the body, the query and the parameters of a route have to be. */
export const closed = <Properties extends TProperties>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false })
