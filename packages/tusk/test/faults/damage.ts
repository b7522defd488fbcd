import { readFileSync, truncateSync, writeFileSync } from 'node:fs'

/** Bytes that are no text, no TOML, no JSON, no Arrow and no database. */
const garbage = Buffer.from(Array.from({ length: 20_000 }, (_, index) => (index * 7_919 + 13) % 251))

/** What can happen to a file, by name. */
export const damages = {
  /** Nothing of it is left. */
  garbage: (file: string): void => writeFileSync(file, garbage),
  /** As long as before, and it begins as before. */
  'garbage inside': (file: string): void => {
    const bytes = readFileSync(file)
    const from = Math.min(4_096, Math.ceil(bytes.length / 3))
    for (let at = from; at < bytes.length; at++) bytes[at] = garbage[at % garbage.length]!
    writeFileSync(file, bytes)
  },
  half: (file: string): void => truncateSync(file, Math.floor(readFileSync(file).length / 2)),
  nothing: (file: string): void => truncateSync(file, 0),
} as const
