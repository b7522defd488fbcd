/** JSON shapes that the browser and the server share. Types only; times are ISO 8601 in UTC, durations milliseconds. */
import type { Schema } from './arrow/schema.ts'
import type { WireError } from './errors.ts'

export type { DataField, DataType } from './arrow/data-type.ts'
export type { Schema } from './arrow/schema.ts'
export type { WireError } from './errors.ts'

/** Body of every answer with a status of 400 or more. */
export interface WireFailure {
  readonly error: WireError
}

// ---- engines and connections -------------------------------------------------------------------------------------

export interface WireEngine {
  readonly id: string
  readonly label: string
  readonly fields: readonly WireConnectionField[]
  /** Keys of the fields that each person may fill in for themselves; absent: none, or there is only one person. */
  readonly signIn?: readonly string[]
}

export interface WireConnectionField {
  readonly key: string
  readonly label: string
  readonly kind: 'text' | 'number' | 'boolean' | 'secret' | 'file' | 'choice'
  readonly required?: boolean
  readonly default?: string | number | boolean
  readonly choices?: readonly string[]
  readonly placeholder?: string
  readonly help?: string
  readonly advanced?: boolean
  readonly identity?: boolean
}

/** Secrets never leave the server: `secrets` lists the keys that have one saved. */
export interface WireConnection {
  readonly id: string
  readonly name: string
  readonly engine: string
  readonly config: Readonly<Record<string, string | number | boolean>>
  readonly secrets: readonly string[]
  readonly color?: string
  /** `development`, `test`, `production`, or a word of their own. Production asks before it loses data. */
  readonly environment?: string
  readonly readOnly: boolean
  /** Made by Tusk on its first start. */
  readonly sample: boolean
  /** Each person signs in to the database with their own user and password. */
  readonly eachSignsIn: boolean
  /** Where each signs in: whether the one who asks has given theirs. */
  readonly signedIn: boolean
  /** Statements run as the database role of the person. */
  readonly asOwnRole: boolean
  /** The role that statements of the one who asks run as. */
  readonly role?: string
  /** What the one who asks may do with it. */
  readonly level: 'view' | 'use' | 'edit' | 'own'
  /** Name of the person who shares it; absent: it is one's own. */
  readonly sharedBy?: string
  readonly version: number
}

/** GET and POST /api/connections/:id/roles. Who is not named works as the role of their own name. */
export interface WireConnectionRoles {
  readonly roles: readonly { readonly personId: string; readonly person: string; readonly role: string }[]
}

/** What a group may do with a connection that somebody else owns. */
export interface WireConnectionRight {
  readonly groupId: string
  readonly level: 'view' | 'use' | 'edit'
  readonly readOnly: boolean
}

/** GET and POST /api/connections/:id/rights. */
export interface WireConnectionRights {
  readonly rights: readonly WireConnectionRight[]
  /** Every group there is. */
  readonly groups: readonly { readonly id: string; readonly name: string; readonly members: number }[]
  /** Who could own it instead. */
  readonly people: readonly { readonly id: string; readonly name: string }[]
}

/** GET /api/results/:id/shares: who else sees a result. */
export interface WireShares {
  readonly shares: readonly WireShare[]
  /** With whom it can be shared. */
  readonly people: readonly { readonly id: string; readonly name: string }[]
  readonly groups: readonly { readonly id: string; readonly name: string }[]
}

export interface WireShare {
  readonly id: string
  readonly to: 'person' | 'group' | 'link'
  /** Of the person or group. */
  readonly toName: string
  /** ISO 8601, UTC. */
  readonly createdAt: string
  /** Absent: until it is revoked. */
  readonly expiresAt?: string
  readonly expired: boolean
}

/** POST /api/results/:id/shares: exactly one of `personId`, `groupId` and `link`. A link needs `days`. */
export interface WireShareInput {
  readonly personId?: string
  readonly groupId?: string
  readonly link?: true
  readonly days?: number
}

/** Its answer; `path` is there for a link, this once. */
export interface WireNewShare {
  readonly share: WireShare
  readonly path?: string
}

