/**
 * A `TextFile` is a text with the places where its lines begin, so that a line is found at once; a splice makes only the lines
 * anew that it touches.
 *
 * Laws: `factoryLaws`.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { TextFile } from 'coppice'
 *
 * const file = TextFile.fromText('one\ntwo\n')
 * assert.strictEqual(TextFile.lineCount(file), 3)
 * assert.strictEqual(TextFile.line(1)(file), 'two')
 * assert.strictEqual(TextFile.lineAt(5)(file), 1)
 * ```
 */
import * as t from 'io-ts'
import { invalidPath } from '../../data/Failure.js'
import * as Fetch from '../../trie/Fetch.js'
import type { Patch } from '../../trie/Patch.js'
import * as Component from '../Component.js'
import * as Factory from '../Factory.js'

export interface TextFile {
  readonly text: string
  /** Where each line begins, in UTF-16 code units; the first is 0. */
  readonly starts: ReadonlyArray<number>
}

/** Where lines begin behind the line feeds of a text that stands at `offset`. */
const startsIn = (text: string, offset: number): Array<number> => {
  const starts: Array<number> = []
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(offset + at + 1)
  return starts
}

const file = (text: string, starts: ReadonlyArray<number>): TextFile =>
  Object.freeze({ text, starts: Object.freeze(starts) })

/** O(length). @category constructors */
export const fromText = (text: string): TextFile => file(text, [0, ...startsIn(text, 0)])

/** Lines, the one behind the last line feed among them. O(1). */
export const lineCount = ({ starts }: TextFile): number => starts.length

/** A line without its line feed; `''` where there is none. O(its length). */
export const line =
  (index: number) =>
  ({ text, starts }: TextFile): string => {
    const from = starts[index]
    if (from === undefined) return ''
    const next = starts[index + 1]
    return text.slice(from, next === undefined ? text.length : next - 1)
  }

/** The first line that begins behind a position. */
const lineAfter = (starts: ReadonlyArray<number>, position: number): number => {
  let low = 0
  let high = starts.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (starts[middle]! <= position) low = middle + 1
    else high = middle
  }
  return low
}

/** The line that a position is in. O(log lines). */
export const lineAt =
  (position: number) =>
  ({ starts }: TextFile): number =>
    Math.max(0, lineAfter(starts, position) - 1)

/** The file with a stretch of its text replaced. O(lines), with little for each. */
export const splice =
  (position: number, count: number, inserted: string) =>
  ({ text, starts }: TextFile): TextFile => {
    const before = lineAfter(starts, position)
    const behind = lineAfter(starts, position + count)
    const shift = inserted.length - count
    const next = starts.slice(0, before)
    for (const start of startsIn(inserted, position)) next.push(start)
    for (let i = behind; i < starts.length; i++) next.push(starts[i]! + shift)
    return file(text.slice(0, position) + inserted + text.slice(position + count), next)
  }

const applyDelta = (object: TextFile, patch: Patch): Fetch.Fetch<Factory.ReadFailure, TextFile> => {
  let result = object
  for (const operation of patch) {
    const { op, path } = operation
    if (path.length > 0) return Fetch.fail(invalidPath(path, 'a text has no parts'))
    if (op === 'splice' && typeof operation.inserted === 'string') {
      result = splice(operation.position, operation.removed.length, operation.inserted)(result)
    } else if (op === 'change' && typeof operation.after === 'string') result = fromText(operation.after)
    else return Fetch.fail(invalidPath(path, 'no longer a text'))
  }
  return Fetch.of(result)
}

/** Of a text; anything else is a `Mismatch`. @category factories */
export const factory: Factory.Factory<TextFile, string> = Factory.pure({
  type: Factory.type<TextFile>('text file'),
  read: Component.typed(t.string),
  create: fromText,
  estimateSize: ({ text, starts }) => 100 + 2 * text.length + 8 * starts.length,
  applyDelta,
})
