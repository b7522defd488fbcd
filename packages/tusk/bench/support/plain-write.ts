import { open } from 'node:fs/promises'

/** Writes a file of so many bytes from one buffer, as fast as the system takes them into its page cache: the floor of storing them. */
export async function plainWrite(path: string, bytes: number): Promise<void> {
  const piece = Buffer.alloc(8 << 20, 1)
  const file = await open(path, 'w')
  try {
    for (let done = 0; done < bytes; done += piece.length)
      await file.write(piece, 0, Math.min(piece.length, bytes - done))
  } finally {
    await file.close()
  }
}
