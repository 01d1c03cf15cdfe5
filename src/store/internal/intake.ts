/**
 * An `Intake` is a write session for blocks that come in any order, each checked already against its CID.
 *
 * A block whose links are there enters the store, in batches, each batch one transaction, and is held from then on:
 * pinned, or linked by a block that is. A block whose links are not there waits in the staging, and enters with the
 * last of them; in memory stay its digest and those that it lacks. A link that nobody has brought may stand in the
 * staging since an earlier intake: then that block is taken along.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Digest } from '../../data/Digest.js'
import type { StoreFailed } from '../../data/Failure.js'
import { type Ref, ref } from '../../data/Ref.js'
import { type AsyncStaging, keyOf, type Staged, type Staging } from '../Staging.js'
import type { AsyncStore, Put, Store, TransactFailure, Transaction } from '../Store.js'
import { binaryOf } from './cid.js'
import { type Links, linksOf } from './links.js'
import { Waiting } from './waiting.js'

/** How often a batch is tried again because a collection took a link between look-up and put. */
const TRIES = 100

/** Blocks that are read from the staging at a time. */
const FETCHED = 64

/** A block in hand; `bytes` are `null` if someone else took it out of the staging. */
interface Item {
  readonly digest: Digest
  readonly bytes: Uint8Array | null
  readonly links: Links
  readonly staged: boolean
}

/** What a batch led to: staged blocks that lack nothing any more, and links that were not missed before. */
interface Placed {
  readonly due: ReadonlyArray<Digest>
  readonly missed: ReadonlyArray<Digest>
}

type Outcome<A> = Promise<E.Either<TransactFailure, A>>

const done: E.Either<never, void> = E.right(undefined)
const NO_LINKS: Links = { links: [], parents: [] }

/** What an intake did. */
export interface Counts {
  /** Blocks that are new, and those that were there. */
  readonly added: number
  readonly known: number
  /** The content of what is new, in bytes. */
  readonly bytes: number
  /** Blocks of ours that are staged until their links come. */
  readonly waiting: number
  /** Blocks that are staged for good: of other codecs and hashes, or with links to such. */
  readonly foreign: number
  /** Checkpoints that were let in without some of their parents. */
  readonly ended: number
}

export class Intake {
  private added = 0
  private known = 0
  private bytes = 0
  private ended = 0
  private foreign = 0
  readonly waiting: Waiting = new Waiting()
  private readonly pinned = new Set<Digest>()
  /** CIDs that this intake has staged. */
  private readonly fresh = new Map<Digest, Uint8Array>()
  /** CIDs staged before, whose blocks have entered: they stay until all is well. */
  private readonly taken: Array<Uint8Array> = []
  private readonly store: Store | AsyncStore
  private readonly staging: Staging | AsyncStaging
  /** Whether a block that enters takes the place of the pins of those that it links to. */
  private readonly folds: boolean

  constructor(store: Store | AsyncStore, staging: Staging | AsyncStaging, folds: boolean) {
    this.store = store
    this.staging = staging
    this.folds = folds
  }

  // -----------------------------------------------------------------------------------------------
  // taking blocks
  // -----------------------------------------------------------------------------------------------

  /** Stages blocks whose links nobody here can count. */
  async keep(blocks: ReadonlyArray<Staged>): Outcome<void> {
    this.foreign += blocks.length
    return this.stage(blocks)
  }

  /** Takes blocks of ours, some at a time. */
  async offer(blocks: ReadonlyMap<Digest, Uint8Array>): Outcome<void> {
    const items: Array<Item> = []
    const opaque: Array<Staged> = []
    for (const [digest, bytes] of blocks) {
      const links = linksOf(bytes)
      if (links === undefined) opaque.push({ cid: binaryOf(digest), bytes })
      else if (!this.waiting.has(digest)) items.push({ digest, bytes, links, staged: false })
    }
    const kept = await this.keep(opaque)
    return kept._tag === 'Left' ? kept : this.settle(items, false)
  }

  /** Takes blocks from the staging, if they are there. */
  async recall(digests: ReadonlyArray<Digest>): Outcome<void> {
    const found = await this.fetch(digests)
    return found._tag === 'Left' ? found : this.settle(present(found.right), false)
  }

  /** Lets blocks in that wait for nothing but parents which are nowhere: their history ends there. */
  async endHistories(): Outcome<void> {
    for (let before = -1; before !== this.waiting.size; ) {
      before = this.waiting.size
      const waiting = this.waiting.digests()
      for (let at = 0; at < waiting.length; at += FETCHED) {
        const found = await this.fetch(
          waiting.slice(at, at + FETCHED).filter((each) => this.waiting.has(each)),
        )
        if (found._tag === 'Left') return found
        const items = present(found.right).filter(({ links }) => links.parents.length > 0)
        const settled = await this.settle(items, true)
        if (settled._tag === 'Left') return settled
      }
    }
    return done
  }

