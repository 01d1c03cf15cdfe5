import { expect, test } from 'vitest'
import { fsck } from '../../../src/store/Fsck.js'
import { contentOf } from './content.mjs'
import { Host, using } from './Host.js'
import { contents, miscounted, opened, right, within } from './inspect.js'

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
          for (const [head, state] of contents(store).states) {
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
            const { states, read } = contents(store)
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
