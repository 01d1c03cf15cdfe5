/**
 * Parts of lists, texts and bytes as they stand in slots: reading a range, and replacing one.
 */
import { type InvalidValue, invalidValue, type OutOfRange, outOfRange } from '../../data/Failure.js'
import * as Fetch from '../Fetch.js'
import { INLINE_LIMIT } from './block.js'
import { ITEMS } from './chunker.js'
import { here, type LoadFailure } from './load.js'
import { BYTES, Knot, LIST, type Run, type Sequence, type SequenceKind, type Slot, TEXT } from './node.js'
import { COMPONENT } from './place.js'
import type { Standing } from './read.js'
import { ITEM_PLACE, isSequence, join, kindOf, locate, rangeOf, runOf, sequenceOf } from './sequence.js'
import { isComponent, isInlineList, listSlot, sequenceSlot } from './slot.js'

/** The kind of a run, or `null` for what is none. */
export const kindOfRun = (run: unknown): SequenceKind | null =>
  typeof run === 'string' ? TEXT : Array.isArray(run) ? LIST : run instanceof Uint8Array ? BYTES : null

/** The sequence that stands in a slot, inline or not; `null` where something else stands. */
export const sequenceIn = (slot: Standing): Fetch.Fetch<LoadFailure, Sequence | null> => {
  if (isComponent(slot as Slot)) {
    return Fetch.map((node: unknown) => (isSequence(node as never) ? (node as Sequence) : null))(
      here(slot as never, COMPONENT),
    )
  }
  const kind = kindOfRun(slot)
  return Fetch.of(kind === null ? null : sequenceOf(kind, slot as Run))
}

/** Whether something can begin or end there. */
export const isPosition = (i: number, size: number): boolean => Number.isInteger(i) && i >= 0 && i <= size

/** Why `from` up to `to` is no range of a sequence, or `null`. */
const rangeFault = (root: Sequence, from: number, to: number): OutOfRange | null => {
  if (!isPosition(to, root.size)) return outOfRange(to, root.size)
  return isPosition(from, to) ? null : outOfRange(from, root.size)
}

/** Whether a position of a text stands between the two halves of a character. */
const insideCharacter = (root: Sequence, i: number): Fetch.Fetch<LoadFailure, boolean> =>
  kindOf(root) !== TEXT || i === 0 || i === root.size
    ? Fetch.of(false)
    : Fetch.flatMap(locate(root, i, 0), ({ chunk, offset }) => {
        const unit = (chunk.run as string).charCodeAt(offset)
        return Fetch.of(unit >= 0xdc00 && unit < 0xe000)
      })

const whole = (root: Sequence, from: number, to: number): Fetch.Fetch<LoadFailure | InvalidValue, void> =>
  Fetch.flatMap(
    Fetch.both(insideCharacter(root, from), insideCharacter(root, to), (x, y) => (x ? from : y ? to : -1)),
    (split): Fetch.Fetch<InvalidValue, void> =>
      split < 0 ? Fetch.of(undefined) : Fetch.fail(invalidValue([split], 'a position inside a character')),
  )

/**
 * Whether a list of more than one chunk may be short enough to stand in its parent: an item takes a byte at least, and
 * a part that is not the last weighs `ITEMS.min`, its items' places in it counted.
 */
const mayBeShort = ({ of, children }: Knot): boolean => {
  if (of !== LIST) return false
  let least = 0
  for (const [i, { size }] of children.entries()) {
    least += i === children.length - 1 ? size : Math.max(size, ITEMS.min - ITEM_PLACE * size)
    if (least > INLINE_LIMIT) return false
  }
  return true
}

/** The slot of a sequence that was edited: a short one goes back into its parent, for which it is loaded. */
export const slotOfEdited = (root: Sequence): Fetch.Fetch<LoadFailure, Slot> =>
  root instanceof Knot && mayBeShort(root)
    ? Fetch.flatMap(runOf(root), (run) => {
        const slot = listSlot((run as ReadonlyArray<Slot>).slice())
        return Fetch.of(isInlineList(slot) ? slot : (root as Slot))
      })
    : Fetch.of(sequenceSlot(root))

export type SpliceFailure = LoadFailure | OutOfRange | InvalidValue

/** The slot of a part of a sequence. */
export const sliced = (root: Sequence, from: number, to: number): Fetch.Fetch<SpliceFailure, Slot> => {
  const fault = rangeFault(root, from, to)
  if (fault !== null) return Fetch.fail(fault)
  return Fetch.flatMap(whole(root, from, to), () =>
    Fetch.flatMap(rangeOf(root, from, to), (run) => slotOfEdited(sequenceOf(kindOf(root), run))),
  )
}

/** The slot of a sequence with `count` elements from a position on replaced by a run. */
export const spliced = (
  root: Sequence,
  position: number,
  count: number,
  run: Run,
): Fetch.Fetch<SpliceFailure, Slot> => {
  const fault = isPosition(position, root.size)
    ? rangeFault(root, position, typeof count === 'number' ? position + count : Number.NaN)
    : outOfRange(position, root.size)
  if (fault !== null) return Fetch.fail(fault)
  return Fetch.flatMap(whole(root, position, position + count), () =>
    Fetch.flatMap(join(kindOf(root), root, position, run, root, position + count), slotOfEdited),
  )
}
