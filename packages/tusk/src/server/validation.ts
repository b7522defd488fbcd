import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv'
import type { FastifyInstance } from 'fastify'

const options: Options = {
  strict: false,
  useDefaults: true,
  removeAdditional: false,
  // The schemas are our own code, made by TypeBox: checking them against the schema of schemas would double the time of the start.
  meta: false,
  validateSchema: false,
}

/**
 * Checks what comes in. Bodies are taken as they are: JSON has types. Queries and paths are texts, so they become the numbers and
 * booleans that their schema asks for. Nothing unknown is dropped silently; it is refused.
 */
export function useValidation(app: FastifyInstance): void {
  const exact = new Ajv(options)
  const fromText = new Ajv({ ...options, coerceTypes: true })
  app.setValidatorCompiler(({ schema, httpPart = 'body' }) => {
    const ajv = httpPart === 'body' ? exact : fromText
    // Compiled by the first request that needs it: few of all routes are asked for in the first second.
    let check: ValidateFunction | undefined
    return value => {
      check ??= ajv.compile(schema as object)
      return check(value) ? { value } : { error: new InvalidRequest(sentence(check.errors?.[0], httpPart)) }
    }
  })
}

/** A request that does not fit its route's schema. The message names the field. */
export class InvalidRequest extends Error {}

function sentence(first: ErrorObject | null | undefined, part: string): string {
  if (first === undefined || first === null) return `The ${names[part] ?? part} is not valid.`
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
