import { execFile } from 'node:child_process'
import { chown, copyFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface Certificates extends AsyncDisposable {
  /** PEM file of the authority that signed the server's certificate. */
  readonly root: string
  /** Puts certificate and key where the server in this data directory finds them. */
  install(dataDirectory: string): Promise<void>
}

/** An authority and a certificate for `localhost` alone, made by openssl. */
export async function makeCertificates(): Promise<Certificates> {
  const directory = await mkdtemp(join(tmpdir(), 'tusk-certificates-'))
  const openssl = (...parameters: string[]) => promisify(execFile)('openssl', parameters, { cwd: directory })
  await writeFile(join(directory, 'names.cnf'), 'subjectAltName=DNS:localhost\n')
  const key = ['-newkey', 'rsa:2048', '-nodes']
  await openssl(
    'req',
    '-x509',
    ...key,
    '-days',
    '2',
    '-subj',
    '/CN=Tusk test authority',
    '-keyout',
    'root.key',
    '-out',
    'root.crt',
  )
  await openssl('req', ...key, '-subj', '/CN=localhost', '-keyout', 'server.key', '-out', 'server.csr')
  const signing = ['-CA', 'root.crt', '-CAkey', 'root.key', '-CAcreateserial', '-days', '2', '-extfile', 'names.cnf']
  await openssl('x509', '-req', '-in', 'server.csr', ...signing, '-out', 'server.crt')
  return {
    root: join(directory, 'root.crt'),
    async install(dataDirectory) {
      const { uid, gid } = await stat(dataDirectory)
      for (const file of ['server.crt', 'server.key']) {
        await copyFile(join(directory, file), join(dataDirectory, file))
        await chown(join(dataDirectory, file), uid, gid)
      }
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  }
}
