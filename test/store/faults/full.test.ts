import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import * as path from 'node:path'
import { expect, test } from 'vitest'
import type { Digest } from '../../../src/data/Digest.js'
import { Host, using } from './Host.js'
import { miscounted, opened, right, within } from './inspect.js'

interface Filled {
  readonly acknowledged: ReadonlyArray<Digest>
  readonly failure: { readonly tag: string; readonly cause: string } | null
}

/** A file system of 1 MiB, where root may make one. */
const small = (directory: string): boolean => {
  try {
    mkdirSync(directory)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const LIMIT = 1 << 20

const ways = {
  'the disk': small,
  'what the process may write': () => true,
  'the limit given': () => true,
}

const cases = (Object.keys(ways) as ReadonlyArray<keyof typeof ways>).flatMap((way) =>
  [false, true].map((later) => [way, later ? 'asynchronous' : 'synchronous', later] as const),
)

test.each(cases)('%s is full: a typed failure, nothing half written, usable after (%s)', (way, _, later) =>
  within(async (store) => {
    if (!ways[way](`${path.dirname(store)}/small`)) return
    const directory = way === 'the disk' ? path.join(path.dirname(store), 'small', 'store') : store
    const host = new Host(way === 'what the process may write' ? LIMIT >> 10 : undefined)
    try {
      await using([host], async () => {
        await host.ask('open', directory, way === 'the limit given' ? { limit: LIMIT } : {})
        const { acknowledged, failure } = await host.ask<Filled>('fill', 20_000, later)
        expect(failure).toMatchObject({ tag: 'StoreFailed' })
        expect(failure!.cause).toMatch(/No space|Input\/output error|File too large|limit/)
        expect(acknowledged.length).toBeGreaterThan(20)
        expect(await host.ask('unread', acknowledged)).toEqual([])
        // LMDB uses space again two commits after it was freed, so the first to be freed must be some.
        let again = 0
        for (let tries = 0; again === 0 && tries < 10; tries++) {
          await host.ask('empty', 8)
          again = (await host.ask<Filled>('fill', 20_000, later)).acknowledged.length
        }
        expect(again).toBeGreaterThan(0)
        await host.ask('close')
        expect(host.errors).not.toMatch(/unhandled/)
      })
      await opened(directory, (found) => {
        expect(miscounted(found)).toEqual([])
        const { blocks, heads } = right(found.stats())
        expect(blocks).toBe(heads)
        for (const [, digest] of right(found.heads('')()))
          expect(right(found.read([digest])())[0]).toHaveLength(20_000)
      })
    } finally {
      if (way === 'the disk') execFileSync('umount', ['-l', path.dirname(directory)])
    }
  }),
)
