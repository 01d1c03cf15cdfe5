/**
 * A `Registry` is a value: factories by object type. Registering answers another registry; nothing is global.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { PlainObject, Registry } from 'coppice'
 *
 * const registry = pipe(Registry.empty, Registry.register(PlainObject.factory))
 * assert.deepStrictEqual(Registry.types(registry), ['plain object'])
 * assert.ok(E.isRight(Registry.lookup(PlainObject.factory.type)(registry)))
 * assert.strictEqual(Registry.types(Registry.empty).length, 0)
 * ```
 */
import * as E from 'fp-ts/lib/Either.js'
import { Map as ImmutableMap } from 'immutable'
import { type UnknownType, unknownType } from '../data/Failure.js'
import type { AnyFactory, Factory, Type } from './Factory.js'

export type Registry = ImmutableMap<string, AnyFactory>

/** @category constructors */
export const empty: Registry = ImmutableMap()

/** The registry with a factory, in the place of one of the same type. */
export const register =
  <A, B>(factory: Factory<A, B>) =>
  (registry: Registry): Registry =>
    registry.set(factory.type, factory)

/** @category constructors */
export const of = (...factories: ReadonlyArray<AnyFactory>): Registry =>
  ImmutableMap(factories.map((factory) => [factory.type as string, factory]))

/** Errors: `UnknownType`. */
export const lookup =
  <A>(type: Type<A>) =>
  (registry: Registry): E.Either<UnknownType, Factory<A>> => {
    const factory = registry.get(type)
    return factory === undefined ? E.left(unknownType(type)) : E.right(factory)
  }

/** The names of the types, sorted. */
export const types = (registry: Registry): ReadonlyArray<string> => [...registry.keys()].sort()
