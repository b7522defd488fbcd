import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DraftStore } from '../../../src/features/sql/web/draft-store.ts'
import { type ConflictChoice, type StudioTab, Tabs } from '../../../src/features/sql/web/tabs.ts'
import { ApiError } from '../../../src/ui/web/api.ts'
import type { WireTab, WireTabInput } from '../../../src/wire.ts'

/** The tab routes' rules over a map: versions count up, a stale save is refused with the saved tab. */
class TabServer {
  /** The texts that came with a stale version. */
  readonly refused: string[] = []
  readonly tabs = new Map<string, WireTab>()
  readonly closed = new Map<string, WireTab>()
  away = false
  /** Answers wait for it. */
  gate: Promise<void> | undefined

  async list(): Promise<readonly WireTab[]> {
    this.#answer()
    return [...this.tabs.values()].sort((a, b) => a.position - b.position)
  }

  async create(input: Omit<WireTabInput, 'version'>): Promise<WireTab> {
    this.#answer()
    await this.gate
    const tab = {
      onError: 'stop' as const,
      commit: 'auto' as const,
      isolation: null,
      savedQueryId: null,
      pinned: false,
      ...input,
      id: `tab-${this.tabs.size + 1}`,
      version: 1,
      updatedAt: '2026-01-01T00:00:00Z',
    }
    this.tabs.set(tab.id, tab)
    return tab
  }

  async save(id: string, input: WireTabInput): Promise<WireTab> {
    this.#answer()
    await this.gate
    const saved = this.tabs.get(id)
    if (saved === undefined) throw new ApiError(404, { code: 'NOT_FOUND', message: 'There is no such tab.' })
    if (saved.version !== input.version) {
      this.refused.push(input.sql)
      const error = { code: 'CONFLICT', message: 'Changed in another window.' } as const
      throw new ApiError(409, error, { error, saved })
    }
    const tab = { ...saved, ...input, version: saved.version + 1 }
    this.tabs.set(id, tab)
    return tab
  }

  async close(id: string): Promise<void> {
    this.#answer()
    this.closed.set(id, this.tabs.get(id)!)
    this.tabs.delete(id)
  }

  async reopen(id: string): Promise<WireTab> {
    this.#answer()
    this.tabs.set(id, this.closed.get(id)!)
    return this.tabs.get(id)!
  }

  #answer(): void {
    if (this.away) throw new ApiError(0, { code: 'INTERNAL', message: 'Tusk does not answer.' })
  }
}