/** What somebody else shares with the one who asks, and what a link opens. Nothing of the SQL or the connection. */
export interface WireSharedResult {
  readonly title: string
  readonly state: WireResult['state']
  readonly schema: Schema
  readonly rowCount: number
}

/** POST /api/connections, PUT /api/connections/:id. A secret that is absent is kept, null or '' removes it. */
export interface WireConnectionInput {
  readonly name: string
  readonly engine: string
  readonly config: Readonly<Record<string, string | number | boolean | null>>
  readonly color?: string
  /** '' removes it. */
  readonly environment?: string
  readonly readOnly?: boolean
  /** PUT only: the version that was edited; a stale one answers 409. */
  readonly version?: number
  readonly eachSignsIn?: boolean
  readonly asOwnRole?: boolean
}

/** POST /api/connections/test {engine, config, id?}: `id` lends the saved secrets that are absent in `config`. */
export interface WireConnectionTest {
  readonly ok: boolean
  readonly version?: string
  readonly milliseconds: number
  readonly error?: WireError
}

// ---- schema tree and completion ------------------------------------------------------------------------------------

export interface WireRelation {
  readonly catalog?: string
  readonly schema: string
  readonly name: string
  readonly kind: string
  readonly rowEstimate?: number
  readonly comment?: string
  readonly system?: boolean
}

export interface WireColumn {
  readonly name: string
  readonly type: string
  readonly nullable: boolean
  readonly default?: string
  readonly primaryKey?: boolean
  readonly references?: { readonly schema: string; readonly name: string; readonly column: string }
  readonly comment?: string
}

/** GET /api/connections/:id/relations */
export interface WireRelations {
  readonly relations: readonly WireRelation[]
  readonly searchPath: readonly string[]
}

/** GET /api/connections/:id/completion: columns by `schema.relation`; `truncated` past 60,000 columns. */
export interface WireCompletion {
  readonly columns: Readonly<
    Record<string, readonly (Pick<WireColumn, 'name' | 'type'> & { readonly references?: WireColumn['references'] })[]>
  >
  readonly truncated: boolean
}

// ---- runs ------------------------------------------------------------------------------------------------------------

/** POST /api/runs */
/** By the names of the parameters; `value` is exact text, null is NULL. */
export type WireParameterValues = Readonly<
  Record<string, { readonly kind: 'text' | 'number' | 'boolean' | 'date' | 'timestamp'; readonly value: string | null }>
>

export interface WireRunRequest {
  readonly connectionId: string
  /** The script as it stands in the editor, or its selected part. */
  readonly sql: string
  /** Position of `sql` in the editor's text, so that error positions can be given there. Default 0. */
  readonly offset?: number
  readonly tabId?: string
  /** After a failed statement: stop (default) or go on with the next. */
  readonly onError?: 'stop' | 'continue'
  /** Runs in the tab's session without becoming the tab's last run: COMMIT and ROLLBACK beside the rows that are shown. */
  readonly aside?: boolean
  /** The plan of the statement (the script must be one) instead of its rows; with `analyze` it is carried out, measured and rolled back. */
  readonly explain?: 'plan' | 'analyze'
  /**
   * The person has seen what a statement would lose on a connection marked production. Without it UPDATE and DELETE without WHERE, DROP and TRUNCATE
   * are answered with CONFIRMATION_NEEDED there, whose `detail` has a line for each loss, and nothing runs.
   */
  readonly confirmed?: boolean
  /** `manual`: where no transaction is open one is begun before a statement that belongs into one, and stays until COMMIT or ROLLBACK. Default auto. */
  readonly commit?: 'auto' | 'manual'
  /**
   * Values of the parameters (`:name`, `$1`, `{{name}}`), sent as bind parameters. With it every parameter needs one, otherwise BAD_REQUEST; without it
   * the script goes as it is written.
   */
  readonly values?: WireParameterValues
  /** How such a transaction is begun, by the id of one of the dialect's levels; absent: as the engine does. */
  readonly isolation?: string
}

