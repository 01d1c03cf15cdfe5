/** Blocks from outside: what no edit could have written is refused, and nothing is built from it. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type { Digest } from '../../src/data/Digest.js'
import { hash } from '../../src/data/Hasher.js'
import * as Cursor from '../../src/trie/Cursor.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as Residency from '../../src/trie/Residency.js'
import type * as State from '../../src/trie/State.js'
import { fromPairs } from '../arbitraries.js'
import { holds, type IsEq, isEq, law, type Suite, suite } from '../Law.js'
import { colliding } from './collidingKeys.js'
import { changes, forge } from './forgery.js'
import type * as Plain from './plain.js'
import { parts, roots } from './scripts.js'
import { Blocks } from './settings.js'
import { type States, stateOf } from './stateModel.js'

/** What opened states are read with may be put in its place, too. */
export type Opening = States &
  Pick<typeof State, 'open'> & {
    readonly residency?: typeof Residency.make
    readonly entries?: typeof Cursor.entries
    readonly run?: typeof Fetch.run
  }

const tagOf = (answer: E.Either<unknown, unknown>): string =>
  E.isLeft(answer) ? (answer.left as { readonly _tag: string })._tag : 'Right'

/** Big enough for branches on three levels, and one that goes on past the placement hash. */
const big: fc.Arbitrary<Plain.Map> = fc
  .tuple(fc.integer({ min: 33, max: 700 }), fc.boolean(), parts)
  .map(([n, collide, part]) =>
    fromPairs([
      ...Array.from({ length: n }, (_, i) => [`key ${i}`, i] as const),
      ...(collide ? colliding(40).map((key) => [key, 1] as const) : []),
      ['part', part] as const,
    ]),
  )

const forgeries = fc.record({
  root: fc.oneof(roots, big),
  which: fc.nat(),
  how: fc.constantFrom(...Object.keys(changes)),
  n: fc.nat(),
  careful: fc.boolean(),
})

/** Whatever is done with a forged state, it answers a failure of the right kind, or goes on; it never throws. */
const prodded = (subject: Opening, blocks: Blocks, root: Digest, other: State.State): ReadonlyArray<IsEq> => {
  const open = () => subject.open(root, Residency.make(1e6))
  const attempts: Readonly<Record<string, () => Fetch.Fetch<unknown, unknown>>> = {
    get: () => subject.get(['key 7'])(open()),
    deep: () => subject.get(['part', 'a', 0])(open()),
    set: () => subject.set(['key 7', 'a'], 1)(open()),
    remove: () => subject.remove(['key 7'])(open()),
    keys: () => subject.keys(open()),
    diff: () => subject.diff(open(), other),
    from: () => subject.diff(other, open()),
    cursor: () => Cursor.fold(0, (n: number) => n + 1)(Cursor.entries([])(open())),
  }
  return Object.entries(attempts).map(([name, attempt]) => {
    try {
      const tag = tagOf(Fetch.run(blocks.source)(attempt())())
      return holds(['Right', 'Corrupt', 'Missing', 'InvalidPath'].includes(tag), `${name}: ${tag}`)
    } catch (e) {
      return holds(false, `${name} threw ${String(e)}`)
    }
  })
}

export const forgedLaws = (name: string, subject: Opening): Suite => {
  const run = subject.run ?? Fetch.run
  return suite(name, [
    law('a forged state is refused, or is what an edit would have made', [forgeries], (forgery) => {
      const blocks = new Blocks()
      const state = stateOf(subject, forgery.root)
      const digest = blocks.save(state)
      const all = [...blocks.reachable(digest)]
      const forged = forge(
        blocks,
        digest,
        all[forgery.which % all.length]!,
        changes[forgery.how]!,
        forgery.n,
        forgery.careful,
      )
      const whole = Fetch.run(blocks.source)(subject.toJson(subject.open(forged, Residency.make(0))))()
      const prods = prodded(subject, blocks, forged, state)
      if (E.isLeft(whole)) {
        return [holds(['Corrupt', 'Missing'].includes(tagOf(whole)), tagOf(whole)), ...prods]
      }
      const honest = subject.fromJson(whole.right)
      return [
        holds(E.isRight(honest), `${forgery.how}: a value that no state can hold`),
        isEq(E.isRight(honest) && subject.digest(honest.right), forged),
        ...prods,
      ]
    }),
    law(
      'a careful forger is refused when he',
      [fc.oneof(roots, big), fc.nat(), fc.nat()],
      (root, which, n) => {
        // Every way at one block, so that none is left to chance.
        const blocks = new Blocks()
        const digest = blocks.save(stateOf(subject, root))
        const all = [...blocks.reachable(digest)]
        return Object.entries(changes).flatMap(([how, change]) => {
          const forged = forge(blocks, digest, all[which % all.length]!, change, n, true)
          const whole = Fetch.run(blocks.source)(subject.toJson(subject.open(forged, Residency.make(0))))()
          if (E.isLeft(whole)) return [holds(['Corrupt', 'Missing'].includes(tagOf(whole)), how)]
          const honest = subject.fromJson(whole.right)
          return [holds(E.isRight(honest) && subject.digest(honest.right) === forged, how)]
        })
      },
    ),
    law(
      'bytes that do not match their digest are corrupt',
      [fc.oneof(roots, big), fc.nat(), fc.nat()],
      (root, which, n) => {
        const blocks = new Blocks()
        const digest = blocks.save(stateOf(subject, root))
        const all = [...blocks.reachable(digest)]
        const target = all[which % all.length]!
        const bytes = blocks.bytes.get(target)!
        blocks.bytes.set(target, bytes.with(n % bytes.length, bytes[n % bytes.length]! ^ 1))
        return isEq(
          tagOf(run(blocks.source)(subject.toJson(subject.open(digest, Residency.make(0))))()),
          'Corrupt',
        )
      },
    ),
    law('a block that is not there is missing', [fc.oneof(roots, big), fc.nat()], (root, which) => {
      const blocks = new Blocks()
      const digest = blocks.save(stateOf(subject, root))
      const all = [...blocks.reachable(digest)]
      const target = all[which % all.length]!
      blocks.bytes.delete(target)
      return isEq<unknown>(
        Fetch.run(blocks.source)(subject.toJson(subject.open(digest, Residency.make(0))))(),
        E.left({ _tag: 'Missing', digest: target }),
      )
    }),
    law('bytes of anything are no state', [fc.uint8Array({ maxLength: 400 })], (bytes) => {
      const blocks = new Blocks()
      blocks.bytes.set(hash(bytes), bytes)
      const whole = Fetch.run(blocks.source)(subject.toJson(subject.open(hash(bytes), Residency.make(0))))()
      return isEq(
        tagOf(whole),
        bytes.length === 2 && bytes[0] === 0x81 && bytes[1] === 0 ? 'Right' : 'Corrupt',
      )
    }),
  ])
}
