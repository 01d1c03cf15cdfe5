/** Two sides' changes of one list, text or bytes, as splices of what both began with. */
import * as V from '../../data/Value.js'
import type { Content, Operation } from '../../trie/Patch.js'

/** At `position`, `inserted` stands where `removed` was; positions are those of the beginning. */
export interface Splice {
  readonly position: number
  readonly removed: Content
  readonly inserted: Content
}

/** Whether two contents are of one kind. */
const alike = (x: unknown, y: unknown): boolean =>
  (typeof x === 'string' && typeof y === 'string') ||
  (x instanceof Uint8Array && y instanceof Uint8Array) ||
  (Array.isArray(x) && Array.isArray(y))

const same = (x: Content, y: Content, i: number, j: number): boolean =>
  Array.isArray(x) ? V.equals(x[i], (y as ReadonlyArray<V.Value>)[j]!) : x[i] === y[j]

const isLow = (run: Content, i: number): boolean => {
  const unit = typeof run === 'string' ? run.charCodeAt(i) : 0
  return unit >= 0xdc00 && unit < 0xe000
}

/** The one splice that leads from one content to another: what stands between their common ends. */
const trimmed = (before: Content, after: Content): Splice => {
  const least = Math.min(before.length, after.length)
  let from = 0
  while (from < least && same(before, after, from, from)) from++
  // No splice begins or ends inside a character.
  if (from > 0 && (isLow(before, from) || isLow(after, from))) from--
  let [x, y] = [before.length, after.length]
  while (x > from && y > from && same(before, after, x - 1, y - 1)) {
    x--
    y--
  }
  if (isLow(before, x) || isLow(after, y)) {
    x++
    y++
  }
  return { position: from, removed: before.slice(from, x), inserted: after.slice(from, y) }
}

/** What one side's operations at a path are as splices, by ascending position, or null if they are something else. */
export const splicesOf = (operations: ReadonlyArray<Operation>): ReadonlyArray<Splice> | null => {
  const found: Array<Splice> = []
  for (const operation of operations) {
    if (operation.op === 'splice') found.push(operation)
    else if (operation.op === 'change' && alike(operation.before, operation.after)) {
      found.push(trimmed(operation.before as Content, operation.after as Content))
    } else return null
  }
  return found.sort((x, y) => x.position - y.position)
}

const touch = (x: Splice, y: Splice): boolean =>
  x.position <= y.position + y.removed.length && y.position <= x.position + x.removed.length

const equal = (x: Splice, y: Splice): boolean =>
  x.position === y.position &&
  V.equals(x.removed as V.Value, y.removed as V.Value) &&
  V.equals(x.inserted as V.Value, y.inserted as V.Value)

/**
 * Their splices as they are after ours, the last one first, so that none moves another; null where the two sides touch.
 * A splice that both have made counts once. O(ours · theirs).
 */
export const after = (
  ours: ReadonlyArray<Splice>,
  theirs: ReadonlyArray<Splice>,
): ReadonlyArray<Splice> | null => {
  const moved: Array<Splice> = []
  const alone = ours.filter((own) => !theirs.some((splice) => equal(own, splice)))
  for (const splice of theirs) {
    if (ours.some((own) => equal(own, splice))) continue
    if (alone.some((own) => touch(own, splice))) return null
    const shift = ours
      .filter((own) => own.position < splice.position)
      .reduce((sum, own) => sum + own.inserted.length - own.removed.length, 0)
    moved.unshift({ ...splice, position: splice.position + shift })
  }
  return moved
}
