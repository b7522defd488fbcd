import { Ajv, type ErrorObject, type Options } from 'ajv'
import type { FastifyInstance, FastifySchemaValidationError } from 'fastify'

const options: Options = { allErrors: false, strict: false, useDefaults: true, removeAdditional: false }

/**
 * Checks what comes in. Bodies are taken as they are: JSON has types. Queries and paths are texts, so they become the numbers and
 * booleans that their schema asks for. Nothing unknown is dropped silently; it is refused.
 */
export function useValidation(app: FastifyInstance): void {
  const exact = new Ajv(options)
  const fromText = new Ajv({ ...options, coerceTypes: true })
  app.setValidatorCompiler(({ schema, httpPart }) => (httpPart === 'body' ? exact : fromText).compile(schema as object))
  app.setSchemaErrorFormatter((errors, part) => new InvalidRequest(sentence(errors, part)))
}

/** A request that does not fit its route's schema. The message names the field. */
export class InvalidRequest extends Error {}

function sentence(errors: readonly FastifySchemaValidationError[], part: string): string {
  const first = errors[0] as ErrorObject | undefined
  if (first === undefined) return `The ${names[part] ?? part} is not valid.`
  const path = first.instancePath.slice(1).replaceAll('/', '.')
  const extra = first.params.additionalProperty
  if (typeof extra === 'string') return `“${[path, extra].filter(Boolean).join('.')}” is not known here.`
  const missing = first.params.missingProperty
  if (typeof missing === 'string') return `“${[path, missing].filter(Boolean).join('.')}” is missing.`
  const where = path === '' ? `The ${names[part] ?? part}` : `“${path}”`
  const allowed = first.params.allowedValues
  if (Array.isArray(allowed)) return `${where} must be one of: ${allowed.join(', ')}.`
  return `${where} ${first.message ?? 'is not valid'}.`
}

const names: Readonly<Record<string, string>> = { body: 'body', querystring: 'query', params: 'address' }
