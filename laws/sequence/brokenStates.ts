/** States whose sequences are wrong, each in one way, and chunkers that keep little: what the laws must reject. */
import * as O from 'fp-ts/lib/Option.js'
import { hash } from '../../src/data/Hasher.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as State from '../../src/trie/State.js'
import type { Pieces } from './instanceLaws.js'
import type { Run } from './Kind.js'

type Path = ReadonlyArray<string | number>
type Subject = typeof State
type Broken = { readonly law: string; readonly subject: Subject }

const wrong = (law: string, defect: object): Broken => ({ law, subject: { ...State, ...defect } as Subject })

const edited = new WeakSet<State.State>()
const marked = (state: State.State): State.State => {
  edited.add(state)
  return state
}

const passing = (path: Path, at: number, n: number, run: never) => (state: State.State) =>
  Fetch.orElseW(() => Fetch.of(state))(State.splice(path, at, n, run)(state))

export const states: Readonly<Record<string, Broken>> = {
  'remembers an edit in its digest': wrong('in a state: equal content has one digest after every edit', {
    splice: (path: Path, at: number, n: number, run: never) => (state: State.State) =>
      Fetch.map(marked)(State.splice(path, at, n, run)(state)),
    digest: (state: State.State) => (edited.has(state) ? 'edited' : State.digest(state)),
  }),
  'splices one too far on': wrong('in a state: equal content has one digest after every edit', {
    splice: (path: Path, at: number, n: number, run: never) =>
      State.splice(path, at === 0 ? 0 : at - 1, n, run),
  }),
  'measures a length in bytes': wrong('text in a state are read in parts as the model is', {
    length: (path: Path) => (state: State.State) =>
      Fetch.flatMap(State.get(path)(state), (value) =>
        O.isSome(value) && typeof value.value === 'string'
          ? Fetch.of(Buffer.byteLength(value.value))
          : State.length(path)(state),
      ),
  }),
  'slices to the end': wrong('are read in parts as the model is', {
    slice: (path: Path, from: number) => (state: State.State) =>
      Fetch.flatMap(State.length(path)(state), (end) => State.slice(path, from, end)(state)),
  }),
  'sets nothing past the end': wrong(
    'items set and removed one by one are as if they had been there from the start',
    {
      set: (path: Path, value: unknown) => (state: State.State) =>
        Fetch.flatMap(State.has(path)(state), (there) =>
          there ? State.set(path, value)(state) : Fetch.of(state),
        ),
    },
  ),
  'passes over what it cannot splice': wrong('parts that are not there are refused, and the state stays', {
    splice: passing,
  }),
  'reads on where a block is forged': wrong('a knot that disagrees with its parts is refused', {
    get: (path: Path) => (state: State.State) =>
      Fetch.orElseW(() => Fetch.of(O.none))(State.get(path)(state)),
  }),
  'believes what a knot says': wrong(
    'what is read from a forged sequence is as long as it says, or refused',
    {
      length: (path: Path) => (state: State.State) =>
        Fetch.map((n: number) => n + 1)(State.length(path)(state)),
    },
  ),
}

const digests = (runs: ReadonlyArray<Run>): ReadonlySet<string> =>
  new Set(runs.map((run) => hash(new TextEncoder().encode(JSON.stringify(run)))))

const every = (run: Run, n: number, from = 0): ReadonlyArray<Run> =>
  Array.from({ length: Math.ceil((run.length - from) / n) }, (_, i) =>
    run.slice(from + i * n, from + (i + 1) * n),
  )

const spliced = (before: Run, at: number, count: number, content: Run): Run =>
  typeof before === 'string'
    ? before.slice(0, at) + content + before.slice(at + count)
    : [...before.slice(0, at), ...content, ...before.slice(at + count)]

/** Chunkers that an edit makes start anew. */
export const chunkers: Readonly<Record<string, Pieces>> = {
  'cuts by length': (before, at, count, content) => ({
    before: digests(every(before, 500)),
    after: digests(every(spliced(before, at, count, content), 500)),
  }),
  'names pieces by their place': (before, at, count, content) => ({
    before: digests(every(before, 500).map((piece, i) => [i, piece])),
    after: digests(every(spliced(before, at, count, content), 500).map((piece, i) => [i, piece])),
  }),
  'cuts nothing': (before, at, count, content) => ({
    before: digests([before]),
    after: digests([spliced(before, at, count, content)]),
  }),
}
