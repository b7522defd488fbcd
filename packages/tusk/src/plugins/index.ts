/** `tuskdata/plugin`: all that a plugin's code needs to know of Tusk. */
import './http.ts'

export type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
export type { RecordBatch } from '../arrow/record-batch.ts'
export type { Schema } from '../arrow/schema.ts'
export type { Actor } from '../auth/actor.ts'
export type { Permission, PluginPermission, RoutePermission } from '../auth/permissions.ts'
export type { Connection, Notice, QueryOptions } from '../engine/connection.ts'
export type { Danger } from '../engine/danger.ts'
export type { Dialect, ScriptStatement, StatementKind } from '../engine/dialect.ts'
export type {
  Cancellable,
  ConnectionConfig,
  ConnectionField,
  Engine,
  Hosting,
  OpenOptions,
} from '../engine/engine.ts'
export type { Explain } from '../engine/explain.ts'
export type { FormField, FormValues } from '../engine/form-field.ts'
export type { Introspector, Relation, RelationColumn, RelationName } from '../engine/introspector.ts'
export type { Plan, PlanBuffers, PlanFact, PlanNode } from '../engine/plan.ts'
export type { ResultStream } from '../engine/result-stream.ts'
export type { TransactionLevel, Transactions } from '../engine/transactions.ts'
export { TuskError, type TuskErrorOptions } from '../errors.ts'
export type { Exporter, ExportOption } from '../export/exporter.ts'
export type { PipelineStep } from '../pipeline/step.ts'
export type { PendingResult, Provenance, ResultStore, StoredResult } from '../results/result-store.ts'
export type { CliCall, CliCommand, CliOption } from './cli-command.ts'
export type { Dataset, DatasetRows } from './dataset.ts'
export type { Job } from './job.ts'
export type { Notification, NotificationEvent } from './notification.ts'
export { definePlugin, type PermissionDescription, type PluginTab, type TuskPlugin } from './plugin.ts'
export type { ResultViewer } from './result-viewer.ts'
export type {
  PluginConfig,
  PluginStorage,
  PluginTusk,
  RunRequest,
  StorageValue,
  Tusk,
} from './tusk.ts'
