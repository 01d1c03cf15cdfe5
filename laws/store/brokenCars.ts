/**
 * Exporters and importers that are wrong, each in one way: what the laws must reject.
 *
 * The exporters are one small one, written apart from the library's, with a defect built in; `sound` has none, and
 * shows that the laws ask for no particular implementation. The importers are the library's between a source and a
 * store that do not do what they should.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Digest } from '../../src/data/Digest.js'
import { hash } from '../../src/data/Hasher.js'
import * as Car from '../../src/store/Car.js'
import { concat } from '../../src/store/internal/bytes.js'
import { frame, header } from '../../src/store/internal/carFrame.js'
import { linksOf } from '../../src/store/internal/links.js'
import type { Staging } from '../../src/store/Staging.js'
import type { Store, Transaction } from '../../src/store/Store.js'
import type { Cars } from './carLaws.js'
import { sectionsOf } from './carSections.js'

type Flaw =
  | 'parents first'
  | 'a block for each link'
  | 'no stop'
  | 'no history'
  | 'no check'
  | 'no last block'

const exporter =
  (flaw: Flaw | null): Cars['write'] =>
  (roots, sink, { stop = () => false } = {}) =>
  (store: Store) =>
  async () => {
    const met = new Set<Digest>()
    const sections: Array<Uint8Array> = []
    let sound = true
    const go = (digest: Digest): void => {
      if ((flaw !== 'a block for each link' && met.has(digest)) || (flaw !== 'no stop' && stop(digest)))
        return
      met.add(digest)
      const found = store.read([digest])()
      const bytes = E.isRight(found) ? found.right[0] : undefined
      if (bytes === undefined || (flaw !== 'no check' && hash(bytes) !== digest)) {
        sound = false
        return
      }
      const { links, parents } = linksOf(bytes) ?? { links: [], parents: [] }
      for (const link of [...links, ...(flaw === 'no history' ? [] : parents)]) go(link)
      sections.push(frame(digest, bytes))
    }
    roots.forEach(go)
    if (flaw === 'parents first') sections.reverse()
    if (flaw === 'no last block') sections.pop()
    if (!sound) return E.left('a block that is not what it should be')
    sink(concat([header(roots), ...sections]))
    return E.right(undefined)
  }

/** The library's import into another store, or of another CAR. */
const importer =
  (
    into: (target: Car.Target) => Car.Target,
    from: (car: Uint8Array) => Uint8Array = (car) => car,
    told: Car.ImportOptions = {},
  ): Cars['read'] =>
  (source, options) =>
  (target) =>
  async () => {
    const parts: Array<Uint8Array> = []
    for await (const part of source) parts.push(part)
    return Car.read([from(concat(parts))], { ...options, ...told })(into(target))()
  }

const transacting =
  (change: (transaction: Transaction) => Transaction) =>
  (target: Car.Target): Car.Target =>
    ({ ...target, transact: (transaction: Transaction) => target.transact(change(transaction)) }) as never

const staging =
  (change: Partial<Staging>) =>
  (target: Car.Target): Car.Target => ({ ...target, staging: { ...(target.staging as Staging), ...change } })

/** Gives each block the digest that it has. */
const believed = (car: Uint8Array): Uint8Array => {
  try {
    const { header: first, sections } = sectionsOf(car)
    return concat([
      first,
      ...sections.map(({ whole, body }) => {
        const bytes = whole.slice(body)
        return frame(hash(bytes), bytes)
      }),
    ])
  } catch {
    return car
  }
}

/** Ends a CAR where its last whole block ends. */
const forgiven = (car: Uint8Array): Uint8Array => {
  const { header: first, sections } = sectionsOf(car)
  const last = sections.at(-1)
  const size = first.length + sections.reduce((sum, { whole }) => sum + whole.length, 0)
  const claimed = last === undefined ? 0 : last.whole.length
  const whole = last === undefined ? true : size === car.length && sectionLength(last.whole) === claimed
  return concat([first, ...(whole ? sections : sections.slice(0, -1)).map((each) => each.whole)])
}

const sectionLength = (section: Uint8Array): number => {
  let length = 0
  for (let i = 0, scale = 1; ; i++, scale *= 128) {
    length += (section[i]! & 127) * scale
    if (section[i]! < 128) return length + i + 1
  }
}

const nothing = E.right(undefined)

/** Obeys all laws. */
export const sound: Cars = { write: exporter(null), read: importer((target) => target) }

/** By what is wrong with them. */
export const broken: ReadonlyMap<string, Cars> = new Map<string, Cars>([
  ...(
    ['parents first', 'a block for each link', 'no stop', 'no history', 'no check', 'no last block'] as const
  ).map((flaw) => [`exports ${flaw}`, { ...sound, write: exporter(flaw) }] as const),
  ['trusts digests', { ...sound, read: importer((target) => target, believed) }],
  ['takes what was cut off for whole', { ...sound, read: importer((target) => target, forgiven) }],
  [
    'drops pins midway',
    {
      ...sound,
      read: importer(
        transacting(({ pins, unpins, ...rest }) => ({
          ...rest,
          ...(rest.puts === undefined ? { pins: pins ?? [] } : {}),
        })),
      ),
    },
  ],
  ['keeps its pins', { ...sound, read: importer(transacting(({ unpins, ...rest }) => rest)) }],
  [
    'ignores order',
    {
      ...sound,
      read: importer(
        staging({
          stage: (blocks) => () => E.right(blocks.map(() => false)),
          staged: (cids) => () => E.right(cids.map(() => undefined)),
        }),
      ),
    },
  ],
  ['leaves what it staged', { ...sound, read: importer(staging({ unstage: () => () => nothing })) }],
  [
    'holds no root',
    {
      ...sound,
      read: importer(
        (target) => target,
        (car) => car,
        { keep: () => ({}) },
      ),
    },
  ],
])
