/** The laws of a staging, against a model: a map from CIDs to blocks. And stagings that break them, each in one way. */

import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type { Digest } from '../../src/data/Digest.js'
import { type AsyncStaging, keyOf, memory, type Staged, type Staging } from '../../src/store/Staging.js'
import { type IsEq, isEq, lawAsync, type Suite, suite } from '../Law.js'

/** A block of some name; CIDs of several lengths, one the beginning of another. */
const block = (n: number): Staged => ({
  cid: new Uint8Array([1, 0x55, 0, ...Array.from({ length: n % 5 }, () => 7), n]),
  bytes: new Uint8Array(n % 3).fill(n),
})

type Step = { readonly stage: ReadonlyArray<number> } | { readonly unstage: ReadonlyArray<number> }

const names = fc.array(fc.nat(12), { maxLength: 6 })
const steps: fc.Arbitrary<ReadonlyArray<Step>> = fc.array(
  fc.oneof(
    names.map((stage) => ({ stage })),
    names.map((unstage) => ({ unstage })),
  ),
  { maxLength: 8 },
)

const plain = (blocks: ReadonlyArray<Staged>): unknown =>
  blocks.map(({ cid, bytes }) => [[...cid], [...bytes]])

/** All pages, one after another. */
const listed = async (staging: Staging | AsyncStaging, limit: number): Promise<ReadonlyArray<Staged>> => {
  const all: Array<Staged> = []
  for (let after: Digest | null = null; all.length < 100; ) {
    const page: E.Either<unknown, ReadonlyArray<Staged>> = await staging.list(after, limit)()
    if (E.isLeft(page)) throw new Error('not listed')
    const last = page.right.at(-1)
    if (last === undefined) return all
    all.push(...page.right)
    after = keyOf(last.cid)
  }
  return all
}

/** `make` gives an empty one. */
export const stagingLaws = (
  name: string,
  make: () => Promise<Staging | AsyncStaging> | Staging | AsyncStaging,
  close: () => unknown = () => {},
): Suite =>
  suite(name, [
    lawAsync(
      'it holds what was staged and not unstaged',
      [steps, fc.integer({ min: 1, max: 5 })],
      async (script, limit) => {
        const staging = await make()
        try {
          const model = new Map<Digest, Staged>()
          const sides: Array<IsEq> = []
          for (const step of script) {
            if ('stage' in step) {
              const blocks = step.stage.map(block)
              const expected = blocks.map((each) => {
                const known = model.has(keyOf(each.cid))
                model.set(keyOf(each.cid), each)
                return !known
              })
              sides.push(isEq<unknown>(await staging.stage(blocks)(), E.right(expected)))
            } else {
              const cids = step.unstage.map((n) => block(n).cid)
              for (const cid of cids) model.delete(keyOf(cid))
              sides.push(isEq<unknown>(await staging.unstage(cids)(), E.right(undefined)))
            }
          }
          const inOrder = [...model].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each)
          const all = Array.from({ length: 13 }, (_, n) => block(n))
          const read = await staging.staged(all.map(({ cid }) => cid))()
          return [
            ...sides,
            isEq(plain(await listed(staging, limit)), plain(inOrder)),
            isEq<unknown>(
              E.map((found: ReadonlyArray<Uint8Array | undefined>) =>
                found.map((bytes) => bytes && [...bytes]),
              )(read),
              E.right(all.map(({ cid }) => model.get(keyOf(cid)) && [...model.get(keyOf(cid))!.bytes])),
            ),
          ]
        } finally {
          await close()
        }
      },
    ),
  ])

const changed = (change: (sound: Staging) => Partial<Staging>) => (): Staging => {
  const sound = memory()
  return { ...sound, ...change(sound) }
}

/** By what is wrong with them. */
export const brokenStagings: ReadonlyMap<string, () => Staging> = new Map([
  ['keeps what is unstaged', changed(() => ({ unstage: () => () => E.right(undefined) }))],
  [
    'says that all is new',
    changed(({ stage }) => ({
      stage: (blocks) => () => E.map(() => blocks.map(() => true))(stage(blocks)()),
    })),
  ],
  [
    'forgets the last of a batch',
    changed(({ stage }) => ({
      stage: (blocks) => () =>
        E.map((fresh: ReadonlyArray<boolean>) => [...fresh, ...(blocks.length > fresh.length ? [true] : [])])(
          stage(blocks.slice(0, -1))(),
        ),
    })),
  ],
  [
    'reads the first for all',
    changed(({ staged }) => ({ staged: (cids) => staged(cids.map(() => cids[0]!)) })),
  ],
  [
    'lists pages without their first',
    changed(({ list }) => ({
      list: (after, limit) => () =>
        E.map((page: ReadonlyArray<Staged>) => page.slice(1))(list(after, limit)()),
    })),
  ],
])
