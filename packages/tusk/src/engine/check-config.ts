import type { ConnectionConfig, Engine } from './engine.ts'
import { checkFields } from './form-field.ts'

/** `checkFields` over an engine's fields: CONNECTION_CONFIG, naming the field, for what is not valid. */
export function checkConfig(engine: Engine, values: Readonly<Record<string, unknown>>): ConnectionConfig {
  return checkFields(engine.label, engine.fields, values)
}
