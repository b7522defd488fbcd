import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import type { Cancellable } from '../../engine/engine.ts'
import { TuskError } from '../../errors.ts'
import { connectionFailure } from './connection-failure.ts'
import { type PostgresSettings, sessionDefaults } from './settings.ts'

/** An authenticated connection, from which on we speak the protocol ourselves. */
export interface ConnectedSocket {
  readonly socket: Socket
  readonly processId: number
  readonly secretKey: number
  /** Undefined: not encrypted. */
  readonly tls: ConnectionOptions | undefined
  readonly serverVersion: string
  /** False: a pooler in between did not take them, they are to be set afterwards. */
  readonly defaultsAreSet: boolean
}

/** CONNECTION_FAILED, AUTHENTICATION_FAILED, DRIVER_MISSING; QUERY_CANCELLED when the signal aborts. */
export async function connect(settings: PostgresSettings, options: Cancellable = {}): Promise<ConnectedSocket> {
  const tls = await tlsOptions(settings)
  const startupOptions = [...sessionDefaults(settings)]
    .map(([name, value]) => `-c ${name}=${value.replace(/[\\\s]/g, character => `\\${character}`)}`)
    .join(' ')
  let attempt: ConnectAttempt = { settings, tls, startupOptions }
  for (let tries = 1; ; tries++) {
    try {
      return await connectOnce(attempt, options.signal)
    } catch (error) {
      options.signal?.throwIfAborted()
      const other = tries < 3 ? otherAttempt(attempt, error) : undefined
      if (other === undefined) throw connectionFailure(error, settings)
      attempt = other
    }
  }
}

interface ConnectAttempt {
  readonly settings: PostgresSettings
  readonly tls: ConnectionOptions | undefined
  readonly startupOptions: string | undefined
}

/** What to try next, where a server refuses something that it need not have. */
function otherAttempt(attempt: ConnectAttempt, error: unknown): ConnectAttempt | undefined {
  const message = error instanceof Error ? error.message : ''
  if (attempt.startupOptions !== undefined && /unsupported startup parameter/i.test(message)) {
    return { ...attempt, startupOptions: undefined }
  }
  const tlsRefused = /does not support SSL|error establishing an SSL connection|no pg_hba\.conf entry/.test(message)
  if (attempt.settings.tlsMode === 'prefer' && attempt.tls !== undefined && tlsRefused) {
    return { ...attempt, tls: undefined }
  }
  return undefined
}

/** The parts of `pg` that are used: it connects, speaks TLS and SCRAM, and then leaves the socket to us. */
interface DriverClient {
  connect(): Promise<unknown>
  on(event: 'error', listener: (error: Error) => void): unknown
  readonly connection: {
    stream: Socket
    on(
      event: 'parameterStatus',
      listener: (message: { readonly parameterName: string; readonly parameterValue: string }) => void,
    ): unknown
  }
  readonly processID: number
  readonly secretKey: number
}

async function connectOnce(attempt: ConnectAttempt, signal: AbortSignal | undefined): Promise<ConnectedSocket> {
  const { settings, tls, startupOptions } = attempt
  signal?.throwIfAborted()
  const client = await createClient(settings, tls, startupOptions)
  // The socket's own listeners tell of errors; without this one the driver would end the process.
  client.on('error', () => {})
  let serverVersion = ''
  client.connection.on('parameterStatus', ({ parameterName, parameterValue }) => {
    if (parameterName === 'server_version') serverVersion = parameterValue
  })
  const abort = () => client.connection.stream.destroy(new Error('The connection attempt was cancelled.'))
  signal?.addEventListener('abort', abort, { once: true })
  try {
    await client.connect()
  } catch (error) {
    client.connection.stream.destroy()
    throw error
  } finally {
    signal?.removeEventListener('abort', abort)
  }
  const socket = client.connection.stream
  socket.removeAllListeners('data')
  return {
    socket,
    processId: client.processID,
    secretKey: client.secretKey,
    tls,
    serverVersion,
    defaultsAreSet: startupOptions !== undefined,
  }
}

async function createClient(
  settings: PostgresSettings,
  tls: ConnectionOptions | undefined,
  startupOptions: string | undefined,
): Promise<DriverClient> {
  const driver = await import('pg').catch((error: unknown) => {
    throw new TuskError('DRIVER_MISSING', 'The driver for PostgreSQL (the npm package "pg") is not installed.', {
      cause: error,
    })
  })
  const client: unknown = new driver.default.Client({
    host: settings.host,
    port: settings.port,
    user: settings.user,
    database: settings.database,
    // A function, so that neither the environment nor a password file of this machine steps in.
    password: () => settings.password ?? '',
    ssl: tls ?? false,
    application_name: settings.applicationName,
    connectionTimeoutMillis: settings.connectTimeoutSeconds * 1000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    ...(startupOptions === undefined ? {} : { options: startupOptions }),
  })
  return client as DriverClient
}

async function tlsOptions(settings: PostgresSettings): Promise<ConnectionOptions | undefined> {
  const { tlsMode } = settings
  if (tlsMode === 'disable' || settings.host.startsWith('/')) return undefined
  const ca = await readSettingFile(settings.rootCertificateFile)
  const cert = await readSettingFile(settings.clientCertificateFile)
  const key = await readSettingFile(settings.clientKeyFile)
  // With a root certificate at hand, `require` checks it too, as every other client of PostgreSQL does.
  const verify = tlsMode === 'verify-ca' || tlsMode === 'verify-full' || (tlsMode === 'require' && ca !== undefined)
  return {
    rejectUnauthorized: verify,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(verify && tlsMode !== 'verify-full' ? { checkServerIdentity: () => undefined } : {}),
  }
}

async function readSettingFile(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new TuskError('CONNECTION_CONFIG', `The file ${file} cannot be read.`, {
      cause: error,
      detail: (error as Error).message,
    })
  }
}
