import type { Actor } from '../auth/actor.ts'
import type { ConnectionConfig, Engine, FileAccess } from '../engine/engine.ts'
import { TuskError } from '../errors.ts'
import type { ExportFolders } from '../home/export-folders.ts'
import { liesIn, openFolders, rootOf } from '../home/roots.ts'

/**
 * What a connection is to one person: in multi-user mode engines shut the ways from SQL to other files of the machine, but for
 * administrators, and give nobody more than the connection and the right to it.
 */
export function confineConnection(
  actor: Actor,
  engine: Engine,
  config: ConnectionConfig,
  readOnly: boolean,
  places?: FilePlaces,
): ConnectionConfig {
  const { signedIn } = actor
  if (signedIn === undefined || engine.confine === undefined) return withReadOnly(engine, config, readOnly)
  const { duckdbMegabytes } = signedIn.limits
  return engine.confine(config, {
    person: actor.id,
    readOnly,
    externalAccess: signedIn.administrator,
    ...(places === undefined ? {} : { files: fileAccess(actor, places) }),
    ...(duckdbMegabytes === undefined ? {} : { memoryMB: duckdbMegabytes }),
  })
}

export interface FilePlaces {
  readonly stateDirectory: string
  readonly exports: Pick<ExportFolders, 'of'>
}

/** The folders of one's groups for whoever may browse files, and one's own for whoever may write some. */
function fileAccess(actor: Actor, { stateDirectory, exports }: FilePlaces): FileAccess {
  const roots = actor.can('data.view') ? (actor.signedIn?.fileRoots ?? []) : []
  return {
    readable: openFolders(roots, stateDirectory),
    ...(actor.can('data.export') ? { exports: exports.of(actor.id) } : {}),
  }
}

/** The read-only switch of Tusk turns on the engine's own. */
export function withReadOnly(engine: Engine, config: ConnectionConfig, readOnly: boolean): ConnectionConfig {
  if (!readOnly || !engine.fields.some(field => field.key === 'read_only')) return config
  return { ...config, read_only: true }
}

/** NOT_PERMITTED when somebody who is no administrator names a file outside of the folders of their groups, or writes where they may read. */
export function checkFiles(
  actor: Actor,
  engine: Engine,
  config: ConnectionConfig,
  readOnly: boolean,
  stateDirectory?: string,
): void {
  if (actor.signedIn?.administrator ?? true) return
  for (const field of engine.fields) {
    const path = config[field.key]
    if (field.kind !== 'file' || typeof path !== 'string' || path === '' || path === ':memory:') continue
    const isAddress = /^[a-z][a-z0-9+.-]*:/i.test(path)
    const isKept = isAddress || (stateDirectory !== undefined && liesIn(stateDirectory, path))
    const root = isKept ? undefined : rootOf(path, actor.signedIn?.fileRoots ?? [])
    if (root === undefined)
      throw new TuskError('NOT_PERMITTED', 'This file is in no folder that is open to you.', {
        detail: path,
        hint: 'Choose a file in a folder of your groups, or ask an administrator to open the folder or to make the connection.',
      })
    if (!root.writable && !readOnly && config.read_only !== true)
      throw new TuskError('NOT_PERMITTED', 'This folder is open to you for reading only.', {
        detail: path,
        hint: 'Make the connection read-only.',
      })
  }
}