class MemoryStorage implements Storage {
  readonly #items = new Map<string, string>()
  limit = Number.POSITIVE_INFINITY
  get length(): number {
    return this.#items.size
  }
  key(index: number): string | null {
    return [...this.#items.keys()][index] ?? null
  }
  getItem(key: string): string | null {
    return this.#items.get(key) ?? null
  }
  setItem(key: string, value: string): void {
    if (value.length > this.limit) throw new Error('QuotaExceededError')
    this.#items.set(key, value)
  }
  removeItem(key: string): void {
    this.#items.delete(key)
  }
  clear(): void {
    this.#items.clear()
  }
}

function open(
  server: TabServer,
  storage = new MemoryStorage(),
  decide: (mine: StudioTab, saved: WireTab) => ConflictChoice = () => 'both',
): { tabs: Tabs; failures: ApiError[] } {
  const failures: ApiError[] = []
  const tabs = new Tabs({
    api: {
      tabs: () => server.list(),
      createTab: input => server.create(input),
      saveTab: (id, input) => server.save(id, input),
      closeTab: id => server.close(id),
      reopenTab: id => server.reopen(id),
    },
    drafts: new DraftStore(storage),
    onConflict: async (mine, saved) => decide(mine, saved),
    onFailure: failure => failures.push(failure),
    pause: 0,
  })
  return { tabs, failures }
}

const saved = (server: TabServer): readonly string[] => [...server.tabs.values()].map(tab => tab.sql)

test('what is typed is on the server after a save, and no draft is left', async () => {
  const server = new TabServer()
  const storage = new MemoryStorage()
  const { tabs } = open(server, storage)
  const tab = tabs.open({ sql: 'select 1' })
  tabs.change(tab.key, { sql: 'select 12' })
  assert.equal(storage.length, 1)
  await tabs.saveAll()
  assert.deepEqual(saved(server), ['select 12'])
  assert.equal(tabs.get(tab.key)?.unsaved, false)
  assert.equal(storage.length, 0)
  tabs.destroy()
})

test('an edit during a save is saved too, with the version of the save', async () => {
  const server = new TabServer()
  const { tabs } = open(server)
  const tab = tabs.open({ sql: 'a' })
  const gate = Promise.withResolvers<void>()
  server.gate = gate.promise
  const first = tabs.save(tab.key)
  await new Promise(resolve => setImmediate(resolve))
  tabs.change(tab.key, { sql: 'ab' })
  gate.resolve()
  await first
  assert.equal(tabs.get(tab.key)?.unsaved, true)
  await tabs.save(tab.key)
  assert.deepEqual(saved(server), ['ab'])
  tabs.destroy()
})

test('saves that wait for the same save go one after the other, never two with one version', async () => {
  const server = new TabServer()
  const { tabs } = open(server)
  const tab = tabs.open({ sql: 'a' })
  const gate = Promise.withResolvers<void>()
  server.gate = gate.promise
  const first = tabs.save(tab.key)
  await new Promise(resolve => setImmediate(resolve))
  tabs.change(tab.key, { sql: 'ab' })
  const waiting = [tabs.save(tab.key), tabs.save(tab.key)]
  gate.resolve()
  await Promise.all([first, ...waiting])
  assert.deepEqual(server.refused, [])
  assert.deepEqual(saved(server), ['ab'])
  tabs.destroy()
})

test('while the server is away the text is in the browser, and a reload finds it', async () => {
  const server = new TabServer()
  const storage = new MemoryStorage()
  const before = open(server, storage)
  const tab = before.tabs.open({ sql: 'first' })
  await before.tabs.saveAll()
  server.away = true
  before.tabs.change(tab.key, { sql: 'second' })
  await before.tabs.saveAll()
  assert.equal(before.tabs.offline.value, true)
  before.tabs.destroy()

  server.away = false
  const after = open(server, storage)
  await after.tabs.load()
  assert.equal(after.tabs.list.value[0]?.sql, 'second')
  await after.tabs.saveAll()
  assert.deepEqual(saved(server), ['second'])
  assert.equal(after.tabs.offline.value, false)
  assert.equal(storage.length, 0)
  after.tabs.destroy()
})

test('a tab that was never on the server survives a reload', async () => {
  const server = new TabServer()
  const storage = new MemoryStorage()
  server.away = true
  const before = open(server, storage)
  before.tabs.open({ sql: 'never saved' })
  await before.tabs.saveAll()
  before.tabs.destroy()

  server.away = false
  const after = open(server, storage)
  await after.tabs.load()
  await after.tabs.saveAll()
  assert.deepEqual(saved(server), ['never saved'])
  after.tabs.destroy()
})

for (const [choice, here, there] of [
  ['mine', ['mine'], ['mine']],
  ['theirs', ['theirs'], ['theirs']],
  ['both', ['theirs', 'mine'], ['theirs', 'mine']],
] as const)
  test(`two windows, one tab: “${choice}” is what both then have`, async () => {
    const server = new TabServer()
    const one = open(server, undefined, () => choice)
    const tab = one.tabs.open({ sql: 'start' })
    await one.tabs.saveAll()
    const other = open(server)
    await other.tabs.load()
    other.tabs.change(other.tabs.list.value[0]!.key, { sql: 'theirs' })
    await other.tabs.saveAll()
    one.tabs.change(tab.key, { sql: 'mine' })
    await one.tabs.saveAll()
    await one.tabs.saveAll()
    assert.deepEqual(
      one.tabs.list.value.map(({ sql }) => sql),
      here,
    )
    assert.deepEqual(saved(server), there)
    one.tabs.destroy()
    other.tabs.destroy()
  })

test('a draft comes back with how it runs: commits by hand stay commits by hand', async () => {
  const server = new TabServer()
  const storage = new MemoryStorage()
  const { tabs } = open(server, storage)
  server.away = true
  const tab = tabs.open({ sql: 'delete from orders', commit: 'manual', isolation: 'serializable', pinned: true })
  tabs.change(tab.key, { onError: 'continue', savedQueryId: 'q1' })
  tabs.destroy()
  server.away = false
  const { tabs: again } = open(server, storage)
  await again.load()
  const { commit, isolation, pinned, onError, savedQueryId } = again.list.value[0] ?? {}
  assert.deepEqual(
    { commit, isolation, pinned, onError, savedQueryId },
    { commit: 'manual', isolation: 'serializable', pinned: true, onError: 'continue', savedQueryId: 'q1' },
  )
  again.destroy()
})

test('a tab that another window closed becomes a new one here', async () => {
  const server = new TabServer()
  const { tabs } = open(server)
  const tab = tabs.open({ sql: 'text' })
  await tabs.saveAll()
  await server.close(tabs.get(tab.key)!.id!)
  tabs.change(tab.key, { sql: 'text 2' })
  await tabs.saveAll()
  await tabs.saveAll()
  assert.deepEqual(saved(server), ['text 2'])
  tabs.destroy()
})

test('closing can be undone, also of a tab with unsaved text', async () => {
  const server = new TabServer()
  const { tabs } = open(server)
  const tab = tabs.open({ sql: 'text' })
  await tabs.saveAll()
  tabs.change(tab.key, { sql: 'text and more' })
  const undo = tabs.close(tab.key)
  assert.deepEqual(tabs.list.value, [])
  undo()
  await new Promise(resolve => tabs.list.onChange(() => resolve(undefined)))
  await tabs.saveAll()
  assert.equal(tabs.activeTab?.sql, 'text and more')
  assert.deepEqual(saved(server), ['text and more'])
  tabs.destroy()
})

test('tabs keep the order they are given', async () => {
  const server = new TabServer()
  const { tabs } = open(server)
  const keys = ['a', 'b', 'c'].map(title => tabs.open({ title }).key)
  tabs.move(keys[2]!, 0)
  const between = tabs.open({ title: 'd', after: keys[2]! })
  await tabs.saveAll()
  assert.equal(between.title, 'd')
  assert.deepEqual(
    (await server.list()).map(({ title }) => title),
    ['c', 'd', 'a', 'b'],
  )
  tabs.destroy()
})

test('when the browser has no room the old draft does not stay behind', () => {
  const storage = new MemoryStorage()
  const drafts = new DraftStore(storage)
  const draft = { key: 'k', id: null, title: 't', connectionId: null, sql: 'short', position: 1, version: 0 }
  assert.equal(drafts.keep(draft), true)
  storage.limit = 10
  assert.equal(drafts.keep({ ...draft, sql: 'x'.repeat(100) }), false)
  assert.deepEqual(drafts.all(), [])
})
