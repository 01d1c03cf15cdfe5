import { expect, test } from 'vitest'
import type { LmdbStore } from '../../../src/store/LmdbStore.js'
import type { Slice } from '../../../src/store/Store.js'
import { Host, using } from './Host.js'
import { contents, miscounted, opened, right, within } from './inspect.js'

const running = <A>(
  many: number,
  use: (hosts: ReadonlyArray<Host>, directory: string) => Promise<A>,
): Promise<A> =>
  within((directory) => {
    const hosts = Array.from({ length: many }, () => new Host())
    return using(hosts, () => use(hosts, directory))
  })

/** The number that a head stands for. */
const numberAt = (directory: string, head: string): Promise<number> =>
  opened(directory, (store) => {
    expect(miscounted(store)).toEqual([])
    const digest = right(store.head(head)())
    const bytes = right(store.read([digest!])())[0]!
    return new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0)
  })

test('processes and threads that make and write one store at once lose no increment', () =>
  running(3, async (hosts, directory) => {
    await Promise.all(hosts.map((host) => host.ask('open', directory)))
    const [one, two, three] = hosts as [Host, Host, Host]
    await Promise.all([
      one.ask('increment', 'n', 60, false),
      two.ask('increment', 'n', 60, true),
      three.ask('incrementInThreads', directory, 'n', 40, 2),
    ])
    expect(await numberAt(directory, 'n')).toBe(60 + 60 + 3 * 40)
  }))

test('who opens a store while another process compacts it finds all that was there, and is not forgotten', () =>
  within(async (directory) => {
    const hosts = [new Host(), new Host()]
    // One that LMDB has locked out must be started again.
    const ask = async <A>(n: number, command: string, given: unknown): Promise<A> => {
      for (;;) {
        const answer = await hosts[n]!.ask<A | null>(command, directory, given)
        if (answer !== null) return answer
        await hosts[n]!.kill()
        hosts[n] = new Host()
      }
    }
    try {
      const names: Array<string> = []
      for (let n = 0; n < 30; n++) {
        const pack = n % 2 === 0 ? 'none' : 'all'
        const [found] = await Promise.all([
          ask<ReadonlyArray<string>>(0, 'visit', `visit ${n}`),
          n === 0 ? null : ask(1, 'compact', { pack }),
        ])
        expect([...found].sort()).toEqual([...names].sort())
        names.push(`visit ${n}`)
      }
      await opened(directory, (store) => expect(miscounted(store)).toEqual([]))
    } finally {
      await Promise.all(hosts.map((host) => host.kill()))
    }
  }))

test('a process that opens a store twice does not wait for itself', () =>
  running(1, async ([host], directory) => {
    await host!.ask('open', directory)
    await host!.ask('incrementTwice', directory, 'n', 60)
    expect(await numberAt(directory, 'n')).toBe(120)
  }))

test('a store that others are writing is not taken for a damaged one', () =>
  running(1, async ([host], directory) => {
    const options = { durability: 'none' } as const
    await host!.ask('open', directory, options)
    // So long that its file changes many times while it is read.
    await host!.ask('fill', 20_000, false)
    let writing = true
    const written = host!.ask('turnOver', 3000).finally(() => {
      writing = false
    })
    let opens = 0
    for (; writing || opens === 0; opens++)
      await opened(directory, () => {}, { ...options, create: false, suspect: true })
    await written
  }))

const FOLD = { blocks: 0, milliseconds: 0 }
const ONE = { blocks: 1, milliseconds: 1000 }

