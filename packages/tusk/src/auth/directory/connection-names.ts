/** The connections that there are, for names in documents. */
export interface ConnectionNames {
  nameOf(id: string): string | undefined
  /** Ids of all with this name. */
  named(name: string): readonly string[]
}

export function connectionNames(all: readonly { readonly id: string; readonly name: string }[]): ConnectionNames {
  return {
    nameOf: id => all.find(one => one.id === id)?.name,
    named: name => all.filter(one => one.name === name).map(({ id }) => id),
  }
}
