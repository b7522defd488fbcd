import type { Person } from '../../auth/people.ts'

export interface PeopleSearch {
  /** Words, each in the name, display name, address or a group. */
  readonly q?: string
  /** Id of a group. */
  readonly group?: string
  readonly state?: '' | 'active' | 'disabled' | 'administrator'
  /** From 1. */
  readonly page?: number
}

export const PAGE = 100

/** The people that fit, a page of them. A page that is not there is the last one. */
export function searchPeople(
  all: readonly Person[],
  { q = '', group = '', state = '', page = 1 }: PeopleSearch,
): { readonly people: readonly Person[]; readonly total: number; readonly page: number; readonly pages: number } {
  const words = q.normalize('NFC').toLowerCase().split(/\s+/).filter(Boolean)
  const found = all.filter(person => {
    if (group !== '' && !person.groups.some(({ id }) => id === group)) return false
    if (state === 'administrator' ? !person.administrator : state !== '' && person.active !== (state === 'active'))
      return false
    const text = [person.name, person.displayName, person.email, ...person.groups.map(({ name }) => name)]
      .join('\n')
      .toLowerCase()
    return words.every(word => text.includes(word))
  })
  const pages = Math.max(1, Math.ceil(found.length / PAGE))
  const at = Math.min(page, pages)
  return { people: found.slice((at - 1) * PAGE, at * PAGE), total: found.length, page: at, pages }
}
