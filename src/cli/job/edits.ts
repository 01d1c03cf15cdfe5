/** Seeded edits: lines inserted, changed and deleted; in files that are not text, runs of bytes. */
import type { Chance } from './chance.js'
import type { Content } from './workspace.js'

/** Edits of one file at most, one at least. */
const MOST = 4

/** What lines are made of. */
export const WORDS: readonly [string, ...string[]] = [
  ...(['agent', 'branch', 'buffer', 'cache', 'check', 'count', 'cursor', 'delta', 'entry', 'error'] as const),
  ...(['event', 'field', 'index', 'input', 'label', 'limit', 'merge', 'model', 'order', 'parse'] as const),
  ...(['queue', 'range', 'result', 'route', 'scope', 'state', 'store', 'table', 'token', 'value'] as const),
] as readonly string[] as readonly [string, ...string[]]

export const word = (dice: Chance): string => dice.pick(WORDS)

/** A line such as somebody who works on a program writes. */
export const line = (dice: Chance): string => {
  const indent = ' '.repeat(2 * dice.below(4))
  const [a, b, c] = [word(dice), word(dice), word(dice)]
  const n = dice.below(10_000)
  return dice.pick([
    `${indent}const ${a}${n} = ${b}.${c}(${a}, ${n})`,
    `${indent}if (${a}.${b} > ${n}) return ${c}(${a})`,
    `${indent}// ${a} ${n}: the ${b} comes before the ${c}`,
    `${indent}${a}.set('${b}-${n}', { ${b}: ${n}, ${c}: ${a}.${c} })`,
  ])
}

const lines = (dice: Chance, most: number): readonly string[] =>
  Array.from({ length: 1 + dice.below(most) }, () => line(dice))

const editText = (text: string, dice: Chance): string => {
  const all = text.split('\n')
  // The first is no deletion, so that something changes in a file that has nothing to delete.
  for (let left = 1 + dice.below(MOST), kind = dice.below(2); left > 0; left--, kind = dice.below(3)) {
    const at = dice.below(all.length)
    if (kind === 0) all.splice(at, 0, ...lines(dice, 3))
    else if (kind === 1) all.splice(at, 1, line(dice))
    else all.splice(at, 1 + dice.below(2))
  }
  return all.join('\n')
}

const RUN = 64

const editBytes = (bytes: Uint8Array, dice: Chance): Uint8Array => {
  const at = dice.below(bytes.length + 1)
  const inserted = Uint8Array.from({ length: 1 + dice.below(RUN) }, () => dice.below(256))
  const after = bytes.subarray(Math.min(bytes.length, at + dice.below(RUN)))
  const edited = new Uint8Array(at + inserted.length + after.length)
  edited.set(bytes.subarray(0, at))
  edited.set(inserted, at)
  edited.set(after, at + inserted.length)
  return edited
}

/** The content after some edits. The same chance gives the same edits. */
export const edited = (content: Content, dice: Chance): Content =>
  typeof content === 'string' ? editText(content, dice) : editBytes(content, dice)
