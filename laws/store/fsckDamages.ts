/**
 * What can be wrong with a store, one thing at a time, done to what an examination is shown of it; and what it must
 * then say. No store is touched, so any store will do.
 */
import type { Digest } from '../../src/data/Digest.js'
import type { Audit, Auditable, Fault, Stored } from '../../src/store/Fsck.js'

/** A block that is damaged, and another. */
export interface Target {
  readonly digest: Digest
  readonly number: number
  readonly other: { readonly digest: Digest; readonly number: number }
  /** A head that leads to it. */
  readonly head: string
}

export interface Damage {
  readonly name: string
  readonly of: (audit: Audit, target: Target) => Audit
  /** A fault that must be among those named, in the fields that are given. */
  readonly fault: (target: Target) => { readonly _tag: Fault['_tag'] } & Partial<Record<string, unknown>>
}

const flipped = (bytes: Uint8Array): Uint8Array => {
  const copy = bytes.slice()
  copy[copy.length - 1]! ^= 1
  return copy
}

const changed =
  (change: (stored: Stored) => Stored | undefined) =>
  (audit: Audit, { number }: Target): Audit => ({
    ...audit,
    numbers: () => [...audit.numbers()].filter((n) => n !== number || change(audit.block(n)!) !== undefined),
    block: (n) => {
      const stored = audit.block(n)
      return stored === undefined || n !== number ? stored : change(stored)
    },
  })

/** `to` is where the digest leads, −1 for nowhere. */
const led = (audit: Audit, digest: Digest, to: number): Audit => ({
  ...audit,
  find: (d) => (d === digest ? to : audit.find(d)),
  ids: () =>
    [...audit.ids()].flatMap(([d, n]): ReadonlyArray<readonly [Digest, number]> => {
      if (d !== digest) return [[d, n]]
      return to < 0 ? [] : [[d, to]]
    }),
})

const recounted = (audit: Audit, number: number, by: number, there = true): Audit => ({
  ...audit,
  counts: () =>
    [...audit.counts()].map((c) =>
      c.number === number ? { number, references: c.references + by, there } : c,
    ),
})

const lost = changed(() => undefined)

export const damages: ReadonlyArray<Damage> = [
  {
    name: 'a flipped byte',
    of: changed((stored) => ({ ...stored, bytes: flipped(stored.bytes) })),
    fault: ({ digest, number }) => ({ _tag: 'Corrupt', digest, number }),
  },
  { name: 'a lost block', of: lost, fault: ({ digest, number }) => ({ _tag: 'Missing', digest, number }) },
  {
    name: 'a block lost with its digest',
    of: (audit, target) => led(lost(audit, target), target.digest, -1),
    fault: ({ digest }) => ({ _tag: 'Missing', digest }),
  },
  {
    name: 'a head whose block is lost',
    of: (audit, target) => led(lost(audit, target), target.digest, -1),
    fault: ({ digest, head }) => ({ _tag: 'HeadToNowhere', digest, name: head }),
  },
  {
    name: 'a lost digest',
    of: (audit, { digest }) => led(audit, digest, -1),
    fault: ({ digest, number }) => ({ _tag: 'Unlisted', digest, number }),
  },
  {
    name: 'a digest that leads astray',
    of: (audit, { digest, other }) => led(audit, digest, other.number),
    fault: ({ digest, other }) => ({ _tag: 'Misled', digest, number: other.number }),
  },
  {
    name: 'a damaged note',
    of: changed((stored) => ({ ...stored, links: [], parents: [], sound: false })),
    fault: ({ digest, number }) => ({ _tag: 'Misnoted', digest, number, reason: 'damaged' }),
  },
  {
    name: 'a note of another link',
    of: (audit, target) =>
      changed((stored) => ({ ...stored, links: [...stored.links, target.other.number] }))(audit, target),
    fault: ({ digest, number }) => ({
      _tag: 'Misnoted',
      digest,
      number,
      reason: 'other links than the bytes',
    }),
  },
  {
    name: 'a count too high',
    of: (audit, { number }) => recounted(audit, number, 1),
    fault: ({ digest, number }) => ({ _tag: 'CountOff', digest, number }),
  },
  {
    name: 'a count too low',
    of: (audit, { number }) => recounted(audit, number, -1),
    fault: ({ digest, number }) => ({ _tag: 'CountOff', digest, number }),
  },
  {
    name: 'a block that the ledger forgot',
    of: (audit, { number }) => recounted(audit, number, 0, false),
    fault: ({ digest, number }) => ({ _tag: 'Leaked', digest, number }),
  },
  {
    name: 'a head to nowhere',
    of: (audit, { digest }) => ({
      ...audit,
      heads: () => [...audit.heads(), { name: 'bad', digest, number: audit.end }],
    }),
    fault: ({ digest }) => ({ _tag: 'HeadToNowhere', name: 'bad', digest }),
  },
  {
    name: 'a head to another block',
    of: (audit, { digest, other }) => ({
      ...audit,
      heads: () => [...audit.heads(), { name: 'bad', digest, number: other.number }],
    }),
    fault: ({ digest }) => ({ _tag: 'HeadToNowhere', name: 'bad', digest }),
  },
  {
    name: 'a pin of nothing',
    of: (audit) => ({
      ...audit,
      pins: () => [...audit.pins(), { number: audit.end, times: 2 }],
    }),
    fault: () => ({ _tag: 'PinToNowhere', times: 2 }),
  },
  {
    name: 'an entry that says nothing',
    of: (audit) => ({ ...audit, unreadable: () => [7] }),
    fault: () => ({ _tag: 'Unreadable', number: 7 }),
  },
  {
    name: 'a wrong sum',
    of: (audit) => ({
      ...audit,
      records: (blocks) => [{ record: 'blocks', stored: blocks + 1, found: blocks }],
    }),
    fault: () => ({ _tag: 'RecordOff', record: 'blocks' }),
  },
]

/** The store, as it would be if it were damaged so. */
export const damaged = (store: Auditable, damage: Damage, target: (audit: Audit) => Target): Auditable => ({
  audit: (look) => store.audit((audit) => look(damage.of(audit, target(audit)))),
})
