import { existsSync, readFileSync } from 'node:fs'
import { parse, TomlError } from 'smol-toml'
import { type ErrorCode, TuskError } from '../errors.ts'

/**
 * The tables of a TOML file; none when there is no such file. An error of `code` names the file, the place and what is wrong there,
 * never its content: it may be anything.
 */
export function readToml(file: string, code: ErrorCode, hint: string): Record<string, unknown> {
  if (!existsSync(file)) return {}
  try {
    return parse(new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)))
  } catch (error) {
    throw new TuskError(code, `${file} cannot be read.`, { detail: reasonOf(error), hint, cause: error })
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof TomlError) {
    const [what = ''] = error.message.split('\n')
    return `Line ${error.line}, column ${error.column}: ${what}`
  }
  if (error instanceof TypeError) return 'It is not text.'
  return error instanceof Error ? error.message : String(error)
}
