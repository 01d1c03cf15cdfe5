/** Damage done for real to the tables of a store on disk. */
import type { Digest } from '../../src/data/Digest.js'
import type { Fault } from '../../src/store/Fsck.js'
import * as keys from '../../src/store/internal/lmdb/keys.js'
import { encode } from '../../src/store/internal/lmdb/meta.js'
import type { Tables } from '../../src/store/internal/lmdb/tables.js'
import { inside, type LmdbStore } from '../../src/store/LmdbStore.js'

export interface Target {
  readonly store: LmdbStore
  readonly tables: Tables
  readonly digest: Digest
  readonly number: number
  readonly other: Digest
  readonly otherNumber: number
}

/** `tag` is of a fault that must be named. */
export interface Damage {
  readonly name: string
  readonly tag: Fault['_tag']
  readonly inject: (target: Target) => void
}

const id = (number: number): Uint8Array => {
  const bytes = new Uint8Array(keys.NUMBER)
  keys.writeNumber(number, bytes, 0)
  return bytes
}

const entry = ({ tables, number }: Target): Uint8Array => Uint8Array.from(tables.journal.get(number)!)

/** Flips one bit of the byte at `at`, counted from the end if it is negative. */
export const flip = (target: Target, at: number, bit = 0): void => {
  const bytes = entry(target)
  bytes[at < 0 ? bytes.length + at : at]! ^= 1 << bit
  target.tables.journal.putSync(target.number, bytes)
}

const imageOf = ({ store, tables }: Target, change: (page: Uint8Array) => Uint8Array | undefined): void => {
  store.snapshot()
  for (const { key, value } of [...tables.counts.getRange()]) {
    const page = change(Uint8Array.from(value))
    if (page === undefined) tables.counts.removeSync(Uint8Array.from(key))
    else tables.counts.putSync(Uint8Array.from(key), page)
  }
}

const events = ({ tables }: Target): ReadonlyArray<number> =>
  [...tables.journal.getKeys()].filter((n) => tables.journal.get(n)![0] === 1)

const headTo = ({ tables }: Target, number: number): void => {
  const key = keys.head('target')
  const value = Uint8Array.from(tables.roots.get(key)!)
  keys.writeNumber(number, value, 32)
  tables.roots.putSync(key, value)
}

