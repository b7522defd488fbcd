import { join } from 'node:path'

/**
 * The environment of a host (R20): what programs need to run, nothing that a driver would take as settings. No PG* variables, no
 * ~/.pgpass, no NODE_OPTIONS; temporary files go to the host's own directory, compiled code to one that all hosts share.
 */
export function minimalEnvironment(tempDirectory: string, compileCache: string): Record<string, string> {
  const environment: Record<string, string> = {
    TMPDIR: tempDirectory,
    TEMP: tempDirectory,
    TMP: tempDirectory,
    NODE_COMPILE_CACHE: compileCache,
    // Each statement that DuckDB runs holds a thread of libuv's pool, whose default of 4 would let four of them stop all file access.
    UV_THREADPOOL_SIZE: '16',
    PGPASSFILE: join(tempDirectory, 'no-pgpass'),
  }
  for (const name of passedOn) {
    const value = process.env[name]
    if (value !== undefined) environment[name] = value
  }
  return environment
}

const passedOn = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
  'SystemRoot',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
]
