/**
 * A `Measure<A>` is a superposition of named outcomes that is updated one at a time: persistent, so undo is keeping the old one.
 *
 * It is what a search holds: a thousand branches by lineage path, of which each score reweights one. An update costs the same
 * however many there are (one path of a trie) and however many came before it: a product of likelihoods grows with each, so a
 * weight whose numerator or denominator is longer than `2 · bits` is rounded to the nearest dyadic of `bits` digits. `error` says
 * what that has cost at most; it is 0 until something was rounded, and then everything is exact about the rounded weights.
 *
 * Weights are not normalised. Their sum is kept exactly, in parts by magnitude, since written out in one piece the sum of 1 and
 * of what a hundred thousand likelihoods left over would be as long as the distance between them.
 *
 * Laws (`coppice/laws`, `measureLaws`): every operation agrees with a plain list of pairs; `mass` is the sum of the weights;
 * `expand` keeps the mass; the order of insertion plays no part; the older measure is as it was; weights are within `error` of exact ones;
 * what is encoded decodes to the same.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Measure, Weight } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const half = Weight.fromNumber(0.5)
 * const result = pipe(
 *   Measure.fromEntries([['a', 'plan A', Weight.one], ['b', 'plan B', Weight.one]]),
 *   E.bindTo('even'),
 *   E.bindW('score', () => half),
 *   E.bindW('scored', ({ even, score }) => Measure.reweight('a', score)(even)),
 *   E.bindW('p', ({ scored }) => Measure.probability('a')(scored)),
 * )
 * assert.ok(E.isRight(result))
 * assert.strictEqual(Weight.show(result.right.p), '1/3')
 * assert.strictEqual(Measure.mode(result.right.scored), 'b')
 * ```
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Eq } from 'fp-ts/lib/Eq.js'
import * as O from 'fp-ts/lib/Option.js'
import {
  type EmptySupport,
  emptySupport,
  type InvalidKernel,
  type InvalidValue,
  type InvalidWeight,
  invalidKernel,
  invalidValue,
  type Path,
  type UnknownReference,
  unknownReference,
  type ZeroEvidence,
  zeroEvidence,
} from '../data/Failure.js'
import type { Value } from '../data/Value.js'
import * as Hamt from '../trie/Hamt.js'
import * as Chance from './Chance.js'
import { drawing } from './internal/draw.js'
import * as rational from './internal/rational.js'
import type { Superposition } from './Superposition.js'
import { decode as decodeWeight, encode as encodeWeight, show, type Weight } from './Weight.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/** A branch of a measure: its key, what it is, and its weight. @category model */
export type Branch<A> = readonly [key: string, value: A, weight: Weight]

interface Entry<A> {
  readonly value: A
  readonly weight: Weight
  /** How often its weight, or one that it was made from, was rounded. */
  readonly rounded: number
}

/** INV1: at least one entry, and no weight is zero. INV2: `sums` are the sums of the weights of a bucket. @category model */
export interface Measure<A> {
  readonly _tag: 'Measure'
  /** Significant binary digits that a rounded weight keeps. */
  readonly bits: number
  readonly entries: Hamt.Hamt<Entry<A>>
  readonly sums: Hamt.Hamt<Weight>
}

/** @category model */
export interface Options {
  /** Significant binary digits that a rounded weight keeps; at least 64, by default 128. */
  readonly bits?: number
}

const DEFAULT_BITS = 128
const LEAST_BITS = 64

// -------------------------------------------------------------------------------------
// the parts of the sum
// -------------------------------------------------------------------------------------

/** Weights that differ by less than 2^256 and have one denominator are added up together. */
const bucketOf = (w: Weight): string => {
  const magnitude = (w.exponent >> 8n).toString()
  return w.denominator === 1n ? magnitude : `${magnitude}/${w.denominator.toString(32)}`
}

const within = (sums: Hamt.Hamt<Weight>, w: Weight): Hamt.Hamt<Weight> => {
  const bucket = bucketOf(w)
  const sum = Hamt.get(sums, bucket)
  return Hamt.set(sums, bucket, sum === undefined ? w : rational.plus(sum, w))
}

const without = (sums: Hamt.Hamt<Weight>, w: Weight): Hamt.Hamt<Weight> => {
  const bucket = bucketOf(w)
  const rest = rational.minus(Hamt.get(sums, bucket)!, w)
  return rational.isZero(rest) ? Hamt.remove(sums, bucket) : Hamt.set(sums, bucket, rest)
}

