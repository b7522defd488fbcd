import { DatabaseSync } from 'node:sqlite'
import { TuskError } from '../../errors.ts'
import { permissions } from '../permissions.ts'
import type { DirectoryDocument, GroupEntry, PersonEntry } from './directory-document.ts'

export interface LegacyDirectory {
  readonly document: DirectoryDocument
  /** What could not be taken over, and why. */
  readonly leftOut: readonly string[]
}

/** What a SQLite file begins with. */
export const SQLITE_MAGIC = 'SQLite format 3\0'

/**
 * The people and groups of the older Tusk, from its users.db (tables users, groups, group_permissions, user_groups). Passwords stay there: it
 * kept some as one SHA-256 and took six characters. Sessions and its audit log stay too. BAD_REQUEST when the file is another database.
 */
export function readLegacyDirectory(file: string): LegacyDirectory {
  const leftOut: string[] = []
  try {
    using database = new DatabaseSync(file, { readOnly: true })
    const rows = (sql: string) => database.prepare(sql).all()
    const known = new Set<string>(permissions)
    const groups: Record<string, GroupEntry> = {}
    for (const { id, name, description } of rows('SELECT id, name, description FROM groups ORDER BY name')) {
      const held = database
        .prepare('SELECT permission FROM group_permissions WHERE group_id = ? ORDER BY permission')
        .all(id ?? null)
        .map(({ permission }) => String(permission))
      const strange = held.filter(permission => !known.has(permission))
      if (strange.length > 0) leftOut.push(`group ${name}: there are no permissions ${strange.join(', ')}`)
      groups[String(name)] = {
        ...(description === null ? {} : { description: String(description) }),
        permissions: held.filter(permission => known.has(permission)),
      }
    }
    const people: Record<string, PersonEntry> = {}
    for (const row of rows(
      'SELECT id, username, email, display_name, is_admin, is_active FROM users ORDER BY username',
    )) {
      const name = String(row.username).normalize('NFC')
      if (!/^[\p{L}\p{N}][\p{L}\p{M}\p{N}._@+-]{0,63}$/u.test(name)) {
        leftOut.push(`person “${name}”: nobody can sign in with this name here`)
        continue
      }
      const of = database
        .prepare('SELECT name FROM groups JOIN user_groups ON group_id = id WHERE user_id = ? ORDER BY name')
        .all(row.id ?? null)
      people[name] = {
        ...(row.email === null ? {} : { email: String(row.email) }),
        ...(row.display_name === null ? {} : { displayName: String(row.display_name) }),
        administrator: Number(row.is_admin) === 1,
        active: Number(row.is_active) === 1,
        groups: of.map(group => String(group.name)),
      }
    }
    return { document: { groups, people }, leftOut }
  } catch (error) {
    throw new TuskError('BAD_REQUEST', `${file} is no users.db of the older Tusk.`, {
      detail: error instanceof Error ? error.message : String(error),
      cause: error,
    })
  }
}
