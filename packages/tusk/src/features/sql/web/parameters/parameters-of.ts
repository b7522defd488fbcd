import type { Dialect } from '../../../../engine/dialect.ts'

/** Names of the parameters of a script, each once, in the order of their first use. */
export function parametersOf(script: string, dialect: Dialect): readonly string[] {
  const { parameters } = dialect
  if (parameters === undefined) return []
  const names = dialect.split(script).flatMap(({ text }) => parameters.find(text).map(({ name }) => name))
  return [...new Set(names)]
}