const replaced = (sums: Hamt.Hamt<Weight>, old: Weight, w: Weight): Hamt.Hamt<Weight> => {
  const bucket = bucketOf(old)
  if (bucket !== bucketOf(w)) return within(without(sums, old), w)
  return Hamt.set(sums, bucket, rational.plus(rational.minus(Hamt.get(sums, bucket)!, old), w))
}

const wrap = <A>(bits: number, entries: Hamt.Hamt<Entry<A>>, sums: Hamt.Hamt<Weight>): Measure<A> => ({
  _tag: 'Measure',
  bits,
  entries,
  sums,
})

const counted = <A>(bits: number, entries: Hamt.Hamt<Entry<A>>): Measure<A> => {
  const sums = new Map<string, Weight>()
  Hamt.forEach(entries, ({ weight }) => {
    const bucket = bucketOf(weight)
    const sum = sums.get(bucket)
    sums.set(bucket, sum === undefined ? weight : rational.plus(sum, weight))
  })
  return wrap(bits, entries, Hamt.fromEntries(sums))
}

const isLong = (w: Weight, bits: number): boolean => {
  const places = BigInt(2 * bits)
  return w.numerator >> places !== 0n || (w.denominator !== 1n && w.denominator >> places !== 0n)
}

const bounded = <A>(value: A, weight: Weight, rounded: number, bits: number): Entry<A> =>
  isLong(weight, bits)
    ? { value, weight: rational.rounded(weight, bits), rounded: rounded + 1 }
    : { value, weight, rounded }

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

/**
 * A measure of branches; of equal keys the last counts, and weights of zero are dropped.
 *
 * Errors: `EmptySupport`. O(n).
 *
 * @category constructors
 */
export const fromEntries = <A>(
  branches: Iterable<Branch<A>>,
  options: Options = {},
): E.Either<EmptySupport, Measure<A>> => {
  const entries = new Map<string, Entry<A>>()
  for (const [key, value, weight] of branches) entries.set(key, { value, weight, rounded: 0 })
  const kept = [...entries].filter(([, { weight }]) => !rational.isZero(weight))
  if (kept.length === 0) return E.left(emptySupport)
  const bits = Math.max(LEAST_BITS, Math.trunc(options.bits ?? DEFAULT_BITS) || 0)
  return E.right(counted(bits, Hamt.fromEntries(kept)))
}

// -------------------------------------------------------------------------------------
// destructors
// -------------------------------------------------------------------------------------

/** Number of branches. O(1). @category destructors */
export const size = <A>(m: Measure<A>): number => m.entries.size

/** What stands at a key. O(log n). @category destructors */
export const get =
  (key: string) =>
  <A>(m: Measure<A>): O.Option<A> => {
    const entry = Hamt.get(m.entries, key)
    return entry === undefined ? O.none : O.some(entry.value)
  }

/** The weight at a key, not normalised. O(log n). @category destructors */
export const weight =
  (key: string) =>
  <A>(m: Measure<A>): O.Option<Weight> => {
    const entry = Hamt.get(m.entries, key)
    return entry === undefined ? O.none : O.some(entry.weight)
  }

/** The sum of all weights, exactly. As long as the distance between the largest and the smallest. @category destructors */
export const mass = <A>(m: Measure<A>): Weight => rational.sum(Hamt.values(m.sums))

/** The probability of one branch, exactly. Errors: `UnknownReference`. O(log n) and what `mass` takes. @category destructors */
export const probability =
  (key: string) =>
  <A>(m: Measure<A>): E.Either<UnknownReference, Weight> => {
    const entry = Hamt.get(m.entries, key)
    return entry === undefined ? E.left(unknownReference(key)) : E.right(rational.over(entry.weight, mass(m)))
  }

/**
 * How far any weight may be from what it would be without rounding, relative: `|held − exact| ≤ error · exact`. r roundings of
 * `2^-bits` each come to at most `2r · 2^-bits`. O(n).
 *
 * @category destructors
 */
export const error = <A>(m: Measure<A>): Weight => {
  let most = 0
  Hamt.forEach(m.entries, ({ rounded }) => {
    if (rounded > most) most = rounded
  })
  return most === 0 ? rational.zero : rational.make(BigInt(most), BigInt(1 - m.bits), 1n)
}

const byKey = (a: readonly [string, ...unknown[]], b: readonly [string, ...unknown[]]): number =>
  a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0

/** The branches in the order of their keys (of UTF-16 code units). O(n log n). @category destructors */
export const branches = <A>(m: Measure<A>): ReadonlyArray<Branch<A>> =>
  [...m.entries].map(([key, { value, weight }]) => [key, value, weight] as const).sort(byKey)

