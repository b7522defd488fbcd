import type { Engine } from '../engine/engine.ts'
import { duckdbEngine } from './duckdb/engine.ts'
import { postgresEngine } from './postgres/engine.ts'
import { sqliteEngine } from './sqlite/engine.ts'

/** Also `tuskdata/engines`: for engines of plugins that are one of these with something around it. */
export { duckdbEngine, postgresEngine, sqliteEngine }

/** The engines that come with Tusk, in the order of the connection form. Adding one: a folder, and a line here. */
export const engines: readonly Engine[] = [postgresEngine, sqliteEngine, duckdbEngine]
