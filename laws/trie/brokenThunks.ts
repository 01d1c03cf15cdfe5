/** Broken thunks, for their laws to reject. */
import * as Thunk from '../../src/trie/Thunk.js'
import type { Thunks } from './thunkLaws.js'

type Any = Thunk.Thunk<unknown>

const wrong = (parts: object): Thunks => ({ ...Thunk, ...parts }) as unknown as Thunks

/** Plain functions: nothing is kept, and the stack is the machine's. */
const functions = {
  of: (a: unknown) => () => a,
  lazy: (f: () => unknown) => f,
  defer: (f: () => () => unknown) => () => f()(),
  force: (f: () => unknown) => f(),
  isForced: () => true,
  map: (g: (a: unknown) => unknown) => (f: () => unknown) => () => g(f()),
  chain: (g: (a: unknown) => () => unknown) => (f: () => unknown) => () => g(f())(),
  ap: (fa: () => unknown) => (fab: () => (a: unknown) => unknown) => () => fab()(fa()),
  Comonad: {
    extract: (f: () => unknown) => f(),
    extend: (f: () => unknown, g: (f: () => unknown) => unknown) => () => g(f),
  },
}

/** @category zoo */
export const thunks: Readonly<Record<string, Thunks>> = {
  'is a plain function, run each time': functions as unknown as Thunks,
  'runs at once': wrong({ lazy: (f: () => unknown) => Thunk.of(f()) }),
  'maps twice': wrong({ map: (f: (a: unknown) => unknown) => (t: Any) => Thunk.map((a) => f(f(a)))(t) }),
  'binds to the wrong value': wrong({
    chain: (f: (a: unknown) => Any) => Thunk.chain((a) => f(typeof a === 'number' ? a + 1 : a)),
  }),
  'applies nothing': wrong({ ap: (fa: Any) => () => fa }),
  'extends from the wrong end': wrong({
    Comonad: { ...Thunk.Comonad, extend: (wa: Any) => wa },
  }),
  'takes undefined for not yet': wrong({
    lazy: (f: () => unknown) => {
      const box: { value: unknown } = { value: undefined }
      return Thunk.defer(() => again(box, f))
    },
    force: (t: Any) => {
      const value = Thunk.force(t)
      return value instanceof Again ? value.get() : value
    },
  }),
  'keeps what was thrown': wrong({
    map: (f: (a: unknown) => unknown) => (t: Any) => {
      let thrown: unknown = null
      return Thunk.map((a) => {
        if (thrown !== null) throw thrown
        try {
          return f(a)
        } catch (e) {
          thrown = e
          throw e
        }
      })(t)
    },
  }),
}

/** A value that is computed again as long as it is undefined. */
class Again {
  readonly get: () => unknown
  constructor(get: () => unknown) {
    this.get = get
  }
}

const again = (box: { value: unknown }, f: () => unknown): Any => {
  const value = (box.value ??= f())
  return Thunk.of(value === undefined || value === null ? new Again(() => (box.value ??= f())) : value)
}
