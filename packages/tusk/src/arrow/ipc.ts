export { batchMessageLength, decodeBatch, encodeBatchMessage } from './ipc-batch.ts'
export { encodeFileEnd, type FileBlock, fileStart } from './ipc-file.ts'
export {
  type BatchHeader,
  type ByteSource,
  decodeBatchHeader,
  endOfStream,
  type Message,
  type MessageKind,
  type MessagePrefix,
  readMessageHeader,
  readMessagePrefix,
  walkMessages,
} from './ipc-message.ts'
export { decodeSchemaMessage, encodeSchemaMessage } from './ipc-schema.ts'
export { decodeStream, encodeStream } from './ipc-stream.ts'