/**
 * GET /api/tabs/:id/session?connectionId=… → the tab's database session. `none`: not opened yet, or let go while it held nothing.
 * `lost`: it ended with what it held, which `note` says. POST opens it anew.
 */
export interface WireSession {
  readonly state: 'none' | 'connected' | 'busy' | 'lost'
  readonly transaction: WireRun['transaction']
  /** How long the transaction is open. */
  readonly transactionMilliseconds?: number
  /** What happened to the session while nobody looked: it was lost, or its transaction was rolled back. */
  readonly note?: string
}

/** The state of a run, complete at any moment: the answer to POST /api/runs and GET /api/runs/:id, and each SSE snapshot. */
export interface WireRun {
  readonly id: string
  readonly connectionId: string
  readonly connectionName: string
  readonly engine: string
  readonly tabId?: string
  readonly state: 'running' | 'complete' | 'failed' | 'cancelled'
  readonly startedAt: string
  readonly milliseconds: number
  readonly statements: readonly WireStatement[]
  /** What the session's transaction is after the last finished statement. */
  readonly transaction: 'none' | 'open' | 'failed'
  /** Set when a session of this tab had been lost since its last run (idle limit, server restart): temporary state is gone. */
  readonly sessionNote?: string
}

export interface WireStatement {
  readonly index: number
  /** Place in the editor's text (UTF-16). */
  readonly from: number
  readonly to: number
  readonly sql: string
  readonly state: 'waiting' | 'running' | 'storing' | 'complete' | 'truncated' | 'cancelled' | 'failed' | 'skipped'
  readonly resultId?: string
  /** Present as soon as the columns are known. No fields: the statement returns no rows. */
  readonly schema?: Schema
  readonly rowCount: number
  readonly byteCount: number
  readonly affectedRows?: number
  readonly command?: string
  readonly milliseconds: number
  /** From start to the first rows readable. */
  readonly firstRowsMilliseconds?: number
  /** Its rows are the plan of `sql`, by which it was sent with EXPLAIN before it. */
  readonly explain?: 'plan' | 'analyze'
  /** What it changed was undone: it was carried out for its plan only. */
  readonly rolledBack?: boolean
  readonly fraction?: number
  readonly error?: WireError
  /** Where the error is, in the editor's text. */
  readonly errorAt?: number
  readonly notices: readonly WireNotice[]
}

export interface WireNotice {
  readonly severity: 'debug' | 'info' | 'notice' | 'warning'
  readonly message: string
  readonly detail?: string
  readonly hint?: string
  /** When it came. */
  readonly at?: string
}

/**
 * GET /api/runs/:id/events (SSE). On connect, also on reconnect, the first event is `run` with the whole WireRun; then `statement`
 * with each changed WireStatement (at most about 10 a second each), and at last `end` with the final WireRun. Event ids count up.
 */
export type WireRunEvent =
  | { readonly event: 'run'; readonly data: WireRun }
  | { readonly event: 'statement'; readonly data: WireStatement }
  | { readonly event: 'end'; readonly data: WireRun }

// ---- results -----------------------------------------------------------------------------------------------------------

/** GET /api/results/:id */
export interface WireResult {
  readonly id: string
  readonly state: 'storing' | 'complete' | 'truncated' | 'cancelled' | 'failed'
  readonly schema: Schema
  readonly rowCount: number
  readonly byteCount: number
  readonly affectedRows?: number
  readonly command?: string
  readonly error?: WireError
  readonly pinned: boolean
  readonly sql: string
  readonly engine: string
  readonly connectionId?: string
  readonly connectionName?: string
  /** Results that this one was made from. */
  readonly parents?: readonly string[]
  readonly startedAt: string
  readonly finishedAt?: string
  /** What the statement changed was undone: it was carried out for its plan only. */
  readonly rolledBack?: boolean
}

// GET /api/results/:id/rows?offset=0&limit=200&columns=0,1,2&view=…&cut=4096 → application/vnd.apache.arrow.stream (see WindowRequest);
//   headers: X-Tusk-Rows: rows in the result now, X-Tusk-State: its state.
// GET /api/results/:id/cell?row=5&column=2&view=… → the whole cell: text/plain or application/octet-stream; 204 for NULL.
// GET /api/results/:id/export?format=csv&view=…&exportId=<uuid>&<option>=… → the file, as an attachment, streamed.
// GET /api/exports/:exportId → WireExport; DELETE cancels it.

