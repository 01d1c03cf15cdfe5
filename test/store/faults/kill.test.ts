import { expect, test } from 'vitest'
import * as ComponentStore from '../../../src/branch/ComponentStore.js'
import * as StateReference from '../../../src/branch/StateReference.js'
import { fsck } from '../../../src/store/Fsck.js'
import type { LmdbStore } from '../../../src/store/LmdbStore.js'
import * as State from '../../../src/trie/State.js'
import { contentOf } from './content.mjs'
import { Host, using } from './Host.js'
import { contents as contentsOf, miscounted, opened, right, within } from './inspect.js'

const ROUNDS = Number(process.env['COPPICE_KILLS'] ?? 5)

/** How long a killed process holds what it had pinned, ms. */
const LEASE = 2000

/** Somewhere below `most`, the same in every run. */
const somewhere = (round: number, which: number, most: number): number =>
  Math.floor((Math.abs(Math.sin(1 + round * 7.3 + which * 1.7)) * 1e4) % most)

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await pause(2)
}

test(
  'two writers and a collector are killed: nothing acknowledged is lost, and nothing leaks',
  { timeout: 40_000 + ROUNDS * 10_000 },
  () =>
    within(async (directory) => {
      const last = new Map<string, number>()
      for (let round = 0; round < ROUNDS; round++) {
        const hosts = [new Host(), new Host(), new Host()]
        const [one, two, collector] = hosts as [Host, Host, Host]
        await using(hosts, async () => {
          await Promise.all(hosts.map((host) => host.ask('open', directory, { lease: LEASE })))
          one.tell('write', 'one')
          two.tell('write', 'two')
          collector.tell('sweep')
          await until(
            () =>
              hosts.some(({ errors }) => errors !== '') ||
              (one.acknowledged.length > 2 && two.acknowledged.length > 2),
          )
          await Promise.all(
            hosts.map(async (host, n) => {
              await pause(somewhere(round, n, 200))
              await host.kill()
            }),
          )
          expect(hosts.map(({ errors }) => errors)).toEqual(['', '', ''])
        })
        for (const { head, turn } of hosts.flatMap(({ acknowledged }) => acknowledged)) last.set(head, turn)
        // As it was left, with the pins of the dead; and when their leases have ended.
        await opened(directory, (store) => {
          expect(miscounted(store)).toEqual([])
          expect(right(fsck()(store)()).faults).toEqual([])
          for (const [head, state] of contentsOf(store).states) {
            const { turn } = state as { readonly turn: number }
            expect(turn).toBeGreaterThanOrEqual(last.get(head)!)
            expect(state).toEqual(contentOf(head, turn))
          }
        })
        const later = () => Date.now() + 2 * LEASE + 60_000
        await opened(
          directory,
          (store) => {
            right(store.collect())
            const { states, read } = contentsOf(store)
            expect([...states.keys()].sort()).toEqual([...last.keys()].sort())
            for (const [head, state] of states)
              expect(state).toEqual(contentOf(head, (state as { readonly turn: number }).turn))
            right(store.collect())
            expect(right(store.stats())).toMatchObject({ blocks: read.size, sessions: 1 })
            expect(miscounted(store)).toEqual([])
            expect(right(fsck()(store)()).faults).toEqual([])
          },
          { clock: later },
        )
      }
    }),
)

test(
  'a compaction that is killed leaves the store as it was or compacted, and whole',
  { timeout: 40_000 + ROUNDS * 5000 },
  () =>
    within(async (directory) => {
      const contents = Array.from({ length: 150 }, (_, n) => ({ n, text: `line ${n}\n`.repeat(200 + n) }))
      const commit = (store: LmdbStore): void => {
        const components = ComponentStore.make(store)
        for (const [n, content] of contents.entries()) {
          const reference = StateReference.root(components)(right(State.fromJson(content)))()
          right(StateReference.commit({ head: `${n}` })(reference)())
        }
      }
      await opened(directory, commit, { durability: 'none' })
      for (let round = 0; round < ROUNDS; round++) {
        const host = new Host()
        // Beyond the leases of those that were killed before.
        const ahead = round * 120_000
        await using([host], async () => {
          await host.ask('ready')
          host.tell(
            'compact',
            directory,
            { pack: ['all', 'none', 'history'][round % 3], packSize: 10_000 },
            ahead,
          )
          await pause(20 + somewhere(round, 1, 400))
          await host.kill()
        })
        await opened(
          directory,
          (store) => {
            expect(right(fsck()(store)()).faults).toEqual([])
            const { states } = contentsOf(store)
            for (const [n, content] of contents.entries()) expect(states.get(`${n}`)).toEqual(content)
          },
          { clock: () => Date.now() + ahead + 90_000 },
        )
      }
    }),
)
