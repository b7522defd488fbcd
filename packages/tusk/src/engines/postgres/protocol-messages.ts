/** Messages of PostgreSQL's protocol 3.0, as bytes to send and as values received. */

export function parseMessage(statement: string, sql: string): Buffer {
  const text = Buffer.from(sql, 'utf8')
  const name = Buffer.from(statement, 'utf8')
  return message('P', Buffer.concat([name, zero, text, zero, int16(0)]))
}

/** Asks for the parameters and columns of a prepared statement. */
export function describeStatement(statement: string): Buffer {
  return message('D', Buffer.from(`S${statement}\0`, 'utf8'))
}

export type WireFormat = 'text' | 'binary'

/** Parameters go as text, null is NULL; `formats` is one per column of the answer. */
export function bindMessage(
  statement: string,
  parameters: readonly (string | null)[],
  formats: readonly WireFormat[],
): Buffer {
  const values = parameters.flatMap(value => {
    if (value === null) return [int32(-1)]
    const bytes = Buffer.from(value, 'utf8')
    return [int32(bytes.length), bytes]
  })
  const formatCodes = formats.map(format => int16(format === 'binary' ? 1 : 0))
  return message(
    'B',
    Buffer.concat([
      zero,
      Buffer.from(`${statement}\0`, 'utf8'),
      int16(0),
      int16(parameters.length),
      ...values,
      int16(formats.length),
      ...formatCodes,
    ]),
  )
}

/** Runs the portal to its end: a row limit would switch parallel query off. */
export function executeMessage(): Buffer {
  return message('E', Buffer.concat([zero, int32(0)]))
}

export function closeStatement(statement: string): Buffer {
  return message('C', Buffer.from(`S${statement}\0`, 'utf8'))
}

/** A statement at once, without parameters: how COPY is asked for. */
export function queryMessage(sql: string): Buffer {
  return message('Q', Buffer.from(`${sql}\0`, 'utf8'))
}

export function copyDataMessage(rows: string): Buffer {
  return message('d', Buffer.from(rows, 'utf8'))
}

export function copyFailMessage(reason: string): Buffer {
  return message('f', Buffer.from(`${reason}\0`, 'utf8'))
}

export const copyDoneMessage = message('c', Buffer.alloc(0))
export const flushMessage = message('H', Buffer.alloc(0))
export const syncMessage = message('S', Buffer.alloc(0))
export const terminateMessage = message('X', Buffer.alloc(0))

/** Sent alone on a connection of its own; the server answers by closing it. */
export function cancelRequest(processId: number, secretKey: number): Buffer {
  return Buffer.concat([int32(16), int32(80877102), int32(processId), int32(secretKey)])
}

/** Asks for TLS; the server answers with the one letter S or N. */
export const tlsRequest = Buffer.concat([int32(8), int32(80877103)])

export interface ColumnDescription {
  readonly name: string
  readonly typeOid: number
  readonly typeModifier: number
}

export function readRowDescription(body: Buffer): ColumnDescription[] {
  const columns: ColumnDescription[] = []
  let position = 2
  for (let index = body.readInt16BE(0); index > 0; index--) {
    const end = body.indexOf(0, position)
    const name = body.toString('utf8', position, end)
    // Then: table oid (4), column number (2), type oid (4), type size (2), type modifier (4), format (2).
    columns.push({ name, typeOid: body.readUInt32BE(end + 7), typeModifier: body.readInt32BE(end + 13) })
    position = end + 19
  }
  return columns
}

/** Fields of an ErrorResponse or NoticeResponse by their letter: S severity, C code, M message, D detail, H hint, P position, … */
export type ReportFields = ReadonlyMap<string, string>

export function readReport(body: Buffer): ReportFields {
  const fields = new Map<string, string>()
  for (let position = 0; position < body.length && body[position] !== 0; ) {
    const end = body.indexOf(0, position + 1)
    fields.set(String.fromCharCode(body[position]!), body.toString('utf8', position + 1, end))
    position = end + 1
  }
  return fields
}

export function readText(body: Buffer, from = 0): string {
  return body.toString('utf8', from, body.indexOf(0, from))
}

const zero = Buffer.from([0])

function message(code: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(code, 'latin1'), int32(body.length + 4), body])
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  // The count of parameters is unsigned: up to 65,535.
  bytes.writeUInt16BE(value)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
