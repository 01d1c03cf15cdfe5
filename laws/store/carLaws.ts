/** The laws of exports and imports, for whatever writes and reads CARs of stores. */

import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Digest } from '../../src/data/Digest.js'
import type * as Car from '../../src/store/Car.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import * as Staging from '../../src/store/Staging.js'
import type { Store } from '../../src/store/Store.js'
import { holds, type IsEq, isEq, lawAsync, type Suite, suite } from '../Law.js'
import { join, pieces, sectionsOf } from './carSections.js'
import * as cborDag from './cborDag.js'
import type { World } from './dag.js'

/** What the laws ask for: `write` and `read` of `coppice/car`. */
export interface Cars {
  readonly write: (
    roots: ReadonlyArray<Digest>,
    sink: (bytes: Uint8Array) => unknown,
    options?: Car.ExportOptions,
  ) => (store: Store) => TaskEither<unknown, unknown>
  readonly read: (
    source: AsyncIterable<Uint8Array>,
    options?: Car.ImportOptions,
  ) => (target: Car.Target) => TaskEither<unknown, Car.Imported>
}

type Staged = MemoryStore.MemoryStore & { readonly staging: Staging.Staging }

const fresh = (): Staged => ({ ...MemoryStore.make(), staging: Staging.memory() })

const filled = (world: World): MemoryStore.MemoryStore => {
  const store = MemoryStore.make()
  store.transact({ puts: cborDag.puts(world), pins: world.map(({ digest }) => digest) })()
  return store
}

const worlds = cborDag.arbitrary
/** Places, taken modulo a world's size. */
const some = fc.uniqueArray(fc.nat(9), { minLength: 1, maxLength: 3 })
/** Small ones, so that a small world is many. */
const batches = fc.integer({ min: 1, max: 4 })
const order = fc.infiniteStream(fc.nat(1000)).map((stream) => [...stream.take(10)])

const placesOf = (world: World, numbers: ReadonlyArray<number>): ReadonlyArray<number> => [
  ...new Set(numbers.map((n) => n % world.length)),
]
const digestsOf = (world: World, places: Iterable<number>): ReadonlyArray<Digest> =>
  [...places].map((place) => world[place]!.digest)

