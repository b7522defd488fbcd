import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv'
import type { FastifyInstance } from 'fastify'
import { isFormBody } from './form-bodies.ts'

const options: Options = {
  strict: false,
  useDefaults: true,
  removeAdditional: false,
  // The schemas are our own code, made by TypeBox: checking them against the schema of schemas would double the time of the start.
  meta: false,
  validateSchema: false,
}

/**
 * Checks what comes in. JSON is taken as it is: it has types. Queries, paths and forms are texts, so they become the numbers and
 * booleans that their schema asks for. Nothing unknown is dropped silently; it is refused.
 */
export function useValidation(app: FastifyInstance): void {
  const exact = new Ajv(options)
  const fromText = new Ajv({ ...options, coerceTypes: 'array' })
  app.setValidatorCompiler(({ schema, httpPart = 'body' }) => {
    // Compiled by the first request that needs it: few of all routes are asked for in the first second.
    let checkExact: ValidateFunction | undefined
    let checkText: ValidateFunction | undefined
    return value => {
      const isText = httpPart !== 'body' || isFormBody(value)
      if (isText) checkText ??= fromText.compile(schema as object)
      else checkExact ??= exact.compile(schema as object)
      const check = (isText ? checkText : checkExact) as ValidateFunction
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