export const damages: ReadonlyArray<Damage> = [
  { name: 'a flipped byte', tag: 'Corrupt', inject: (t) => flip(t, -1) },
  { name: 'a flipped tag', tag: 'Misnoted', inject: (t) => flip(t, 0, 1) },
  { name: 'a tag flipped to that of an event', tag: 'Misnoted', inject: (t) => flip(t, 0) },
  { name: 'a flipped check', tag: 'Misnoted', inject: (t) => flip(t, 2) },
  { name: 'a flipped number of links', tag: 'Misnoted', inject: (t) => flip(t, 5) },
  { name: 'a number of links beyond the entry', tag: 'Misnoted', inject: (t) => flip(t, 5, 7) },
  { name: 'a flipped number of parents', tag: 'Misnoted', inject: (t) => flip(t, 6) },
  {
    name: 'a truncated entry',
    tag: 'Corrupt',
    inject: (t) => void t.tables.journal.putSync(t.number, entry(t).subarray(0, 9)),
  },
  {
    name: 'an empty entry',
    tag: 'Corrupt',
    inject: (t) => void t.tables.journal.putSync(t.number, new Uint8Array(0)),
  },
  { name: 'a lost entry', tag: 'Missing', inject: (t) => void t.tables.journal.removeSync(t.number) },
  {
    name: 'an entry lost with its digest',
    tag: 'Missing',
    inject: ({ tables, number, digest }) => {
      tables.journal.removeSync(number)
      tables.ids.removeSync(digest)
    },
  },
  { name: 'a lost digest', tag: 'Unlisted', inject: (t) => void t.tables.ids.removeSync(t.digest) },
  {
    name: 'a digest that leads to another block',
    tag: 'Misled',
    inject: (t) => void t.tables.ids.putSync(t.digest, id(t.otherNumber)),
  },
  {
    name: 'a digest that leads beyond the journal',
    tag: 'Unlisted',
    inject: (t) => void t.tables.ids.putSync(t.digest, id(2 ** 44)),
  },
  {
    name: 'a digest without a number',
    tag: 'Unlisted',
    inject: (t) => void t.tables.ids.putSync(t.digest, new Uint8Array([1])),
  },
  {
    name: 'two blocks lost, one below the other',
    tag: 'Dangling',
    inject: ({ tables, number, digest, other, otherNumber }) => {
      tables.journal.removeSync(number)
      tables.ids.removeSync(digest)
      tables.journal.removeSync(otherNumber)
      tables.ids.removeSync(other)
    },
  },
  {
    name: 'lost events',
    tag: 'CountOff',
    inject: (t) => {
      for (const number of events(t)) t.tables.journal.removeSync(number)
    },
  },
  {
    name: 'events that say nothing',
    tag: 'Unreadable',
    inject: (t) => {
      for (const n of events(t))
        t.tables.journal.putSync(n, new Uint8Array([1, 64, 0, 0, 0, 0, 0, 0, 0, 99, 99]))
    },
  },
  {
    name: 'events with the tag of a block',
    tag: 'Unreadable',
    inject: (t) => {
      for (const n of events(t)) {
        const bytes = Uint8Array.from(t.tables.journal.get(n)!)
        bytes[0] = 0
        t.tables.journal.putSync(n, bytes)
      }
    },
  },
  {
    name: 'a count in the image',
    tag: 'CountOff',
    inject: (t) =>
      imageOf(t, (page) => {
        page[1 + (t.number % 1024)]! += 2
        return page
      }),
  },
  {
    name: 'a block that the image forgot',
    tag: 'Leaked',
    inject: (t) =>
      imageOf(t, (page) => {
        page[1 + (t.number % 1024)]! ^= 1
        return page
      }),
  },
  {
    name: 'an image that claims to be endless',
    tag: 'CountOff',
    inject: (t) => imageOf(t, () => new Uint8Array([255, 255, 255, 255, 255, 255, 15, 0])),
  },
  { name: 'a lost image', tag: 'CountOff', inject: (t) => imageOf(t, () => undefined) },
  { name: 'a head to nowhere', tag: 'HeadToNowhere', inject: (t) => headTo(t, 2 ** 40) },
  { name: 'a head to another block', tag: 'HeadToNowhere', inject: (t) => headTo(t, t.otherNumber) },
  {
    name: 'a pin of nothing',
    tag: 'PinToNowhere',
    inject: ({ tables }) => void tables.roots.putSync(keys.pin(1, 2 ** 30), id(3)),
  },
  {
    name: 'wrong sums',
    tag: 'RecordOff',
    inject: ({ tables, store }) => {
      const meta = inside(store).disk.meta()
      tables.roots.putSync(keys.META, encode({ ...meta, blocks: meta.blocks + 1, bytes: 0 }))
    },
  },
]

const packOf = ({ tables }: Target): readonly [number, Uint8Array] => {
  const { key, value } = [...tables.packs.getRange(keys.everyNumber())].at(-1)!
  return [key, Uint8Array.from(value)]
}

/** Damage to the packs of a store that has some. */
export const packDamages: ReadonlyArray<Damage> = [
  {
    name: 'a lost pack',
    tag: 'Corrupt',
    inject: (t) => void t.tables.packs.removeSync(packOf(t)[0]),
  },
  {
    name: 'a truncated pack',
    tag: 'Corrupt',
    inject: (t) => {
      const [pack, bytes] = packOf(t)
      t.tables.packs.putSync(pack, bytes.subarray(0, bytes.length - 3))
    },
  },
  {
    name: 'a pack of another length than it says',
    tag: 'Corrupt',
    inject: (t) => {
      const [pack, bytes] = packOf(t)
      bytes[3]! ^= 1
      t.tables.packs.putSync(pack, bytes)
    },
  },
  {
    name: 'a pack that says to be endless',
    tag: 'Corrupt',
    inject: (t) => {
      const [pack, bytes] = packOf(t)
      bytes.fill(255, 0, 4)
      t.tables.packs.putSync(pack, bytes)
    },
  },
  {
    name: 'an empty pack',
    tag: 'Corrupt',
    inject: (t) => void t.tables.packs.putSync(packOf(t)[0], new Uint8Array(0)),
  },
]
