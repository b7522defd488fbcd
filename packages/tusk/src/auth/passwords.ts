import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { TuskError } from '../errors.ts'

const derive = promisify(argon2)

/** argon2id with 64 MiB and three passes (R8): some 200 ms of one core. */
const MEMORY_KIB = 65_536
const PASSES = 3
const LENGTH = 32
/** Hashes at once: each holds 64 MiB and a thread of the pool that files and names need too. */
const AT_ONCE = 2
const WAITING = 64

const shape = /^\$argon2id\$v=19\$m=(\d{4,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{8,86})\$([A-Za-z0-9+/]{16,86})$/
/** Larger costs in a stored text than this are not ours and are not paid. */
const MOST_MEMORY_KIB = 1_048_576

let running = 0
const waiting: (() => void)[] = []

/** A PHC string of the password as it was sent. TOO_MANY when too many wait for theirs. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await limited(() => argon2id(password, salt, MEMORY_KIB, PASSES, 1, LENGTH))
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=1$${unpadded(salt)}$${unpadded(hash)}`
}

/**
 * Whether the password is the one. Without a stored hash (nobody has that name, no password was set) the same work is done for
 * nothing, so that time does not tell. TOO_MANY as above.
 */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  // The older Tusk wrote `argon2` before the same string.
  const parts = shape.exec(stored?.replace(/^argon2(?=\$argon2id\$)/, '') ?? '')
  if (parts === null || Number(parts[1]) > MOST_MEMORY_KIB) {
    await limited(() => argon2id(password, randomBytes(16), MEMORY_KIB, PASSES, 1, LENGTH))
    return false
  }
  const [, memory, passes, parallelism, salt = '', hash = ''] = parts
  const expected = Buffer.from(hash, 'base64')
  const given = await limited(() =>
    argon2id(
      password,
      Buffer.from(salt, 'base64'),
      Number(memory),
      Number(passes),
      Number(parallelism),
      expected.length,
    ),
  )
  return timingSafeEqual(given, expected)
}

/** Whether a stored hash was made with less work than today's. */
export function isOutdated(stored: string): boolean {
  const parts = shape.exec(stored)
  return parts === null || Number(parts[1]) < MEMORY_KIB || Number(parts[2]) < PASSES
}

function argon2id(
  password: string,
  nonce: Buffer,
  memory: number,
  passes: number,
  parallelism: number,
  tagLength: number,
): Promise<Buffer> {
  return derive('argon2id', { message: Buffer.from(password), nonce, parallelism, tagLength, memory, passes })
}

async function limited<Value>(work: () => Promise<Value>): Promise<Value> {
  if (running >= AT_ONCE) {
    if (waiting.length >= WAITING) throw new TuskError('TOO_MANY')
    await new Promise<void>(resolve => waiting.push(resolve))
  } else running++
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next === undefined) running--
    else next()
  }
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
