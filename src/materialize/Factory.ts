/**
 * A `Factory<A>` says how an object that a program works with is built from a component: a prompt, a parsed file, an index.
 *
 * It reads what it needs of the component (`read`, a `Fetch`, so that what several builds wait for is read together), makes
 * the object of what was read (`create`), and may bring an object forward by a patch (`applyDelta`). An object depends on
 * nothing but the content of its component; it is shared by whoever asks, so nobody writes to it.
 *
 * Laws (`coppice/laws`, `factoryLaws`; run them on yours):
 * 1. lazy = eager: the object is the same whatever of the component is in memory;
 * 2. delta = rebuild: `applyDelta(create(a), diff(a, b))` is `create(b)`, and `create(a)` is as it was;
 * 3. an estimate of size is a finite number of bytes, 0 or more.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Component, Factory, Fetch } from 'coppice'
 * import * as t from 'io-ts'
 *
 * const prompt = Factory.fromCodec({
 *   type: Factory.type<string>('prompt'),
 *   codec: t.type({ role: t.string, task: t.string }),
 *   create: ({ role, task }) => `You are ${role}. ${task}`,
 *   estimateSize: (text) => 2 * text.length,
 * })
 * assert.strictEqual(prompt.type, 'prompt')
 * const read = Fetch.now(prompt.read(Component.ofValue({ role: 'a poet', task: 'Rhyme.' })))
 * assert.strictEqual(read._tag, 'Some')
 * ```
 */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type * as t from 'io-ts'
import type { Mismatch } from '../data/Failure.js'
import type { Fetch } from '../trie/Fetch.js'
import type { Patch } from '../trie/Patch.js'
import type { SequenceFailure } from '../trie/State.js'
import * as Component from './Component.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

declare const object: unique symbol

/** The name of an object type; what it carries of `A` is for the compiler. */
export type Type<A> = string & { readonly [object]: () => A }

/** Why a factory could not read what it needs. A factory's own reasons are thrown, or are the `Left` of its effect. */
export type ReadFailure = SequenceFailure | Mismatch

/** At once, or in time; the signal of an effect aborts when nobody waits for the object any more. */
export type Create<B, A> =
  | { readonly _tag: 'Pure'; readonly run: (input: B) => A }
  | { readonly _tag: 'Effect'; readonly run: (input: B, signal: AbortSignal) => TaskEither<unknown, A> }

export interface Factory<A, B = unknown> {
  readonly type: Type<A>
  readonly read: (component: Component.Component) => Fetch<ReadFailure, B>
  readonly create: Create<B, A>
  /** Bytes that an object keeps in memory, rather too many than too few. */
  readonly estimateSize: (object: A) => number
  /**
   * The object of `after`, from that of another component and what differs. The given object stays as it is: others
   * hold it.
   */
  readonly applyDelta?: (object: A, patch: Patch, after: Component.Component) => Fetch<ReadFailure, A>
}

/** A factory of some type. */
// biome-ignore lint/suspicious/noExplicitAny: a registry holds factories of different types
export type AnyFactory = Factory<any, any>

/** @category constructors */
export const type = <A>(name: string): Type<A> => name as Type<A>

/** What all constructors take. */
export interface Common<A> {
  readonly type: Type<A>
  readonly estimateSize: (object: A) => number
  readonly applyDelta?: (object: A, patch: Patch, after: Component.Component) => Fetch<ReadFailure, A>
}

const common = <A>({ type, estimateSize, applyDelta }: Common<A>): Common<A> =>
  applyDelta === undefined ? { type, estimateSize } : { type, estimateSize, applyDelta }

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

/** A factory that is done at once when what it reads is here. @category constructors */
export const pure = <A, B>(
  options: Common<A> & {
    readonly read: (component: Component.Component) => Fetch<ReadFailure, B>
    readonly create: (input: B) => A
  },
): Factory<A, B> => ({
  ...common(options),
  read: options.read,
  create: { _tag: 'Pure', run: options.create },
})

/** A factory that takes time, and may fail. @category constructors */
export const effect = <A, B>(
  options: Common<A> & {
    readonly read: (component: Component.Component) => Fetch<ReadFailure, B>
    readonly create: (input: B, signal: AbortSignal) => TaskEither<unknown, A>
  },
): Factory<A, B> => ({
  ...common(options),
  read: options.read,
  create: { _tag: 'Effect', run: options.create },
})

/** A factory over the whole component as an io-ts codec decodes it; another component is a `Mismatch`. @category constructors */
export const fromCodec = <A, B>(
  options: Common<A> & {
    readonly codec: t.Decoder<unknown, B>
    readonly create: (input: B) => A
  },
): Factory<A, B> => pure({ ...options, read: Component.typed(options.codec) })

// -------------------------------------------------------------------------------------
// destructors
// -------------------------------------------------------------------------------------

/** Whether objects can be brought forward by a patch. */
export const supportsDelta = (factory: AnyFactory): boolean => factory.applyDelta !== undefined
