import { connect as connectSocket, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ConnectedSocket } from './connect.ts'
import { cancelRequest, tlsRequest } from './protocol-messages.ts'

/** Where and how to ask for the cancelling of what a session runs. */
export interface CancelAddress {
  /** The address that the session itself reached: a host name may stand for several servers. */
  readonly target: { readonly path: string } | { readonly host: string; readonly port: number }
  readonly hostName: string
  readonly tls: ConnectedSocket['tls']
  readonly processId: number
  readonly secretKey: number
}

const patience = 5000

/**
 * Asks the server to cancel what the session runs. Resolves when the server has passed it on (it closes the connection), so
 * that afterwards it cannot hit a later statement; also when it could not be reached, since there is nothing more to do.
 */
export async function sendCancelRequest(address: CancelAddress): Promise<void> {
  const plain = connectSocket(address.target)
  const sockets: Socket[] = [plain]
  plain.on('error', ignore)
  const late = setTimeout(() => plain.destroy(), patience)
  try {
    await once(plain, 'connect')
    let socket: Socket = plain
    if (address.tls !== undefined) {
      plain.write(tlsRequest)
      await once(plain, 'data')
      socket = connectTls({ ...address.tls, socket: plain, host: address.hostName, ...serverName(address.hostName) })
      sockets.push(socket)
      socket.on('error', ignore)
      await once(socket, 'secureConnect')
    }
    socket.write(cancelRequest(address.processId, address.secretKey))
    socket.resume()
    await once(socket, 'close')
  } catch {
    // Not reached or refused: the session's own deadline ends it then.
  } finally {
    clearTimeout(late)
    for (const socket of sockets) socket.destroy()
  }
}

/** `once` hears of errors too; this one is there for those that come after. */
function ignore(): void {}

function serverName(host: string): { readonly servername?: string } {
  return /^[\d.]+$|:/.test(host) ? {} : { servername: host }
}

function once(socket: Socket, event: 'connect' | 'secureConnect' | 'data' | 'close'): Promise<void> {
  return new Promise((done, failed) => {
    socket.once('error', failed)
    socket.once(event, () => done())
    if (event !== 'close') socket.once('close', () => failed(new Error('The connection was closed.')))
  })
}
