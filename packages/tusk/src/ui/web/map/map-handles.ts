/** Maps of the page by the id of their element: asked for before or after they are there. */
export const mapHandles = {
  wait: (id: string): Promise<unknown> => entryOf(id).promise,
  set: (id: string, map: unknown): void => entryOf(id).resolve(map),
  remove: (id: string): void => void entries.delete(id),
}

const entries = new Map<string, PromiseWithResolvers<unknown>>()

function entryOf(id: string): PromiseWithResolvers<unknown> {
  const known = entries.get(id)
  if (known !== undefined) return known
  const made = Promise.withResolvers<unknown>()
  entries.set(id, made)
  return made
}