/** POST /api/results/:id/views */
export interface WireViewRequest {
  readonly sort?: readonly { readonly column: number; readonly descending?: boolean; readonly nullsFirst?: boolean }[]
  readonly filter?: readonly WireCondition[]
  readonly search?: string
}

export interface WireCondition {
  readonly column: number
  readonly operator: string
  readonly values?: readonly string[]
  readonly caseSensitive?: boolean
  readonly orNull?: boolean
}

/** Answer of POST /api/results/:id/views (first page ready) and of GET /api/results/:id/views/:view?wait=true (whole order ready). */
export interface WireView {
  readonly id: string
  readonly state: 'building' | 'complete'
  readonly rowCount?: number
}

export interface WireExport {
  readonly id: string
  readonly state: 'running' | 'complete' | 'failed' | 'cancelled'
  readonly rows: number
  readonly totalRows: number
  readonly bytes: number
  readonly error?: WireError
}

/** POST /api/results/:id/loads → WireLoad. Its rows go into a table of a connection, all of them or none. */
export interface WireNewLoad {
  readonly connectionId: string
  /** `catalog`: an attached database of DuckDB. */
  readonly table: { readonly catalog?: string; readonly schema: string; readonly name: string }
  /** `from`: position in the result; `type`: of the column in the table, needed where it is made. */
  readonly columns: readonly { readonly name: string; readonly from: number; readonly type?: string }[]
  /** A new table; of an existing one the rows go to those that are there, or take their place. */
  readonly into: 'new' | 'append' | 'replace'
  /** Only the rows of this view, in its order. */
  readonly view?: string
  /** The person has seen that it changes a production database. */
  readonly confirmed?: boolean
}

/** GET /api/loads/:id; DELETE cancels it. */
export interface WireLoad {
  readonly id: string
  readonly state: 'running' | 'complete' | 'failed' | 'cancelled'
  readonly rows: number
  readonly totalRows: number
  readonly error?: WireError
}

/** How a file is read; what is absent is found out. */
export interface WireImportOptions {
  /** Of a text: between the values. */
  readonly delimiter?: string
  /** Around values that hold the delimiter; empty: none. */
  readonly quote?: string
  /** The first line has the names. */
  readonly header?: boolean
  readonly encoding?: 'utf-8' | 'latin-1' | 'utf-16'
  /** Is NULL, besides an empty value. */
  readonly nullText?: string
  /** Types (of DuckDB) that somebody chose instead of those that were found. */
  readonly columns?: readonly { readonly name: string; readonly type: string }[]
}

/** POST /api/imports?name=… (the file as application/octet-stream); POST /api/imports/:id/look: WireImportOptions → the same. */
export interface WireImport {
  readonly id: string
  readonly name: string
  readonly bytes: number
  readonly format: 'csv' | 'json' | 'parquet'
  readonly options: WireImportOptions
  readonly columns: readonly { readonly name: string; readonly type: string }[]
}

/** POST /api/imports/:id/read: WireImportOptions. */
export interface WireImported {
  readonly rows: WireResult
  /** What did not fit, with the reason. */
  readonly rejected?: WireResult
}

/** GET /api/running: something that goes on, or a run that is over. */
export interface WireWork {
  readonly kind: 'run' | 'export' | 'load' | 'job'
  readonly id: string
  /** Name of who began it; empty for jobs of Tusk. */
  readonly owner: string
  readonly mine: boolean
  /** Empty for what somebody else runs. */
  readonly what: string
  /** Name of the connection; empty for what somebody else runs, and where there is none. */
  readonly where: string
  readonly engine: string
  readonly state: 'running' | 'complete' | 'failed' | 'cancelled'
  readonly startedAt: string
  readonly milliseconds: number
  readonly rowCount: number
  readonly byteCount: number
  readonly cancellable: boolean
  /** Of its last statement. */
  readonly resultId?: string | undefined
}

