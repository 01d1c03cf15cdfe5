/**
 * One build: an object from its component, or from another object and the patch between their components where that is the
 * cheaper way.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { Digest } from '../../data/Digest.js'
import { type Corrupt, type FactoryFailed, factoryFailed, type StoreFailed } from '../../data/Failure.js'
import { sizeOf } from '../../data/internal/size.js'
import type { Operation, Patch } from '../../trie/Patch.js'
import * as Component from '../Component.js'
import type { AnyFactory, ReadFailure } from '../Factory.js'
import { awaited, loaded, type Steps, Thrown } from './steps.js'

export type BuildFailure = ReadFailure | FactoryFailed | StoreFailed | Corrupt

export interface Built {
  readonly object: unknown
  /** Bytes. */
  readonly size: number
  /** Ms. */
  readonly cost: number
  readonly byDelta: boolean
}

/** An object that is there already, of a component that is like the one wanted. */
export interface Base {
  readonly object: unknown
  /** Bytes. */
  readonly size: number
  readonly component: Component.Component
}

/** What builds have taken so far, in ms a byte: of the object for `create`, of the patch for `applyDelta`. */
export interface Rates {
  create: number
  delta: number
  /** Deltas that were found too dear since the last one that was made. */
  refused: number
}

/** Share of the newest measurement in a rate; what was slower than usual may have been interrupted. */
const FASTER = 0.5
const SLOWER = 0.1
/** So many refusals on, a delta is made all the same, for what was measured may be true no longer. */
const AGAIN = 16
/** Before both ways were measured: a delta may be a quarter of the object. */
const UNMEASURED = 4
/** Of an operation beside its content. */
const OPERATION = 64

const learnt = (rate: number, measured: number): number =>
  rate === 0 ? measured : rate + (measured < rate ? FASTER : SLOWER) * (measured - rate)

const bytesOf = (operation: Operation): number => {
  switch (operation.op) {
    case 'add':
      return sizeOf(operation.after)
    case 'remove':
      return sizeOf(operation.before)
    case 'change':
      return sizeOf(operation.before) + sizeOf(operation.after)
    case 'splice':
      return sizeOf(operation.removed) + sizeOf(operation.inserted)
  }
}

/** Bytes that a patch brings and takes, about. */
export const patchBytes = (patch: Patch): number =>
  patch.reduce((sum, operation) => sum + OPERATION + bytesOf(operation), 0)

/** Whether it costs more to apply so many bytes of a patch than to build so many bytes of an object. */
export const isDearer = (patch: number, object: number, { create, delta }: Rates): boolean =>
  create > 0 && delta > 0 ? patch * delta > object * create : patch * UNMEASURED > object

export interface Job {
  readonly factory: AnyFactory
  readonly component: Component.Component
  readonly base: Base | null
  readonly rates: Rates
  readonly clock: IO<number>
  /** Aborts when nobody waits any more; made when an effect first asks for it. */
  readonly signal: IO<AbortSignal>
  readonly digest: Digest
}

const failed = (job: Job, during: FactoryFailed['during'], cause: unknown): E.Either<FactoryFailed, never> =>
  E.left(factoryFailed(job.factory.type, job.digest, during, cause))

const measured = (
  job: Job,
  object: unknown,
  began: number,
  byDelta: boolean,
): E.Either<FactoryFailed, Built> => {
  const cost = Math.max(0, job.clock() - began)
  try {
    const size: unknown = job.factory.estimateSize(object)
    return typeof size === 'number' && size >= 0 && size < Number.POSITIVE_INFINITY
      ? E.right({ object, size, cost, byDelta })
      : failed(job, 'estimateSize', `${String(size)} is no number of bytes`)
  } catch (cause) {
    return failed(job, 'estimateSize', cause)
  }
}

/** The object by way of a patch; `null` where that is dearer, or did not work. */
function* forward(job: Job, base: Base): Steps<Built | null> {
  const { factory, rates } = job
  const began = job.clock()
  const patch = yield* loaded(() => Component.diff(base.component, job.component))
  if (patch instanceof Thrown || patch._tag === 'Left') return null
  const bytes = patchBytes(patch.right)
  const { applyDelta } = factory
  if (applyDelta === undefined) return null
  if (isDearer(bytes, base.size, rates) && (rates.delta === 0 || ++rates.refused < AGAIN)) return null
  rates.refused = 0
  const object = yield* loaded(() => applyDelta(base.object, patch.right, job.component))
  if (object instanceof Thrown || object._tag === 'Left') return null
  const built = measured(job, object.right, began, true)
  if (built._tag === 'Left') return null
  rates.delta = learnt(rates.delta, built.right.cost / Math.max(bytes, 1))
  return built.right
}

export function* building(job: Job): Steps<E.Either<BuildFailure, Built>> {
  if (job.base !== null) {
    const built = yield* forward(job, job.base)
    if (built !== null) return E.right(built)
  }
  const { factory, component, rates } = job
  const began = job.clock()
  const input = yield* loaded(() => factory.read(component))
  if (input instanceof Thrown) return failed(job, 'read', input.cause)
  if (input._tag === 'Left') return input
  let object: unknown
  const { create } = factory
  if (create._tag === 'Pure') {
    try {
      object = create.run(input.right)
    } catch (cause) {
      return failed(job, 'create', cause)
    }
  } else {
    const made: E.Either<unknown, unknown> | Thrown = yield* awaited(() =>
      create.run(input.right, job.signal())(),
    )
    if (made instanceof Thrown) return failed(job, 'create', made.cause)
    if (made?._tag === 'Left') return failed(job, 'create', made.left)
    if (made?._tag !== 'Right') return failed(job, 'create', 'neither Left nor Right')
    object = made.right
  }
  const built = measured(job, object, began, false)
  if (built._tag === 'Right')
    rates.create = learnt(rates.create, built.right.cost / Math.max(built.right.size, 1))
  return built
}
