import type { GridSource } from '../../../../../ui/web/grid/grid-source.ts'

/** The same source, which refuses another order or filter while `why` gives a reason: rows are counted as they are shown. */
export function guardView(source: GridSource, why: () => string | undefined): GridSource {
  return new Proxy(source, {
    get(target, name) {
      if (name === 'setView')
        return async (...request: Parameters<NonNullable<GridSource['setView']>>): Promise<void> => {
          const reason = why()
          if (reason !== undefined) throw new Error(reason)
          await target.setView?.(...request)
        }
      // The members of the source are its own: private fields know no proxy.
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
