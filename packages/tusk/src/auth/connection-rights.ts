import type { StateDatabase } from '../home/database.ts'
import type { Actor } from './actor.ts'
import type { Audit } from './audit.ts'

/** `view`: its name and schema; `use`: run SQL on it; `edit`: change it too. Each holds those before it. */
export type ConnectionLevel = 'view' | 'use' | 'edit'

export const connectionLevels = ['view', 'use', 'edit'] as const satisfies readonly ConnectionLevel[]

export interface ConnectionRight {
  readonly groupId: string
  readonly level: ConnectionLevel
  /** Sessions refuse writes, as far as the engine can. */
  readonly readOnly: boolean
}

/** What groups may do with connections that others own. */
export class ConnectionRights {
  readonly #database: StateDatabase
  readonly #audit: Audit

  constructor(database: StateDatabase, audit: Audit) {
    this.#database = database
    this.#audit = audit
  }

  of(connectionId: string): readonly ConnectionRight[] {
    return this.#database
      .all('SELECT * FROM connection_right WHERE connection_id = ? ORDER BY group_id', connectionId)
      .map(row => ({
        groupId: String(row.group_id),
        level: String(row.level) as ConnectionLevel,
        readOnly: row.read_only === 1,
      }))
  }

  /** The rights of a connection from now on. Who may set them is the caller's to check: its owner. */
  set(by: Actor, connectionId: string, connectionName: string, rights: readonly ConnectionRight[]): void {
    this.#database.transaction(() => {
      this.#database.run('DELETE FROM connection_right WHERE connection_id = ?', connectionId)
      for (const { groupId, level, readOnly } of rights)
        this.#database.run(
          'INSERT INTO connection_right (connection_id, group_id, level, read_only) VALUES (?, ?, ?, ?)',
          connectionId,
          groupId,
          level,
          Number(readOnly),
        )
      const details = { rights: rights.map(({ groupId, level }) => `${groupId}: ${level}`).join(', ') }
      this.#audit.add(by, { action: 'connection.rights', target: connectionName, details })
    })
  }

  /** A connection is gone: so are its rights. */
  forget(connectionId: string): void {
    this.#database.run('DELETE FROM connection_right WHERE connection_id = ?', connectionId)
  }

  /** What one group has, by connection. */
  ofGroup(groupId: string): readonly (Omit<ConnectionRight, 'groupId'> & { readonly connectionId: string })[] {
    return this.#database
      .all('SELECT * FROM connection_right WHERE group_id = ? ORDER BY connection_id', groupId)
      .map(row => ({
        connectionId: String(row.connection_id),
        level: String(row.level) as ConnectionLevel,
        readOnly: row.read_only === 1,
      }))
  }

  /**
   * What somebody has on a connection through their groups: the highest level; read-only when every right of at least `use` says so.
   * Undefined: nothing.
   */
  held(actor: Actor, connectionId: string): Omit<ConnectionRight, 'groupId'> | undefined {
    const groups = actor.signedIn?.groups ?? []
    const rights = this.of(connectionId).filter(({ groupId }) => groups.includes(groupId))
    const [highest] = rights
      .map(({ level }) => level)
      .toSorted((a, b) => connectionLevels.indexOf(b) - connectionLevels.indexOf(a))
    if (highest === undefined) return undefined
    const using = rights.filter(({ level }) => level !== 'view')
    return { level: highest, readOnly: using.length > 0 && using.every(({ readOnly }) => readOnly) }
  }
}
