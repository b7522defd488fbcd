import { openSync, writeSync } from 'node:fs'
import { diskError } from './disk-error.ts'

/**
 * Where the log goes, line by line. A disk that is full takes no line and stops nobody: lines that are lost are counted, and the
 * next one that can be written says how many.
 */
export class LogFile {
  readonly #descriptor: number
  #lost = 0

  /** DISK_FULL or STATE_DAMAGED when there can be no such file. */
  constructor(file: string) {
    try {
      this.#descriptor = openSync(file, 'a', 0o600)
    } catch (error) {
      throw diskError(error, file) ?? error
    }
  }

  write(line: string): void {
    const lost =
      this.#lost === 0
        ? ''
        : `${JSON.stringify({ level: 40, time: Date.now(), msg: 'lines were lost', lost: this.#lost })}\n`
    try {
      writeSync(this.#descriptor, lost + line)
      this.#lost = 0
    } catch {
      this.#lost++ // There is no place left to report this to.
    }
  }
}
