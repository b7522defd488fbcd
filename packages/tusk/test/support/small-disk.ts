import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system of its own, that can be filled and made read-only. */
export interface SmallDisk {
  readonly directory: string
  /** Writes until nothing fits any more but `left` bytes; `free` makes room again. */
  fill(left: number): void
  free(): void
  setReadOnly(readOnly: boolean): void
}

/** Runs `work` with a small disk; gives why not, when mounting is not allowed here. */
export async function withSmallDisk(
  megabytes: number,
  work: (disk: SmallDisk) => Promise<void>,
): Promise<string | undefined> {
  const directory = mkdtempSync(join(tmpdir(), 'tusk-test-'))
  const mount = (...args: string[]): boolean => spawnSync('mount', [...args, directory]).status === 0
  try {
    if (!mount('-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs'))
      return 'mounting a small disk needs root: run the tests as root to include this one'
    const filler = join(directory, 'filler')
    try {
      await work({
        directory,
        fill: left => {
          const reserve = join(directory, 'reserve')
          if (left > 0) write(reserve, left)
          write(filler, megabytes * 2 ** 20)
          rmSync(reserve, { force: true })
        },
        free: () => rmSync(filler, { force: true }),
        setReadOnly: readOnly => {
          if (!mount('-o', `remount,${readOnly ? 'ro' : 'rw'}`))
            throw new Error('the small disk cannot be mounted anew')
        },
      })
    } finally {
      if (spawnSync('umount', [directory]).status !== 0) spawnSync('umount', ['-l', directory])
    }
    return undefined
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Writes as much of `byteLength` bytes as the disk takes. */
function write(path: string, byteLength: number): void {
  const descriptor = openSync(path, 'a')
  try {
    for (let piece = 1 << 20; piece >= 1; ) {
      if (byteLength < piece) piece = Math.min(piece, byteLength)
      if (piece === 0) return
      try {
        byteLength -= writeSync(descriptor, Buffer.alloc(piece))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
        piece >>= 1
      }
    }
  } finally {
    closeSync(descriptor)
  }
}
