/** Patches that are wrong, each in one way, and the law that says so: the library's own with a defect put in. */
import * as E from 'fp-ts/lib/Either.js'
import * as Codec from '../../src/data/Codec.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as Patch from '../../src/trie/Patch.js'
import * as State from '../../src/trie/State.js'
import type { Patches } from './patchPairs.js'

type Broken = { readonly law: string; readonly subject: Patches }

const wrong = (law: string, defect: object): Broken => ({ law, subject: { ...Patch, ...defect } as Patches })

const differing = (f: (patch: Patch.Patch) => Patch.Patch) => ({
  diff: (a: State.State, b: State.State) => Fetch.map(f)(Patch.diff(a, b)),
})

const reading = (both: (a: State.State, b: State.State) => ReadonlyArray<State.State>) => ({
  diff: (a: State.State, b: State.State) =>
    Fetch.flatMap(Fetch.all(both(a, b).map(State.toJson)), () => Patch.diff(a, b)),
})

const splices = (patch: Patch.Patch): Patch.Patch => patch.filter(({ op }) => op === 'splice')

export const patches: Readonly<Record<string, Broken>> = {
  'misses a splice': wrong(
    'apply(diff(a, b))(a) is b',
    differing((patch) => patch.filter((operation) => operation !== splices(patch)[0])),
  ),
  'puts splices in ascending order': wrong(
    'apply(diff(a, b))(a) is b',
    differing((patch) => [...patch.filter(({ op }) => op !== 'splice'), ...splices(patch).toReversed()]),
  ),
  'inverts in the order of the patch': wrong('a patch and its inverse lead there and back', {
    invert: (patch: Patch.Patch) => Patch.invert(patch).toReversed(),
  }),
  'inverts no splices': wrong('a patch and its inverse lead there and back', {
    invert: (patch: Patch.Patch) =>
      patch
        .toReversed()
        .map((operation) => (operation.op === 'splice' ? operation : Patch.invert([operation])[0]!)),
  }),
  'composes the other way round': wrong('patches compose as their application does', {
    compose: (p: Patch.Patch, q: Patch.Patch) => Patch.compose(q, p),
  }),
  'forgets all beside an empty one': wrong('patches are a monoid', {
    Monoid: {
      ...Patch.Monoid,
      concat: (p: Patch.Patch, q: Patch.Patch) =>
        p.length === 0 || q.length === 0 ? [] : Patch.compose(p, q),
    },
  }),
  'tells by order what was loaded': wrong('a patch does not tell where a state lives', {
    diff: (a: State.State, b: State.State) => {
      const found = Patch.diff(a, b)
      return found._tag === 'Blocked' ? Fetch.map((patch: Patch.Patch) => patch.toReversed())(found) : found
    },
  }),
  'finds changes in what is equal': wrong('the diff of equal states is empty', {
    diff: (a: State.State, b: State.State) =>
      a.equals(b) ? Fetch.of([{ op: 'add', path: ['x'], after: 1 }]) : Patch.diff(a, b),
  }),
  'throws where it does not fit': wrong(
    'a patch for another state is refused or applied, and the state stays',
    {
      apply: (patch: Patch.Patch) => (state: State.State) =>
        Fetch.mapLeft((failure: unknown) => ({ _tag: 'Thrown', failure }))(Patch.apply(patch)(state)),
    },
  ),
  'reads both states': wrong(
    'a diff reads O((changes + 1) · depth) blocks',
    reading((a, b) => (a.equals(b) ? [] : [a, b])),
  ),
  'reads what is equal': wrong(
    'a diff of equal states reads nothing',
    reading((a, b) => (a.equals(b) ? [a] : [])),
  ),
  'writes the last operation first': wrong('decode(encode(p)) is p, and encode(decode(b)) is b', {
    encode: (patch: Patch.Patch) => Patch.encode(patch.toReversed()),
  }),
  'writes no bytes': wrong('every operation can be written and read', {
    encode: (patch: Patch.Patch) =>
      Patch.encode(patch.filter((o) => !('removed' in o) || !(o.removed instanceof Uint8Array))),
  }),
  'reads anything': wrong('what is no patch is a mismatch', {
    decode: (bytes: Uint8Array) => E.map((value) => value as never)(Codec.decode(bytes)),
  }),
  'reads any list': wrong('any other value is a mismatch', {
    decode: (bytes: Uint8Array) => E.orElse(() => Codec.decode(bytes) as never)(Patch.decode(bytes)),
  }),
  'says yes to everything': wrong('what no bytes can say is refused', {
    PatchFromValue: Object.create(Patch.PatchFromValue, { is: { value: () => true } }),
  }),
  'says that broken bytes are no patch': wrong('bytes that are not canonical are malformed', {
    decode: (bytes: Uint8Array) =>
      E.mapLeft(() => ({ _tag: 'Mismatch', path: [], errors: [] }))(Patch.decode(bytes)),
  }),
  'escapes no pointers': wrong('a patch as JSON Patch does to plain JSON what it does to the state', {
    toJsonPatch: (patch: Patch.Patch) => (state: State.State) =>
      Fetch.map((operations: ReadonlyArray<Patch.JsonOperation>) =>
        operations.map((o) => ({ ...o, path: o.path.replaceAll('~1', '/').replaceAll('~0', '~') })),
      )(Patch.toJsonPatch(patch)(state)),
  }),
}
