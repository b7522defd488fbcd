import { StateDatabase } from '../home/database.ts'

/** What makes auth.db, in order: a file of an older Tusk is one of the first of them. */
export const authMigrations: readonly string[] = [
  `CREATE TABLE person (
     id TEXT PRIMARY KEY,
     name TEXT NOT NULL UNIQUE COLLATE NOCASE,
     email TEXT,
     display_name TEXT,
     password_hash TEXT,
     must_change_password INTEGER NOT NULL DEFAULT 0,
     administrator INTEGER NOT NULL DEFAULT 0,
     active INTEGER NOT NULL DEFAULT 1,
     issuer TEXT,
     subject TEXT,
     settings TEXT NOT NULL DEFAULT '{}',
     created_at TEXT NOT NULL,
     last_sign_in TEXT,
     version INTEGER NOT NULL DEFAULT 1,
     UNIQUE (issuer, subject)
   );
   CREATE TABLE person_group (
     id TEXT PRIMARY KEY,
     name TEXT NOT NULL UNIQUE COLLATE NOCASE,
     description TEXT NOT NULL DEFAULT '',
     limits TEXT NOT NULL DEFAULT '{}',
     file_roots TEXT NOT NULL DEFAULT '[]',
     claim TEXT,
     version INTEGER NOT NULL DEFAULT 1
   );
   CREATE TABLE group_permission (
     group_id TEXT NOT NULL REFERENCES person_group (id) ON DELETE CASCADE,
     permission TEXT NOT NULL,
     PRIMARY KEY (group_id, permission)
   ) WITHOUT ROWID;
   CREATE TABLE membership (
     person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
     group_id TEXT NOT NULL REFERENCES person_group (id) ON DELETE CASCADE,
     added_at TEXT NOT NULL,
     added_by TEXT NOT NULL,
     PRIMARY KEY (person_id, group_id)
   ) WITHOUT ROWID;
   CREATE TABLE session (
     hash TEXT PRIMARY KEY,
     person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
     created_at INTEGER NOT NULL,
     last_seen INTEGER NOT NULL,
     expires_at INTEGER NOT NULL,
     idle_milliseconds INTEGER NOT NULL,
     remembered INTEGER NOT NULL,
     address TEXT NOT NULL,
     agent TEXT NOT NULL
   ) WITHOUT ROWID;
   CREATE INDEX session_person ON session (person_id);
   CREATE TABLE api_token (
     id TEXT PRIMARY KEY,
     hash TEXT NOT NULL UNIQUE,
     person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
     name TEXT NOT NULL,
     permissions TEXT NOT NULL,
     connections TEXT,
     created_at INTEGER NOT NULL,
     expires_at INTEGER NOT NULL,
     last_used INTEGER
   ) WITHOUT ROWID;
   CREATE INDEX api_token_person ON api_token (person_id);
   CREATE TABLE connection_right (
     connection_id TEXT NOT NULL,
     group_id TEXT NOT NULL REFERENCES person_group (id) ON DELETE CASCADE,
     level TEXT NOT NULL CHECK (level IN ('view', 'use', 'edit')),
     read_only INTEGER NOT NULL DEFAULT 0,
     PRIMARY KEY (connection_id, group_id)
   ) WITHOUT ROWID;
   CREATE TABLE share (
     id TEXT PRIMARY KEY,
     owner TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
     kind TEXT NOT NULL,
     object_id TEXT NOT NULL,
     title TEXT NOT NULL,
     person_id TEXT REFERENCES person (id) ON DELETE CASCADE,
     group_id TEXT REFERENCES person_group (id) ON DELETE CASCADE,
     link_hash TEXT UNIQUE,
     created_at INTEGER NOT NULL,
     expires_at INTEGER
   ) WITHOUT ROWID;
   CREATE INDEX share_object ON share (kind, object_id);
   CREATE TABLE audit (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     at TEXT NOT NULL,
     actor_id TEXT,
     actor_name TEXT NOT NULL,
     address TEXT NOT NULL,
     action TEXT NOT NULL,
     target TEXT NOT NULL,
     outcome TEXT NOT NULL CHECK (outcome IN ('done', 'refused', 'failed')),
     details TEXT NOT NULL
   );
   CREATE INDEX audit_action ON audit (action, id);
   CREATE INDEX audit_actor ON audit (actor_id, id);
   CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
   CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit WHEN OLD.at > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 day')
     BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;`,
  `CREATE TABLE departure (
     person_id TEXT PRIMARY KEY,
     name TEXT NOT NULL,
     heir_id TEXT,
     at TEXT NOT NULL
   ) WITHOUT ROWID;`,
  // One more outcome, `attempted`. SQLite changes no CHECK, so the table is made anew; ids are never given twice.
  `CREATE TABLE audit_next (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     at TEXT NOT NULL,
     actor_id TEXT,
     actor_name TEXT NOT NULL,
     address TEXT NOT NULL,
     action TEXT NOT NULL,
     target TEXT NOT NULL,
     outcome TEXT NOT NULL CHECK (outcome IN ('done', 'refused', 'failed', 'attempted')),
     details TEXT NOT NULL
   );
   INSERT INTO audit_next SELECT id, at, actor_id, actor_name, address, action, target, outcome, details FROM audit;
   DELETE FROM sqlite_sequence WHERE name = 'audit_next';
   INSERT INTO sqlite_sequence (name, seq) SELECT 'audit_next', seq FROM sqlite_sequence WHERE name = 'audit';
   DROP TRIGGER audit_is_not_changed;
   DROP TRIGGER audit_is_kept;
   DROP TABLE audit;
   ALTER TABLE audit_next RENAME TO audit;
   CREATE INDEX audit_action ON audit (action, id);
   CREATE INDEX audit_actor ON audit (actor_id, id);
   CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
   CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit WHEN OLD.at > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 day')
     BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;`,
  `CREATE TABLE connection_sign_in (
     connection_id TEXT NOT NULL,
     person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
     place TEXT NOT NULL,
     sealed TEXT NOT NULL,
     PRIMARY KEY (connection_id, person_id)
   ) WITHOUT ROWID;
   CREATE INDEX connection_sign_in_person ON connection_sign_in (person_id);
   CREATE TABLE connection_role (
     connection_id TEXT NOT NULL,
     person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
     role TEXT NOT NULL,
     PRIMARY KEY (connection_id, person_id)
   ) WITHOUT ROWID;
   CREATE INDEX connection_role_person ON connection_role (person_id);`,
]

/** Opens or makes auth.db: people, groups, sessions, tokens, rights, shares and the audit log. Errors as `StateDatabase.open`. */
export function openAuthDatabase(file: string): StateDatabase {
  return StateDatabase.open(file, authMigrations)
}
