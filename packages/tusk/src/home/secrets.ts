import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { chmodSync, closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { TuskError } from '../errors.ts'

const PREFIX = 'enc:v1:'

/** Encrypts what is secret in the state directory with the install's own key (AES-256-GCM, R13). */
export class SecretBox {
  readonly #key: Buffer

  constructor(key: Buffer) {
    this.#key = key
  }

  /** Reads the key file, or makes it (0600) at the first start. STATE_DAMAGED when it is there but not a key. */
  static open(file: string): SecretBox {
    if (!existsSync(file)) createKey(file)
    const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64')
    if (key.length !== 32)
      throw new TuskError('STATE_DAMAGED', `${file} is not a Tusk key.`, {
        hint: 'Restore it from a backup. Without it saved passwords cannot be read: remove it and enter them again.',
      })
    chmodSync(file, 0o600)
    return new SecretBox(key)
  }

  /** `context` binds the text to its place, so that it cannot be copied to another owner's record. */
  encrypt(text: string, context: string): string {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(context))
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return PREFIX + Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')
  }

  /** STATE_DAMAGED when the text was made with another key or for another place. */
  decrypt(sealed: string, context: string): string {
    try {
      if (!sealed.startsWith(PREFIX)) throw new Error('not an encrypted value')
      const bytes = Buffer.from(sealed.slice(PREFIX.length), 'base64')
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, 12))
        .setAAD(Buffer.from(context))
        .setAuthTag(bytes.subarray(12, 28))
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
    } catch (error) {
      throw new TuskError('STATE_DAMAGED', 'A saved password cannot be read with the key of this Tusk.', {
        hint: 'Enter the password again in the connection.',
        cause: error,
      })
    }
  }
}

function createKey(file: string): void {
  // 'wx' so that two first starts cannot overwrite each other's key; the loser reads the winner's.
  let descriptor: number
  try {
    descriptor = openSync(file, 'wx', 0o600)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return
    throw error
  }
  try {
    writeSync(descriptor, `${randomBytes(32).toString('base64')}\n`)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
