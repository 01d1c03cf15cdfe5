import type * as E from 'fp-ts/lib/Either.js'
import { Sequence, type Value } from '../../../src/index.js'
import { numberOf, type Peer } from '../Peer.js'

const must = <A>(result: E.Either<unknown, A>): A => {
  if (result._tag === 'Left') throw new Error('an edit was refused')
  return result.right
}

const peer = <R extends Sequence.Content>(
  build: (content: R) => Sequence.Sequence<R>,
  number: (element: Sequence.Element<R>) => number,
): Peer<Sequence.Sequence<R>> => ({
  build: (content) => build(content as unknown as R),
  get: (sequence, i) => {
    const found = Sequence.get(i)(sequence)
    return found._tag === 'Some' ? number(found.value) : Number.NaN
  },
  append: (sequence, run) => must(Sequence.append(run as unknown as R)(sequence)),
  set: (sequence, i, run) => must(Sequence.splice(i, run.length, run as unknown as R)(sequence)),
  insert: (sequence, i, run) => must(Sequence.insert(i, run as unknown as R)(sequence)),
  remove: (sequence, i, count) => must(Sequence.remove(i, count)(sequence)),
  concat: (a, b) => Sequence.concat(b)(a),
  iterate: (sequence) => {
    let sum = 0
    for (const element of Sequence.elements()(sequence)) sum += number(element)
    return sum
  },
  size: ({ size }) => size,
})

export const items = peer<ReadonlyArray<Value.Value>>((run) => must(Sequence.fromItems(run)), numberOf)
export const text = peer<string>(
  (run) => must(Sequence.fromText(run)),
  (unit) => unit.charCodeAt(0),
)
export const bytes = peer<Uint8Array>(Sequence.fromBytes, (byte) => byte as unknown as number)
