import type { ConnectionConfig, FileAccess } from '../../engine/engine.ts'

/** How a confinement's folders travel in a config: they are settings of one person, not of the connection. */
export function withFolders({ readable, exports }: FileAccess): ConnectionConfig {
  return {
    readable_folders: JSON.stringify(readable),
    ...(exports === undefined ? {} : { export_folder: exports }),
  }
}

/** The only folders that SQL may reach; undefined where no such list was made. */
export function openFolders(config: ConnectionConfig): FileAccess | undefined {
  const { readable_folders: readable, export_folder: exports } = config
  if (typeof readable !== 'string') return undefined
  return {
    readable: JSON.parse(readable) as readonly string[],
    ...(typeof exports === 'string' ? { exports } : {}),
  }
}