/** GET /api/exporters */
export interface WireExporter {
  readonly format: string
  readonly label: string
  readonly extension: string
  readonly options: readonly {
    readonly key: string
    readonly label: string
    readonly kind: 'boolean' | 'text' | 'choice'
    readonly default: string | boolean
    readonly choices?: readonly string[]
    readonly help?: string
  }[]
}

// POST /api/results/:id/groups: Grouping of results/grouping.ts → WireResult, once all of it is there.
/** POST /api/results/:id/diff → WireDiff: what is different in `other`. Columns are named; see results/diff.ts. */
export interface WireDiffRequest {
  readonly other: string
  /** Absent: the first column that is unique in both. */
  readonly key?: readonly string[]
  readonly tolerance?: number
  readonly ignore?: readonly string[]
}

export interface WireDiff {
  /** The rows that differ. */
  readonly result: WireResult
  readonly summary: {
    readonly key: readonly string[]
    readonly compared: readonly string[]
    readonly left: readonly string[]
    readonly added: number
    readonly removed: number
    readonly changed: number
    readonly same: number
  }
}

// POST /api/results/:id/points: PointsRequest → Points.
// GET /api/results/:id/columns/:column/summary?view=… → ColumnSummary of results/result-compute.ts

// ---- tabs and history ----------------------------------------------------------------------------------------------------

/** GET /api/tabs → { tabs: WireTab[] }. PUT /api/tabs/:id saves (409 with the saved tab when `version` is stale). POST makes, DELETE closes. */
export interface WireTab {
  readonly id: string
  readonly title: string
  readonly connectionId: string | null
  readonly sql: string
  readonly position: number
  /** What its scripts do after a failed statement. */
  readonly onError: 'stop' | 'continue'
  /** How its transactions end. */
  readonly commit: 'auto' | 'manual'
  /** How those that are begun for it are isolated; null: as the engine does. */
  readonly isolation: string | null
  /** The saved query that this tab holds; null when it holds none. */
  readonly savedQueryId: string | null
  /** Stands before the others, and is not closed with them. */
  readonly pinned: boolean
  /** Its text is that of the saved query that it holds; absent: it holds none that is still there. */
  readonly isAsSaved?: boolean
  /** The tab's last run, found again after a reload or restart (its results too). */
  readonly lastRun?: WireRun
  readonly version: number
  readonly updatedAt: string
}

export interface WireTabInput {
  readonly title: string
  readonly connectionId: string | null
  readonly sql: string
  readonly position: number
  /** Default: as it was, `stop` for a new tab. */
  readonly onError?: 'stop' | 'continue'
  /** Default: as it was, `auto` for a new tab. */
  readonly commit?: 'auto' | 'manual'
  /** Default: as it was, null for a new tab. */
  readonly isolation?: string | null
  /** Default: as it was, none for a new tab. */
  readonly savedQueryId?: string | null
  readonly version: number
  /** Default: as it was, not for a new tab. */
  readonly pinned?: boolean
}

/** GET /api/saved-queries → { items: WireSavedItem[] }, folders first. `parent` null: at the top. */
export interface WireSavedItem {
  readonly id: string
  readonly kind: 'folder' | 'query'
  readonly name: string
  readonly parent: string | null
  readonly connectionId: string | null
  /** Name of the person whose query it is, who opened it for the one who asks: to read, not to change. Absent: one's own. */
  readonly sharedBy?: string
  readonly version: number
  readonly updatedAt: string
}

/** GET /api/saved-queries/:id; a folder has an empty text. */
export interface WireSavedQuery extends WireSavedItem {
  readonly sql: string
}

/** POST /api/saved-queries. */
export interface WireSavedItemInput {
  readonly kind: 'folder' | 'query'
  readonly name: string
  readonly parent: string | null
  readonly connectionId?: string | null
  readonly sql?: string
}

/** PUT /api/saved-queries/:id: what is absent stays; 409 when `version` is stale. */
export interface WireSavedItemChange {
  readonly name?: string
  readonly parent?: string | null
  readonly connectionId?: string | null
  readonly sql?: string
  readonly version?: number
}