/** The keys as a superposition, in order. O(n log n). @category destructors */
export const toSuperposition = <A>(m: Measure<A>): Superposition<string> => ({
  _tag: 'Superposition',
  outcomes: branches(m).map(([key, , weight]) => [key, weight] as const),
})

/** The k heaviest branches, the heaviest first, of equal ones the least key. O(n log n). @category destructors */
export const topK =
  (k: number) =>
  <A>(m: Measure<A>): ReadonlyArray<Branch<A>> =>
    [...branches(m)].sort(([, , v], [, , w]) => rational.compare(w, v)).slice(0, Math.max(0, k))

/** The key of the heaviest branch, of equal ones the least. O(n). @category destructors */
export const mode = <A>(m: Measure<A>): string => {
  let best: readonly [string, Weight] | null = null
  for (const [key, { weight }] of m.entries) {
    const order = best === null ? 1 : rational.compare(weight, best[1])
    if (order > 0 || (order === 0 && key < best![0])) best = [key, weight]
  }
  return best![0]
}

/** The key of a branch drawn by exact inversion; measure and seed decide it. O(n log n). @category destructors */
export const sample =
  (seed: string) =>
  <A>(m: Measure<A>): string => {
    const { outcomes } = toSuperposition(m)
    return outcomes[drawing(outcomes.map(([, weight]) => weight))(Chance.make(seed))]![0]
  }

// -------------------------------------------------------------------------------------
// updates
// -------------------------------------------------------------------------------------

const dropped = <A>(m: Measure<A>, key: string, entry: Entry<A>): E.Either<ZeroEvidence, Measure<A>> =>
  m.entries.size === 1
    ? E.left(zeroEvidence)
    : E.right(wrap(m.bits, Hamt.remove(m.entries, key), without(m.sums, entry.weight)))

/**
 * One weight times a likelihood; of 0 it drops the branch.
 *
 * Errors: `UnknownReference`; `ZeroEvidence` if nothing would be left. O(log n).
 *
 * @category updates
 */
export const reweight =
  (key: string, likelihood: Weight) =>
  <A>(m: Measure<A>): E.Either<UnknownReference | ZeroEvidence, Measure<A>> => {
    const entry = Hamt.get(m.entries, key)
    if (entry === undefined) return E.left(unknownReference(key))
    if (rational.isZero(likelihood)) return dropped(m, key, entry)
    // Not a shortcut only: 1 in any terms must not make a weight longer until it is rounded.
    if (rational.compare(likelihood, rational.one) === 0) return E.right(m)
    const next = bounded(entry.value, rational.times(entry.weight, likelihood), entry.rounded, m.bits)
    return E.right(wrap(m.bits, Hamt.set(m.entries, key, next), replaced(m.sums, entry.weight, next.weight)))
  }

/** Another value at a key, of the same weight. Errors: `UnknownReference`. O(log n). @category updates */
export const assign =
  <A>(key: string, value: A) =>
  (m: Measure<A>): E.Either<UnknownReference, Measure<A>> => {
    const entry = Hamt.get(m.entries, key)
    return entry === undefined
      ? E.left(unknownReference(key))
      : E.right(wrap(m.bits, Hamt.set(m.entries, key, { ...entry, value }), m.sums))
  }

/**
 * Replaces a branch by its children, among whom its weight is split exactly; those of weight zero are dropped. The kernel is given
 * as weights that sum to 1. A child may take its parent's key.
 *
 * Errors: `UnknownReference`; `InvalidKernel` if the weights do not sum to exactly 1, or if a key is there already. O(children · log n).
 *
 * @category updates
 */
export const expand =
  <A>(key: string, children: Iterable<Branch<A>>) =>
  (m: Measure<A>): E.Either<UnknownReference | InvalidKernel, Measure<A>> => {
    const entry = Hamt.get(m.entries, key)
    if (entry === undefined) return E.left(unknownReference(key))
    const all = [...children].filter(([, , weight]) => !rational.isZero(weight))
    const total = rational.sum(all.map(([, , weight]) => weight))
    if (rational.compare(total, rational.one) !== 0) {
      return E.left(invalidKernel(`its mass is ${show(total)}, not 1`))
    }
    // The parent is rounded, if need be, so that the children's weights sum to it exactly.
    const parent = bounded(entry.value, entry.weight, entry.rounded, m.bits)
    let [entries, sums] = [Hamt.remove(m.entries, key), without(m.sums, entry.weight)]
    for (const [name, value, share] of all) {
      if (Hamt.has(entries, name)) return E.left(invalidKernel(`${JSON.stringify(name)} is there already`))
      const weight = rational.times(parent.weight, share)
      entries = Hamt.set(entries, name, { value, weight, rounded: parent.rounded })
      sums = within(sums, weight)
    }
    return E.right(wrap(m.bits, entries, sums))
  }

