import type { Relation, RelationColumn, RelationName } from './introspector.ts'

/** All that a catalog tells of one table or view, without reading a row of it. */
export interface TableDetails extends RelationName {
  readonly kind: Relation['kind']
  readonly comment?: string
  /** The planner's estimate. */
  readonly rowEstimate?: number
  readonly columns: readonly TableColumn[]
  /** Columns that tell rows apart: the primary key first, then unique ones that are neither partial nor of expressions. */
  readonly keys: readonly TableKey[]
  readonly indexes: readonly TableIndex[]
  /** What must hold besides keys, foreign keys and NOT NULL. */
  readonly constraints: readonly TableConstraint[]
  readonly foreignKeys: readonly ForeignKey[]
  /** Foreign keys of other tables that lead here; `table` is theirs. */
  readonly referencedBy: readonly ForeignKey[]
  readonly triggers: readonly TableTrigger[]
  readonly grants: readonly TableGrant[]
  readonly bytes?: { readonly table: number; readonly indexes: number }
  /** What makes it anew, with its indexes and triggers. */
  readonly ddl: string
  /** Absent: the database has no rights, or does not tell them. */
  readonly may?: { readonly insert: boolean; readonly update: boolean; readonly delete: boolean }
  /** Why the engine has nothing to say there: a sentence by section. */
  readonly missing: Readonly<Partial<Record<TableSection, string>>>
}

export type TableSection =
  | 'keys'
  | 'indexes'
  | 'constraints'
  | 'foreignKeys'
  | 'triggers'
  | 'grants'
  | 'size'
  | 'comments'

export interface TableColumn extends RelationColumn {
  /** The expression it is made of. It takes no value. */
  readonly generated?: string
  /** Numbers that the database gives; `always`: it takes no other. */
  readonly identity?: 'always' | 'default'
  /** False: the person may not change it. */
  readonly mayUpdate?: boolean
}

export interface TableKey {
  readonly name?: string
  readonly primary: boolean
  readonly columns: readonly string[]
  /** Several rows may have NULL in it, so it tells rows apart only where there is none. */
  readonly nullable: boolean
}

export interface TableIndex {
  readonly name: string
  /** What makes it, or what it is of when it belongs to a key. */
  readonly definition: string
  readonly unique: boolean
  readonly bytes?: number
  /** False: it is not used, as its making failed. */
  readonly valid?: boolean
  /** It belongs to a key and goes with it. */
  readonly ofKey?: boolean
}

export interface TableConstraint {
  readonly name?: string
  readonly definition: string
}

export interface ForeignKey {
  readonly name?: string
  /** The table whose columns refer. */
  readonly table: RelationName
  readonly columns: readonly string[]
  readonly references: RelationName & { readonly columns: readonly string[] }
  readonly onUpdate?: string
  readonly onDelete?: string
}

export interface TableTrigger {
  readonly name: string
  readonly definition: string
  readonly enabled: boolean
}

export interface TableGrant {
  readonly grantee: string
  readonly privileges: readonly string[]
  /** Of this column only. */
  readonly column?: string
  /** They may give it on. */
  readonly grantable: boolean
}