test.each(['sliced', 'stopped'] as const)(
  'a block used again between the decision to free it and its end is there (%s)',
  (how) =>
    running(2, async ([collector, user], directory) => {
      await Promise.all([collector, user].map((host) => host!.ask('open', directory)))
      const all = Array.from({ length: 20 }, (_, number) => number)
      for (const number of all) await user!.ask('put', number, `head ${number}`)
      for (const number of all) await user!.ask('drop', `head ${number}`)
      // All of them wait in the collector's queue from here on.
      const { waiting } = await collector!.ask<Slice>('slice', FOLD)
      expect(waiting).toBe(20)
      if (how === 'stopped') collector!.process.kill('SIGSTOP')
      // Some were not swept yet: they are known, not put.
      for (const number of [3, 4, 19]) expect(await user!.ask('put', number, `head ${number}`)).toBe(false)
      collector!.process.kill('SIGCONT')
      let freed = 0
      for (let done = false; !done; ) {
        const slice = await collector!.ask<Slice>('slice', ONE)
        freed += slice.freed
        done = slice.done
        // And one that was is put again, whole, while the rest waits.
        if (freed === 5) expect(await user!.ask('put', 0, 'head 0')).toBe(true)
      }
      expect(freed).toBe(17)
      await opened(directory, (store) => {
        expect(right(store.stats()).blocks).toBe(4)
        expect(miscounted(store)).toEqual([])
        for (const [, digest] of right(store.heads('')()))
          expect(right(store.read([digest])())[0]).toBeDefined()
      })
    }),
)

test('a stream that another process imports keeps its blocks while a collector runs, garbage among them', () =>
  running(3, async ([collector, user, author], directory) => {
    await Promise.all([collector, user, author].map((host) => host!.ask('open', directory)))
    const piece = (n: number): string => `line ${n} of the log\n`.repeat(2000)
    const pieces = Array.from({ length: 8 }, (_, n) => piece(n))
    // The same text, which is then garbage: the import finds its blocks in the collector's queue.
    await author!.ask('stream', 'before')
    for (const text of pieces) await author!.ask('feed', text)
    await author!.ask('finish')
    await author!.ask('drop', 'before')
    await author!.ask('close')
    const { waiting } = await collector!.ask<Slice>('slice', FOLD)
    expect(waiting).toBeGreaterThan(0)
    await user!.ask('stream', 'after')
    for (const [n, text] of pieces.entries()) {
      await user!.ask('feed', text)
      if (n % 2 === 0) collector!.process.kill('SIGSTOP')
      else {
        collector!.process.kill('SIGCONT')
        for (let k = 0; k < 6; k++) await collector!.ask<Slice>('slice', ONE)
      }
    }
    for (let done = false; !done; )
      done = (await collector!.ask<Slice>('slice', { blocks: 4, milliseconds: 5 })).done
    await user!.ask('finish')
    for (let done = false; !done; ) done = (await collector!.ask<Slice>('slice', ONE)).done
    await opened(directory, (store) => {
      expect(contents(store).states.get('after')).toEqual({ log: pieces.join('') })
      expect(miscounted(store)).toEqual([])
    })
  }))

test('two collectors that take turns at every bound free what one would, and no more', () =>
  running(3, async ([one, two, user], directory) => {
    await Promise.all([one, two, user].map((host) => host!.ask('open', directory, { durability: 'none' })))
    // So many that the counts fill several pages, of which a slice without time writes one; and they are written often.
    await user!.ask('churn', 3000)
    const bounds = [
      { blocks: 1, milliseconds: 0 },
      { blocks: 2000, milliseconds: 0 },
      { blocks: 10, milliseconds: 1000 },
    ]
    let done = 0
    for (let n = 0; done < 2 && n < 10_000; n++) {
      const slice = await (n % 2 === 0 ? one : two)!.ask<Slice>('slice', bounds[n % bounds.length])
      done = slice.done ? done + 1 : 0
      if (n % 20 === 0 && n < 200) await user!.ask('churn', 100)
    }
    expect(done).toBe(2)
    const inspect = (store: LmdbStore): void => {
      right(store.collect())
      expect(miscounted(store)).toEqual([])
      const { blocks, heads } = right(store.stats())
      expect(blocks).toBe(heads)
      for (const [, digest] of right(store.heads('')()))
        expect(right(store.read([digest])())[0]).toBeDefined()
    }
    await opened(directory, inspect, { durability: 'none' })
  }))
