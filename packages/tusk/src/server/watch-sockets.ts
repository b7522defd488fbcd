import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** A connection on which nothing moves for so long is cut (R3). */
export const stalledMs = 600_000

/**
 * Cuts connections whose client sends and takes nothing any more, but not those on which we are silent because an answer is being
 * made. The function that is returned ends all on which no answer is under way, also those that a browser opened ahead of a request
 * (Node takes these for busy), and the others as soon as their answer is out.
 */
export function watchSockets(server: Server): () => void {
  const quiet = new Set<Socket>()
  let ending = false
  server.on('connection', (socket: Socket) => {
    quiet.add(socket)
    socket.once('close', () => quiet.delete(socket))
  })
  server.on('request', ({ socket }, response) => {
    quiet.delete(socket)
    response.once('close', () => {
      if (ending) socket.destroySoon()
      else if (!socket.destroyed) quiet.add(socket)
    })
  })
  server.setTimeout(stalledMs, socket => {
    if (quiet.has(socket) || socket.writableLength > 0) socket.destroy()
  })
  return () => {
    ending = true
    for (const socket of quiet) socket.destroy()
  }
}