const shuffled = <A>(items: ReadonlyArray<A>, keys: ReadonlyArray<number>): ReadonlyArray<A> =>
  items
    .map((item, i) => [keys[i % keys.length]!, item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item)

/** What is left behind: pins, staged blocks, and blocks that a collection does not take. */
const left = (store: Staged): readonly [number, number, number] => {
  store.collect()
  const { pins, blocks } = store.stats()
  const staged = store.staging.list(null, 100)()
  return [pins, E.isRight(staged) ? staged.right.length : -1, blocks]
}

/** The blocks at places, read. */
const contents = (store: Store, world: World, places: ReadonlySet<number>): IsEq =>
  isEq<unknown>(
    store.read(digestsOf(world, places))(),
    E.right([...places].map((place) => world[place]!.bytes)),
  )

/** A store that collects whenever it can. */
const restless = (store: Staged): Staged => ({
  ...store,
  transact: (transaction) => () => {
    store.collect()
    const answer = store.transact(transaction)()
    store.collect()
    return answer
  },
})

export const carLaws = (name: string, { write, read }: Cars): Suite => {
  const exported = async (
    world: World,
    places: ReadonlyArray<number>,
    options?: Car.ExportOptions,
    store: Store = filled(world),
  ): Promise<E.Either<unknown, Uint8Array>> => {
    const parts: Array<Uint8Array> = []
    const written = await write(digestsOf(world, places), (bytes) => parts.push(bytes), options)(store)()
    return E.isLeft(written) ? written : E.right(join(parts))
  }
  const whole = async (world: World, places: ReadonlyArray<number>): Promise<Uint8Array> => {
    const car = await exported(world, places)
    if (E.isLeft(car)) throw new Error(`not exported: ${JSON.stringify(car.left)}`)
    return car.right
  }
  const mixed = (car: Uint8Array, keys: ReadonlyArray<number>): Uint8Array => {
    const { header, sections } = sectionsOf(car)
    return join([header, ...shuffled(sections, keys).map((section) => section.whole)])
  }

  return suite(name, [
    lawAsync(
      'an import of an export gives the same blocks, in any order',
      [worlds, some, order, fc.integer({ min: 1, max: 200 }), batches],
      async (world, numbers, keys, size, batch) => {
        const places = placesOf(world, numbers)
        const car = mixed(await whole(world, places), keys)
        const store = fresh()
        const imported = await read(pieces(car, size), { batch })(store)()
        if (E.isLeft(imported)) return holds(false, `refused: ${JSON.stringify(imported.left)}`)
        const all = cborDag.reach(world, places)
        const { roots, missing, added, known, waiting, foreign } = imported.right
        return [
          isEq<unknown>(
            [roots, missing, added, known, waiting, foreign],
            [digestsOf(world, places), [], all.size, 0, 0, 0],
          ),
          isEq<unknown>(left(store), [places.length, 0, all.size]),
          contents(store, world, all),
        ]
      },
    ),

    lawAsync(
      'an export has what its roots reach, each once, children first, and nothing below the stop set',
      [worlds, some, fc.uniqueArray(fc.nat(9), { maxLength: 3 })],
      async (world, numbers, stops) => {
        const places = placesOf(world, numbers)
        const stopped = new Set(placesOf(world, stops))
        const digests = new Set(digestsOf(world, stopped))
        const car = await exported(world, places, { stop: (digest) => digests.has(digest) })
        if (E.isLeft(car)) return holds(false, 'refused')
        const all = cborDag.reach(world, places, (place) => stopped.has(place))
        const met = sectionsOf(car.right).sections.map(({ digest }) =>
          world.findIndex((block) => block.digest === digest),
        )
        const early = met.filter((place, i) => {
          const { links, parents } = world[place]!
          return [...links, ...parents].some((to) => all.has(to) && met.indexOf(to) > i)
        })
        return [isEq<unknown>([...met].sort(), [...all].sort()), isEq<unknown>(early, [])]
      },
    ),

    lawAsync(
      'no block is exported whose bytes do not have its digest',
      [worlds, some, fc.nat(1000), fc.nat(1000)],
      async (world, numbers, which, where) => {
        const places = placesOf(world, numbers)
        const all = [...cborDag.reach(world, places)]
        const { digest, bytes } = world[all[which % all.length]!]!
        const damaged = bytes.slice()
        // Zeros of the padding, or links: whatever it is, it is another block.
        damaged[where % bytes.length]! ^= 1
        const store = filled(world)
        const lying: Store = {
          ...store,
          read: (digests) => () =>
            E.right(
              digests.map((each) =>
                each === digest ? damaged : world.find((b) => b.digest === each)?.bytes,
              ),
            ),
        }
        return holds(E.isLeft(await exported(world, places, {}, lying)), 'exported')
      },
    ),

    lawAsync(
      'no block is imported whose bytes do not have its digest, and nothing is left of the import',
      [worlds, some, fc.nat(1000), fc.nat(1000), order, batches],
      async (world, numbers, which, where, keys, batch) => {
        const car = mixed(await whole(world, placesOf(world, numbers)), keys)
        const { header, sections } = sectionsOf(car)
        const { whole: section, body } = sections[which % sections.length]!
        section[body + (where % (section.length - body))]! ^= 1
        const store = fresh()
        const damaged = join([header, ...sections.map((each) => each.whole)])
        const imported = await read(pieces(damaged, 50), { batch })(store)()
        return [holds(E.isLeft(imported), 'imported'), isEq<unknown>(left(store), [0, 0, 0])]
      },
    ),

    lawAsync(
      'an import that is cut off, or whose head has moved, leaves nothing behind',
      [worlds, some, order, fc.nat(1000), fc.boolean(), batches],
      async (world, numbers, keys, cut, byHead, batch) => {
        const car = mixed(await whole(world, placesOf(world, numbers)), keys)
        const { header, sections } = sectionsOf(car)
        // Somewhere inside of a section.
        const kept = sections[cut % sections.length]!
        const before = sections.slice(0, cut % sections.length)
        const end =
          join([header, ...before.map((each) => each.whole)]).length + (cut % (kept.whole.length - 1)) + 1
        const store = fresh()
        const [first] = world
        const imported = byHead
          ? await read(pieces(car, 50), {
              batch,
              keep: (pins) => ({ pins, heads: [{ name: 'main', expect: first!.digest, next: pins[0]! }] }),
            })(store)()
          : await read(pieces(car.subarray(0, end), 50), { batch })(store)()
        return [holds(E.isLeft(imported), 'imported'), isEq<unknown>(left(store), [0, 0, 0])]
      },
    ),

    lawAsync(
      'a collection during an import takes nothing of it',
      [worlds, some, order, fc.nat(9), batches],
      async (world, numbers, keys, there, batch) => {
        const places = placesOf(world, numbers)
        const car = mixed(await whole(world, places), keys)
        const store = fresh()
        // Nothing holds these: what the import finds here may be gone a moment later.
        store.transact({ puts: cborDag.puts(world, there % world.length) })()
        const imported = await read(pieces(car, 50), { batch })(restless(store))()
        if (E.isLeft(imported)) return holds(false, `refused: ${JSON.stringify(imported.left)}`)
        const all = cborDag.reach(world, places)
        return [isEq<unknown>(left(store), [places.length, 0, all.size]), contents(store, world, all)]
      },
    ),

    lawAsync(
      'the parts of a CAR, one after another, come to the whole',
      [worlds, some, order, fc.nat(1000), batches],
      async (world, numbers, keys, cut, batch) => {
        const places = placesOf(world, numbers)
        const { header, sections } = sectionsOf(mixed(await whole(world, places), keys))
        const store = fresh()
        const at = cut % (sections.length + 1)
        let held: ReadonlyArray<Digest> = []
        const parts = [sections.slice(0, at), sections.slice(at)]
        for (const part of parts) {
          const car = join([header, ...part.map((each) => each.whole)])
          const unpins = held
          const imported = await read(pieces(car, 50), {
            batch,
            keep: (roots, tops) => {
              held = part === parts[1] ? roots : tops
              return { pins: held }
            },
          })(restless(store))()
          if (E.isLeft(imported)) return holds(false, `refused: ${JSON.stringify(imported.left)}`)
          store.transact({ unpins })()
        }
        const all = cborDag.reach(world, places)
        return [isEq<unknown>(left(store), [places.length, 0, all.size]), contents(store, world, all)]
      },
    ),
  ])
}