/** GET /api/exported-files → { files: WireExportedFile[] }, newest first. */
export interface WireExportedFile {
  readonly name: string
  readonly size: number
  readonly changed: string
}

/** GET /api/history?search=&connectionId=&state=&before=<id>&limit=100 → { entries: WireHistoryEntry[], more: boolean }, newest first. */
export interface WireHistory {
  readonly entries: readonly WireHistoryEntry[]
  readonly more: boolean
  /** Of all results of this Tusk. */
  readonly usage: { readonly bytes: number; readonly quotaBytes: number }
}

export interface WireHistoryEntry {
  readonly id: number
  readonly name?: string
  /** `sql` is only its beginning; GET /api/history/:id gives all of it. */
  readonly cut?: true
  /** Of the rows that it gave: kept until they are swept, kept for good, or gone. Absent: it gave none. */
  readonly rows?: 'kept' | 'pinned' | 'gone'
  /** What its parameters were. */
  readonly values?: WireParameterValues
  readonly sql: string
  readonly connectionId: string
  readonly connectionName: string
  readonly engine: string
  readonly startedAt: string
  readonly milliseconds: number
  readonly rowCount: number
  readonly state: 'complete' | 'truncated' | 'cancelled' | 'failed'
  readonly error?: string
  readonly resultId?: string
}

/** GET /api/snippets → { snippets: WireSnippet[] } */
export interface WireSnippet {
  /** The word that completion offers it by. */
  readonly trigger: string
  /** SQL; `${name}` is a place to fill in. */
  readonly body: string
}

/** What somebody chose for themselves, with what holds where they chose nothing. */
export interface WirePreferences {
  /** Absent: the one of this browser, or the one that Tusk is set to. */
  readonly theme?: 'dark' | 'light' | 'system'
  /** Pixels. */
  readonly editorFontSize: number
  readonly editorTabSize: number
  readonly editorLineWrap: boolean
  readonly editorLineNumbers: boolean
  readonly editorCloseBrackets: boolean
  readonly editorCompletion: boolean
  readonly editorVimKeys: boolean
}

// ---- tables --------------------------------------------------------------------------------------------------------------

// GET /sql/tables?connection=…&catalog=…&schema=…&name=…&section=…&filter=… → the page of a table.
// GET /api/connections/:id/table?catalog=…&schema=…&name=…&refresh=true → TableDetails of engine/table-details.ts.

/** POST /api/connections/:id/rows → WireRun: rows of a table, in the order of its key, as a stored result. */
export interface WireTableRows {
  readonly table: WireTableName
  /** Rows that have these values. */
  readonly filter?: readonly { readonly column: string; readonly value: string }[]
  /** Absent: all. */
  readonly limit?: number
}

export interface WireTableName {
  readonly catalog?: string
  readonly schema: string
  readonly name: string
}

/** Exact text, null for NULL; or what the column has by default. */
export type WireNewValue = { readonly value: string | null } | { readonly default: true }

export type WireRowChange =
  | { readonly kind: 'insert'; readonly set: Readonly<Record<string, WireNewValue>> }
  | {
      readonly kind: 'update'
      /** The row as it was seen, column by column; it must still be so. */
      readonly seen: Readonly<Record<string, string | null>>
      readonly set: Readonly<Record<string, WireNewValue>>
    }
  | { readonly kind: 'delete'; readonly seen: Readonly<Record<string, string | null>> }

/** POST /api/connections/:id/changes → WireTableChangesOutcome; POST …/changes/preview → { statements: string[] }. */
export interface WireTableChanges {
  readonly table: WireTableName
  /** Where the rows were seen. */
  readonly resultId: string
  readonly changes: readonly WireRowChange[]
  readonly confirmed?: boolean
}

/** All changes, or none of them: `at` is the one that did not go, absent when they failed together at the COMMIT. */
export type WireTableChangesOutcome =
  | { readonly state: 'saved'; readonly count: number }
  | { readonly state: 'conflict' | 'failed'; readonly at?: number; readonly error: WireError }
