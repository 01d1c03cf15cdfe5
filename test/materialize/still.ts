/** Materialisers of which time and memory change nothing, and what cannot fail here. */
import * as E from 'fp-ts/lib/Either.js'
import { type Materializer, PlainObject, Pressure } from '../../src/index.js'

export const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw new Error(JSON.stringify(either.left))
  return either.right
}

export const plain: typeof PlainObject.factory.type = PlainObject.factory.type

export const still: Materializer.Options = { pressure: Pressure.constant(0, 1), clock: () => 0 }
