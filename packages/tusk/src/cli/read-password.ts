import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { TuskError } from '../errors.ts'

/** The first line that comes on standard input. USAGE when there is none. */
export async function passwordFromStdin(): Promise<string> {
  const line = (await text(process.stdin)).split(/\r?\n/, 1)[0] ?? ''
  if (line === '') throw new TuskError('USAGE', 'No password came on standard input.')
  return line
}

/** Asks twice at the terminal without showing what is typed; undefined where there is no terminal. USAGE when the two differ. */
export async function askNewPassword(name: string, signal: AbortSignal): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  const ask = async (question: string): Promise<string> => {
    process.stderr.write(question)
    const answer = await lines.question('', { signal })
    process.stderr.write('\n')
    return answer
  }
  try {
    const password = await ask(`New password for ${name}: `)
    if ((await ask('Again: ')) !== password) throw new TuskError('USAGE', 'The two passwords are not the same.')
    return password
  } finally {
    lines.close()
  }
}