/** Only the branches for which an event holds, with the weights that they have. Errors: `ZeroEvidence`. O(n). @category updates */
export const condition =
  <A>(event: (key: string, value: A) => boolean) =>
  (m: Measure<A>): E.Either<ZeroEvidence, Measure<A>> => {
    const entries = Hamt.filterWithIndex((key, { value }: Entry<A>) => event(key, value))(m.entries)
    if (entries.size === 0) return E.left(zeroEvidence)
    return E.right(entries === m.entries ? m : counted(m.bits, entries))
  }

/** What is left after pruning, and what was dropped of the probability. @category updates */
export interface Pruned<A> {
  readonly measure: Measure<A>
  /** The probability that the dropped branches had together, exactly. */
  readonly dropped: Weight
}

/**
 * Drops the branches whose probability is below a threshold.
 *
 * Errors: `ZeroEvidence` if all are. O(n).
 *
 * @category updates
 */
export const prune =
  (threshold: Weight) =>
  <A>(m: Measure<A>): E.Either<ZeroEvidence, Pruned<A>> => {
    const total = mass(m)
    const least = rational.times(threshold, total)
    const entries = Hamt.filterWithIndex((_, { weight }: Entry<A>) => rational.compare(weight, least) >= 0)(
      m.entries,
    )
    if (entries.size === 0) return E.left(zeroEvidence)
    if (entries === m.entries) return E.right({ measure: m, dropped: rational.zero })
    const measure = counted(m.bits, entries)
    return E.right({ measure, dropped: rational.over(rational.minus(total, mass(measure)), total) })
  }

// -------------------------------------------------------------------------------------
// encoding
// -------------------------------------------------------------------------------------

/**
 * The measure as a value: its precision, and each branch in order as `[key, value, weight, roundings]`. Equal measures with equal
 * histories of rounding have equal encodings. O(n log n), with a gcd for each weight.
 *
 * @category encoding
 */
export const encode =
  <A>(value: (a: A) => Value) =>
  (m: Measure<A>): Value => ({
    bits: m.bits,
    branches: [...m.entries]
      .sort(byKey)
      .map(([key, entry]) => [key, value(entry.value), encodeWeight(entry.weight), entry.rounded]),
  })

const isCount = (value: Value | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

/**
 * Reads what `encode` gives, the values by a decoder of their own.
 *
 * Errors: `InvalidValue` for another form, `InvalidWeight`, `EmptySupport`, and what the decoder gives. O(n).
 *
 * @category encoding
 */
export const decode =
  <F, A>(value: (encoded: Value) => E.Either<F, A>) =>
  (encoded: Value): E.Either<F | InvalidValue | InvalidWeight | EmptySupport, Measure<A>> => {
    const refuse = (path: Path): E.Either<InvalidValue, never> =>
      E.left(invalidValue(path, 'not of a measure'))
    const { bits, branches } = Object(encoded) as { readonly bits?: Value; readonly branches?: Value }
    if (!isCount(bits) || bits < LEAST_BITS) return refuse(['bits'])
    if (!Array.isArray(branches)) return refuse(['branches'])
    const entries = new Map<string, Entry<A>>()
    for (const [i, branch] of (branches as ReadonlyArray<Value>).entries()) {
      if (!Array.isArray(branch) || branch.length !== 4) return refuse(['branches', i])
      const [key, given, share, rounded] = branch as ReadonlyArray<Value>
      if (typeof key !== 'string' || entries.has(key) || !isCount(rounded)) return refuse(['branches', i])
      const read = value(given!)
      if (read._tag === 'Left') return read
      const weight = decodeWeight(share!)
      if (weight._tag === 'Left') return weight
      if (rational.isZero(weight.right)) return refuse(['branches', i])
      entries.set(key, { value: read.right, weight: weight.right, rounded })
    }
    return entries.size === 0 ? E.left(emptySupport) : E.right(counted(bits, Hamt.fromEntries(entries)))
  }

// -------------------------------------------------------------------------------------
// instances
// -------------------------------------------------------------------------------------

/** The same weights and values at the same keys. @category instances */
export const getEq = <A>(equal: Eq<A>): Eq<Measure<A>> => ({
  equals: (x, y) =>
    x === y ||
    Hamt.equals(
      x.entries,
      y.entries,
      (a, b) => equal.equals(a.value, b.value) && rational.compare(a.weight, b.weight) === 0,
    ),
})
