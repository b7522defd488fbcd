// #region storage
import type { PluginStorage } from 'tuskdata/plugin'

/** Each runs once, in order; a later version of the plugin adds to the end. */
export const migrations: readonly string[] = [
  'CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, greeted INTEGER NOT NULL DEFAULT 0)',
  "INSERT INTO people (name) VALUES ('Ada'), ('Grace')",
]

export interface Person {
  readonly id: number
  readonly name: string
  readonly greeted: number
}

export function people(storage: PluginStorage, search = ''): readonly Person[] {
  return storage
    .all("SELECT id, name, greeted FROM people WHERE name LIKE '%' || ? || '%' ORDER BY name", search)
    .map(row => ({ id: Number(row.id), name: String(row.name), greeted: Number(row.greeted) }))
}

export function addPerson(storage: PluginStorage, name: string): void {
  storage.run('INSERT INTO people (name) VALUES (?) ON CONFLICT DO NOTHING', name)
}

export function removePerson(storage: PluginStorage, id: number): boolean {
  return storage.run('DELETE FROM people WHERE id = ?', id).changes > 0
}

/** Greets everybody, or nobody when one of them cannot be greeted. */
export function greetAll(storage: PluginStorage): number {
  return storage.transaction(() => storage.run('UPDATE people SET greeted = greeted + 1').changes)
}
// #endregion
