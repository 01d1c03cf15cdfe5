/** Which failures the functions say that they give: no more than they can, checked by the compiler. */
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import { expectTypeOf, test } from 'vitest'
import {
  Component,
  type Failure,
  type Fetch,
  Materializer,
  PlainObject,
  Registry,
  SearchIndex,
  TextFile,
} from '../../src/index.js'

type LeftOf<X> = X extends (materializer: Materializer.Materializer) => infer R
  ? R extends IOEither<infer E, unknown>
    ? E
    : R extends TaskEither<infer E, unknown>
      ? E
      : never
  : never

type FailureOf<X> = X extends Fetch.Failed<infer E> ? E : never

type Loading = Failure.Missing | Failure.Corrupt
/** What a factory may read with, `State.slice` among it. */
type Reading = Loading | Failure.InvalidPath | Failure.InvalidValue | Failure.OutOfRange | Failure.Mismatch
type Asking =
  | Reading
  | Failure.UnknownType
  | Failure.FactoryFailed
  | Failure.Cancelled
  | Failure.Released
  | Failure.StoreFailed

test('a request gives those of reading, building and giving up', () => {
  const type = PlainObject.factory.type
  const source = Component.ofValue(1)
  const now = Materializer.now(type, source)
  const later = Materializer.materialize(type, source)
  const ahead = Materializer.prefetch(source)
  expectTypeOf<LeftOf<typeof now>>().toEqualTypeOf<Asking>()
  expectTypeOf<LeftOf<typeof later>>().toEqualTypeOf<Asking>()
  expectTypeOf<LeftOf<typeof ahead>>().toEqualTypeOf<
    Loading | Failure.InvalidPath | Failure.Released | Failure.StoreFailed
  >()
})

test('a component gives those of loading, and of its codec', () => {
  const source = Component.ofValue(1)
  const value = Component.value(source)
  const typed = Component.typed(t.string)(source)
  const diff = Component.diff(source, source)
  const entries = Component.entries(source)
  expectTypeOf<FailureOf<typeof value>>().toEqualTypeOf<Loading>()
  expectTypeOf<FailureOf<typeof typed>>().toEqualTypeOf<Loading | Failure.Mismatch>()
  expectTypeOf<FailureOf<typeof diff>>().toEqualTypeOf<Loading>()
  expectTypeOf<FailureOf<typeof entries>>().toEqualTypeOf<Loading>()
})

test('a registry gives one', () => {
  const found = Registry.lookup(TextFile.factory.type)(Registry.empty)
  type Left = Extract<typeof found, { readonly _tag: 'Left' }>['left']
  expectTypeOf<Left>().toEqualTypeOf<Failure.UnknownType>()
})

test('an object type is that of its factory', () => {
  const index = Materializer.now(SearchIndex.factory.type, Component.ofValue(1))
  type Right = Extract<ReturnType<ReturnType<typeof index>>, { readonly _tag: 'Right' }>['right']
  expectTypeOf<Right>().toEqualTypeOf<SearchIndex.SearchIndex>()
})
