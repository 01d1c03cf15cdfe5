/** What can be wrong with a store, as data. Numbers are the store's own, for what has no digest to be named by. */
import type { Digest } from '../../data/Digest.js'

/** A block that is spoken of and not there; the digest or the number is `null` where nobody says it. */
export interface Missing {
  readonly _tag: 'Missing'
  readonly digest: Digest | null
  readonly number: number | null
}

/** Bytes that do not match the digest which leads to them. */
export interface Corrupt {
  readonly _tag: 'Corrupt'
  readonly digest: Digest
  readonly number: number
}

/** A block, `digest`, one of whose links leads to no block. */
export interface Dangling {
  readonly _tag: 'Dangling'
  readonly digest: Digest
  readonly link: Digest | null
}

/** A block to which its digest does not lead. */
export interface Unlisted {
  readonly _tag: 'Unlisted'
  readonly digest: Digest
  readonly number: number
}

/** A digest that leads to another block. */
export interface Misled {
  readonly _tag: 'Misled'
  readonly digest: Digest
  readonly number: number
}

/** A block whose noted links are damaged, or are not those that stand in its bytes. The collector lets it lie. */
export interface Misnoted {
  readonly _tag: 'Misnoted'
  readonly digest: Digest
  readonly number: number
  readonly reason: 'damaged' | 'other links than the bytes'
}

/** A head whose block is not there, or is another. */
export interface HeadToNowhere {
  readonly _tag: 'HeadToNowhere'
  readonly name: string
  readonly digest: Digest
  readonly number: number
}

/** A pin of what is not there. */
export interface PinToNowhere {
  readonly _tag: 'PinToNowhere'
  readonly number: number
  readonly times: number
}

/** A count that is not the number of references. */
export interface CountOff {
  readonly _tag: 'CountOff'
  readonly digest: Digest | null
  readonly number: number
  readonly ledger: number
  readonly recount: number
}

/** A block that no collection would free, though nothing refers to it, or once nothing does. */
export interface Leaked {
  readonly _tag: 'Leaked'
  readonly digest: Digest
  readonly number: number
}

/** An entry of the journal that says nothing. */
export interface Unreadable {
  readonly _tag: 'Unreadable'
  readonly number: number
}

/** A sum that the store keeps of itself and that is wrong. */
export interface RecordOff {
  readonly _tag: 'RecordOff'
  readonly record: string
  readonly stored: number
  readonly found: number
}

export type Fault =
  | Missing
  | Corrupt
  | Dangling
  | Unlisted
  | Misled
  | Misnoted
  | HeadToNowhere
  | PinToNowhere
  | CountOff
  | Leaked
  | Unreadable
  | RecordOff
