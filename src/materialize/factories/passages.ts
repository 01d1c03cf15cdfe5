/**
 * Passages: stretches of whole lines that a text is cut into by its content, so that an edit leaves all passages as they were but
 * a few. Equal texts have equal passages, whatever they were before.
 */

export interface Passage {
  /** Unique in its index. */
  readonly id: number
  readonly path: ReadonlyArray<string>
  readonly text: string
  readonly lines: number
}

/** A line in so many ends a passage. */
const EVERY = 8
/** Lines of a passage, but for the last one of a text. */
const LEAST = 3
const MOST = 32

/** FNV-1a of a stretch of a text. */
const hashOf = (text: string, from: number, to: number): number => {
  let h = 0x811c9dc5
  for (let i = from; i < to; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return (h ^ (h >>> 15)) >>> 0
}

export interface Cut {
  readonly text: string
  readonly lines: number
}

/** The whole text, in order. O(length). */
export const cut = (text: string): ReadonlyArray<Cut> => {
  const cuts: Array<Cut> = []
  let from = 0
  let lines = 0
  let line = 0
  while (line < text.length) {
    const feed = text.indexOf('\n', line)
    const next = feed < 0 ? text.length : feed + 1
    lines++
    if (
      next === text.length ||
      lines === MOST ||
      (lines >= LEAST && hashOf(text, line, next) % EVERY === 0)
    ) {
      cuts.push({ text: text.slice(from, next), lines })
      from = next
      lines = 0
    }
    line = next
  }
  return cuts
}

/** How the passages of a text change: those that stay at both ends are the same objects. */
export interface Change {
  readonly passages: ReadonlyArray<Passage>
  readonly out: ReadonlyArray<Passage>
  readonly in: ReadonlyArray<Passage>
}

/** O(passages) and the length of the new text. */
export const recut = (
  before: ReadonlyArray<Passage>,
  path: ReadonlyArray<string>,
  text: string,
  nextId: () => number,
): Change => {
  const cuts = cut(text)
  const most = Math.min(before.length, cuts.length)
  let head = 0
  while (head < most && before[head]!.text === cuts[head]!.text) head++
  let tail = 0
  while (tail < most - head && before[before.length - 1 - tail]!.text === cuts[cuts.length - 1 - tail]!.text)
    tail++
  const fresh = cuts
    .slice(head, cuts.length - tail)
    .map((piece): Passage => ({ id: nextId(), path, ...piece }))
  return {
    passages: [...before.slice(0, head), ...fresh, ...before.slice(before.length - tail)],
    out: before.slice(head, before.length - tail),
    in: fresh,
  }
}
