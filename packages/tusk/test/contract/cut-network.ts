import { Socket } from 'node:net'

/** Before the name of a machine that a host wanted to reach, in what it says on its standard error. */
export const triedMark = 'without a network: '

/**
 * The cable pulled: until disposed no socket of this process reaches another machine, and `tried` names where one wanted to go, as
 * `onTry` hears at once. Native code, such as a driver's, does not use these sockets.
 */
export function cutNetwork(
  onTry: (host: string) => void = () => undefined,
): Disposable & { readonly tried: readonly string[] } {
  const tried: string[] = []
  const connect = Socket.prototype.connect
  const guarded = function (this: Socket, ...args: unknown[]): Socket {
    const [first] = [args[0]].flat() as readonly unknown[]
    const { host, path } = (typeof first === 'object' && first !== null ? first : {}) as {
      host?: string
      path?: string
    }
    if (path === undefined && host !== undefined && !/^(localhost|127\.|::1$|\[::1\]$)/.test(host)) {
      tried.push(host)
      onTry(host)
      this.destroy(
        Object.assign(new Error(`${host} cannot be reached: this test runs without a network`), {
          code: 'ENETUNREACH',
        }),
      )
      return this
    }
    return Reflect.apply(connect, this, args)
  }
  Socket.prototype.connect = guarded as typeof connect
  return {
    tried,
    [Symbol.dispose]() {
      Socket.prototype.connect = connect
    },
  }
}
