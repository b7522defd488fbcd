import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StudioClient } from './studio-client.ts'
import { type StudioProcess, startStudioProcess } from './studio-process.ts'

export interface RunningStudio {
  readonly home: string
  readonly studio: StudioProcess
  readonly client: StudioClient
}

export interface WithStudioOptions {
  readonly arguments?: readonly string[]
  /** Text of config.toml. */
  readonly config?: string
  /** Fills the state directory before the start. */
  readonly prepare?: (home: string) => void | Promise<void>
}

/** Runs `work` against a studio process without samples in a state directory of its own; both are gone afterwards. */
export async function withStudio(
  options: WithStudioOptions,
  work: (running: RunningStudio) => Promise<void>,
): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'tusk-test-'))
  const ends: (() => void | Promise<void>)[] = []
  try {
    if (options.config !== undefined) writeFileSync(join(home, 'config.toml'), options.config)
    await options.prepare?.(home)
    const studio = await startStudioProcess(
      { after: end => void ends.push(end) },
      { home, arguments: ['--no-samples', ...(options.arguments ?? [])] },
    )
    await work({ home, studio, client: new StudioClient(studio.address) })
  } finally {
    for (const end of ends) await end()
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** The studio of a state directory once more, after the one before it ended. */
export async function startAgain(home: string, work: (client: StudioClient) => Promise<void>): Promise<void> {
  const ends: (() => void | Promise<void>)[] = []
  try {
    const { address } = await startStudioProcess(
      { after: end => void ends.push(end) },
      { home, arguments: ['--no-samples'] },
    )
    await work(new StudioClient(address))
  } finally {
    for (const end of ends) await end()
  }
}
