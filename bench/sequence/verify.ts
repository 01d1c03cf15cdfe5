/** A subject that answers wrongly must not be timed. */
import type { Fixture } from './Fixture.js'
import { type Content, numberOf } from './Peer.js'

const EDITS = 60

const numbers = (content: Content): number[] =>
  typeof content === 'string'
    ? Array.from({ length: content.length }, (_, i) => content.charCodeAt(i))
    : Array.from(content as ArrayLike<unknown>, numberOf)

/** The first thing that is wrong, or `null`. */
export const fault = <S>({ peer, content, run, step, base }: Fixture<S>): string | null => {
  let model = numbers(content)
  let sequence = base
  for (let k = 0; k < EDITS; k++) {
    const at = (k * 7919) % (model.length - step)
    const added = numbers(run(k))
    if (k % 4 === 0) [sequence, model] = [peer.append(sequence, run(k)), model.concat(added)]
    else {
      const count = k % 4 === 1 ? 0 : step
      if (k % 4 === 1) sequence = peer.insert(sequence, at, run(k))
      else sequence = k % 4 === 2 ? peer.set(sequence, at, run(k)) : peer.remove(sequence, at, step)
      model = model.slice(0, at).concat(k % 4 === 3 ? [] : added, model.slice(at + count))
    }
  }
  if (peer.size(sequence) !== model.length) return 'edits give another length'
  for (let i = 0; i < model.length; i += 97)
    if (peer.get(sequence, i) !== model[i]) return `another item at ${i}`
  const sum = (all: number[]): number => all.reduce((a, b) => a + b, 0)
  if (peer.iterate(sequence) !== sum(model)) return 'iteration gives other items'
  if (peer.iterate(base) !== sum(numbers(content))) return 'an edit changes the sequence that it came from'
  return peer.size(peer.concat(sequence, base)) === model.length + content.length
    ? null
    : 'concat loses items'
}
