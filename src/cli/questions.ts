/**
 * What a proof is about, as people write it: a path, and with `--range 10..20` the part of a list, text or bytes there from
 * position 10 up to position 20, without it. The first position is 0.
 */
import { type Command, InvalidArgumentError } from 'commander'
import * as O from 'fp-ts/lib/Option.js'
import type { Path } from '../data/Failure.js'
import type { Value } from '../data/Value.js'
import * as Fetch from '../trie/Fetch.js'
import * as State from '../trie/State.js'
import type { Question } from '../vst/Proof.js'
import { literal, locate } from './paths.js'
import { isMode } from './values.js'

type Range = NonNullable<Question['range']>

export interface RangeFlags {
  readonly range?: Range
}

const rangeOf = (text: string): Range => {
  const [from, to] = /^(\d{1,15})\.\.(\d{1,15})$/.exec(text)?.slice(1).map(Number) ?? []
  if (from === undefined || to === undefined || to < from) {
    throw new InvalidArgumentError('Wanted: FROM..TO, two positions from 0.')
  }
  return { from, to }
}

export const rangeOption = (command: Command): Command =>
  command.option(
    '--range <from..to>',
    'only a part of the list, text or bytes there: from a position, the first is 0, up to another, without it',
    rangeOf,
  )

/** Whether what stands at a path is content beside its permissions, of which a part may be wanted. */
const isEntry = (path: Path, state: State.State): Fetch.Fetch<never, boolean> =>
  Fetch.orElseW(
    // Permissions, and the list in which they stand, are small and on the way: what cannot be read is none.
    () => Fetch.of(false),
  )(
    Fetch.flatMap(State.length(path)(state), (length) =>
      length !== 2
        ? Fetch.of(false)
        : Fetch.map((mode: O.Option<Value>) => O.isSome(mode) && isMode(mode.value))(
            State.get([...path, 0])(state),
          ),
    ),
  )

/** The question in a state; what a path says as JSON is taken as it is. */
export const questionOf =
  (text: string, { range }: RangeFlags) =>
  (state: State.State): Fetch.Fetch<State.LoadFailure, Question> =>
    Fetch.flatMap(locate(text)(state), (path) =>
      range === undefined
        ? Fetch.of({ path })
        : Fetch.map((inside: boolean) => ({ path: inside ? [...path, 1] : path, range }))(
            literal(text) === null ? isEntry(path, state) : Fetch.of(false),
          ),
    )
