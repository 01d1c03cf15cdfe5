/**
 * A family is the references that grew from one opened root.
 *
 * Inside it lineage is strong; outside it holds only integers and digests: what it has pinned. So a branch registers
 * itself with a few pointer writes and three increments, and one finalizer serves the whole family: a reference that
 * was dropped without release goes when all of its family has gone.
 */
import type { Digest } from '../../data/Digest.js'
import type { Ref } from '../../data/Ref.js'
import type { State } from '../../trie/State.js'

/** A state and how many references hold it; more than one, and it is shared. */
export class Cell {
  state: State
  holders = 1
  constructor(state: State) {
    this.state = state
  }
}

/** The block that names a committed state in a history, and its place there. */
export interface Mark {
  readonly ref: Ref
  readonly generation: number
}

/** A committed state that references grew from. */
export class Base {
  readonly digest: Digest | null
  /** Of two commits of one reference the one that began later has the greater. */
  readonly order: number
  /** The last one of its history, if it has one. */
  readonly mark: Mark | null
  constructor(digest: Digest | null, order = 0, mark: Mark | null = null) {
    this.digest = digest
    this.order = order
    this.mark = mark
  }
}

/**
 * What a family has pinned: whatever a state that was read from one of its references may load. So a pin goes with the
 * family, or when it is told to (`keepOnly`), and not with the commit after it. Holds nothing of the family itself.
 */
export class Pins {
  /** Digests to unpin with the next transaction of the store. */
  readonly released: Array<Digest>
  private readonly held = new Set<Digest>()
  constructor(released: Array<Digest>) {
    this.released = released
  }
  get size(): number {
    return this.held.size
  }
  has(digest: Digest): boolean {
    return this.held.has(digest)
  }
  /** Takes over a pin; one too many is given back. */
  hold(digest: Digest): void {
    if (this.held.has(digest)) this.released.push(digest)
    else this.held.add(digest)
  }
  keepOnly(digests: ReadonlySet<Digest>): void {
    for (const digest of this.held) {
      if (digests.has(digest)) continue
      this.held.delete(digest)
      this.released.push(digest)
    }
  }
}

/** What the family keeps of its members: a tree of sibling lists. */
export abstract class Member {
  family: Family
  parent: Member | null
  first: Member | null = null
  previous: Member | null = null
  next: Member | null = null
  generation: number
  /** `null` once released. */
  cell: Cell | null
  base: Base
  constructor(family: Family, parent: Member | null, generation: number, cell: Cell, base: Base) {
    this.family = family
    this.parent = parent
    this.generation = generation
    this.cell = cell
    this.base = base
    family.live++
    const next = parent === null ? family.first : parent.first
    this.next = next
    if (next !== null) next.previous = this
    if (parent === null) family.first = this
    else parent.first = this
  }
}

export class Family {
  readonly pins: Pins
  /** References that are not released. */
  live = 0
  /** Members without a living parent, the youngest first. */
  first: Member | null = null
  readonly onEmpty: (family: Family) => void
  constructor(pins: Pins, onEmpty: (family: Family) => void) {
    this.pins = pins
    this.onEmpty = onEmpty
  }
}

/** The members directly below, the eldest first. */
export const below = (first: Member | null): ReadonlyArray<Member> => {
  const members: Array<Member> = []
  for (let at = first; at !== null; at = at.next) members.push(at)
  return members.reverse()
}

/** All members that live. O(members). */
export const membersOf = (family: Family): ReadonlyArray<Member> => {
  const found: Array<Member> = []
  const stack = [...below(family.first)]
  for (let member = stack.pop(); member !== undefined; member = stack.pop()) {
    found.push(member)
    stack.push(...below(member.first))
  }
  return found
}

/** Replaces what a reference grew from, unless that is of a later commit. */
export const rebase = (member: Member, base: Base): void => {
  if (base.order < member.base.order) return
  member.base = base
}

/** Takes a member out of its family. Its children go to its parent. O(children); does nothing the second time. */
export const leave = (member: Member): void => {
  const { family, cell, parent } = member
  if (cell === null) return
  member.cell = null
  cell.holders--
  for (const child of below(member.first)) adopt(child, family, parent)
  member.first = null
  unlink(member, family, parent)
  member.parent = null
  if (--family.live === 0) family.onEmpty(family)
}

const unlink = (member: Member, family: Family, parent: Member | null): void => {
  if (member.previous !== null) member.previous.next = member.next
  else if (parent !== null) parent.first = member.next
  else family.first = member.next
  if (member.next !== null) member.next.previous = member.previous
  member.previous = null
  member.next = null
}

const adopt = (child: Member, family: Family, parent: Member | null): void => {
  const next = parent === null ? family.first : parent.first
  child.parent = parent
  child.previous = null
  child.next = next
  if (next !== null) next.previous = child
  if (parent === null) family.first = child
  else parent.first = child
}