  private async stage(blocks: ReadonlyArray<Staged>): Promise<E.Either<StoreFailed, void>> {
    if (blocks.length === 0) return done
    const fresh = await this.staging.stage(blocks)()
    if (fresh._tag === 'Left') return fresh
    for (const [i, { cid }] of blocks.entries()) if (fresh.right[i] === true) this.fresh.set(keyOf(cid), cid)
    return done
  }

  private async fetch(digests: ReadonlyArray<Digest>): Promise<E.Either<StoreFailed, ReadonlyArray<Item>>> {
    if (digests.length === 0) return E.right([])
    const found = await this.staging.staged(digests.map(binaryOf))()
    if (found._tag === 'Left') return found
    return E.right(
      digests.map((digest, i) => {
        const bytes = found.right[i] ?? null
        const links = bytes === null ? NO_LINKS : linksOf(bytes)
        return links === undefined
          ? { digest, bytes: null, links: NO_LINKS, staged: true }
          : { digest, bytes, links, staged: true }
      }),
    )
  }

  /** Lets in what can enter, then what waited for that, until nothing more can. */
  private async settle(first: ReadonlyArray<Item>, shallow: boolean): Outcome<void> {
    const due: Array<Digest> = []
    const missed: Array<Digest> = []
    let items = first
    for (;;) {
      const placed = await this.place(items, shallow && items === first)
      if (placed._tag === 'Left') return placed
      due.push(...placed.right.due)
      missed.push(...placed.right.missed)
      if (due.length === 0 && missed.length === 0) return done
      const found =
        due.length > 0
          ? await this.fetch(due.splice(0, FETCHED))
          : E.map(present)(await this.fetch(missed.splice(0, FETCHED).filter((d) => !this.waiting.has(d))))
      if (found._tag === 'Left') return found
      items = found.right
    }
  }

  // -----------------------------------------------------------------------------------------------
  // one batch
  // -----------------------------------------------------------------------------------------------

  /** Puts what is ready in one transaction, and lets the rest wait. Remembers nothing of a transaction that failed. */
  private async place(items: ReadonlyArray<Item>, shallow: boolean): Outcome<Placed> {
    if (items.length === 0) return E.right({ due: [], missed: [] })
    for (let tries = 0; ; tries++) {
      const refs = await this.locate(items)
      if (refs._tag === 'Left') return refs
      const { ready, rest } = this.split(items, refs.right, shallow)
      const put = await this.put(ready, refs.right)
      if (put._tag === 'Right') return this.follow(ready, rest, refs.right)
      if (put.left._tag !== 'Dangling' || tries === TRIES) return put
    }
  }

  /** A ref for each block that these are or link to; those that are not there carry `null`. */
  private async locate(items: ReadonlyArray<Item>): Promise<E.Either<StoreFailed, ReadonlyMap<Digest, Ref>>> {
    const refs = new Map<Digest, Ref>()
    for (const { digest, links } of items)
      for (const each of [digest, ...links.links, ...links.parents])
        if (!refs.has(each)) refs.set(each, ref(each))
    const stamp = await this.store.locate([...refs.values()])()
    if (stamp._tag === 'Left') return stamp
    for (const each of refs.values()) if (each.stamp !== stamp.right) each.stamp = null
    return E.right(refs)
  }

  /** What can enter now, children before parents, and what cannot. */
  private split(
    items: ReadonlyArray<Item>,
    refs: ReadonlyMap<Digest, Ref>,
    shallow: boolean,
  ): { readonly ready: ReadonlyArray<Item>; readonly rest: ReadonlyArray<Item> } {
    const here = (digest: Digest): boolean => refs.get(digest)!.stamp !== null
    const offered = new Map(items.map((item) => [item.digest, item]))
    const awaited = (parent: Digest): boolean => !shallow || this.waiting.has(parent) || offered.has(parent)
    const among = new Waiting()
    const ready: Array<Item> = []
    for (const item of items) {
      const { digest, bytes, links } = item
      const needs = [...links.links, ...links.parents.filter(awaited)]
      const absent = new Set(here(digest) ? [] : needs.filter((each) => !here(each)))
      if (absent.size > 0) among.add(digest, absent)
      else if (bytes !== null || here(digest)) ready.push(item)
    }
    for (let at = 0; at < ready.length; at++)
      for (const digest of among.arrive(ready[at]!.digest)) ready.push(offered.get(digest)!)
    return { ready, rest: items.filter(({ digest }) => among.has(digest)) }
  }

