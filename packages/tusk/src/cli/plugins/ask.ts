import { createInterface } from 'node:readline/promises'
import { TuskError } from '../../errors.ts'

/** Asks at the terminal; USAGE where nobody can answer. */
export async function askYes(question: string, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new TuskError('USAGE', 'This asks a question, and nobody can answer here.', { hint: 'Add --yes.' })
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `, { signal })).trim())
  } finally {
    terminal.close()
  }
}
