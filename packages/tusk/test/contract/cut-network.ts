import { Socket } from 'node:net'

/** The cable pulled: until disposed no socket of this process reaches another machine, and `tried` names where one wanted to go. */
export function cutNetwork(): Disposable & { readonly tried: readonly string[] } {
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