  private async put(ready: ReadonlyArray<Item>, refs: ReadonlyMap<Digest, Ref>): Outcome<void> {
    if (ready.length === 0) return done
    const entering = new Set<Digest>()
    const puts: Array<Put> = []
    const shortened = new Set<Digest>()
    for (const item of ready) {
      const { links, parents } = item.links
      const there = parents.filter((each) => refs.get(each)!.stamp !== null || entering.has(each))
      entering.add(item.digest)
      if (there.length < parents.length) shortened.add(item.digest)
      if (item.bytes === null) continue
      puts.push({
        ref: refs.get(item.digest)!,
        bytes: item.bytes,
        links: links.map((each) => refs.get(each)!),
        ...(there.length === 0 ? {} : { parents: there.map((each) => refs.get(each)!) }),
      })
    }
    const below = new Set(this.folds ? ready.flatMap(({ links }) => links.links) : [])
    const pins = [...entering].filter((each) => !below.has(each) && !this.pinned.has(each))
    const unpins = [...below].filter((each) => this.pinned.has(each))
    const receipt = await this.store.transact({ puts, pins, unpins })()
    if (receipt._tag === 'Left') return receipt
    for (const each of pins) this.pinned.add(each)
    for (const each of unpins) this.pinned.delete(each)
    const added = new Set(receipt.right.added)
    this.added += added.size
    this.known += ready.length - added.size
    for (const { ref, bytes } of puts) {
      if (!added.has(ref.digest)) continue
      this.bytes += bytes.length
      if (shortened.has(ref.digest)) this.ended++
    }
    return done
  }

  /** What comes of a batch whose transaction is acknowledged. */
  private async follow(
    ready: ReadonlyArray<Item>,
    rest: ReadonlyArray<Item>,
    refs: ReadonlyMap<Digest, Ref>,
  ): Outcome<Placed> {
    const entered = new Set(ready.map(({ digest }) => digest))
    const due = ready.flatMap(({ digest }) => this.waiting.arrive(digest))
    const missed = rest.flatMap(({ digest, links }) => {
      const absent = [...links.links, ...links.parents].filter(
        (each) => refs.get(each)!.stamp === null && !entered.has(each),
      )
      return this.waiting.add(digest, new Set(absent))
    })
    const staged = await this.stage(
      rest.flatMap(({ digest, bytes, staged }) => (staged ? [] : [{ cid: binaryOf(digest), bytes: bytes! }])),
    )
    if (staged._tag === 'Left') return staged
    const leave: Array<Uint8Array> = []
    for (const { digest, bytes, staged } of ready) {
      if (!staged || bytes === null) continue
      const cid = binaryOf(digest)
      ;(this.fresh.delete(keyOf(cid)) ? leave : this.taken).push(cid)
    }
    const left = await this.unstage(leave)
    return left._tag === 'Left' ? left : E.right({ due, missed })
  }

  private async unstage(cids: ReadonlyArray<Uint8Array>): Promise<E.Either<StoreFailed, void>> {
    return cids.length === 0 ? done : this.staging.unstage(cids)()
  }

  // -----------------------------------------------------------------------------------------------
  // ending
  // -----------------------------------------------------------------------------------------------

  /** Those of some blocks that are in the store. */
  async there(digests: ReadonlyArray<Digest>): Promise<E.Either<StoreFailed, ReadonlyArray<Digest>>> {
    const refs = digests.map(ref)
    const stamp = await this.store.locate(refs)()
    if (stamp._tag === 'Left') return stamp
    return E.right(refs.filter((each) => each.stamp === stamp.right).map(({ digest }) => digest))
  }

  /** Exchanges what this intake holds for what the caller wants held, in one transaction. */
  async finish(keep: Pick<Transaction, 'pins' | 'heads'>): Outcome<void> {
    const { pins = [], heads = [] } = keep
    const exchanged = await this.store.transact({ pins, heads, unpins: [...this.pinned] })()
    if (exchanged._tag === 'Left') return exchanged
    this.pinned.clear()
    return this.unstage(this.taken)
  }

  /** What it holds by pins; where it folds, all that it has let in is in reach of these. */
  tops(): ReadonlyArray<Digest> {
    return [...this.pinned]
  }

  counts(): Counts {
    const { added, known, bytes, foreign, ended, waiting } = this
    return { added, known, bytes, waiting: waiting.size, foreign, ended }
  }

  /** Lets go of all that it holds, and takes out of the staging what it put there. */
  async abandon(): Outcome<void> {
    const released = await this.store.transact({ unpins: [...this.pinned] })()
    const unstaged = await this.unstage([...this.fresh.values()])
    return released._tag === 'Left' ? released : unstaged
  }

  /** Lets go of one block, wherever it is. */
  async drop(digest: Digest): Outcome<void> {
    this.waiting.forget(digest)
    const unstaged = await this.unstage([binaryOf(digest)])
    if (unstaged._tag === 'Left' || !this.pinned.has(digest)) return unstaged
    const released = await this.store.transact({ unpins: [digest] })()
    if (released._tag === 'Left') return released
    this.pinned.delete(digest)
    return done
  }
}

const present = (items: ReadonlyArray<Item>): ReadonlyArray<Item> =>
  items.filter(({ bytes }) => bytes !== null)
