/**
 * Sequences that are wrong, each in one way: what the laws must reject.
 *
 * All are one small implementation over plain content, cut by content after every few elements, with a defect built in.
 * Without a defect it obeys every law, which shows that the laws ask for no particular implementation.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as Codec from '../../src/data/Codec.js'
import { invalidValue, outOfRange } from '../../src/data/Failure.js'
import { hash } from '../../src/data/Hasher.js'
import { fromUnknown } from '../../src/data/Value.js'
import { isInside, type Run, type Sequences } from './Kind.js'

export const defects = [
  'keeps its old cuts at an edit',
  'leaves a seam as it was',
  'shares what is appended between branches',
  'clamps positions',
  'cuts characters',
  'drops an empty second',
  'puts a concat the other way round',
  'slices one too few',
  'splices one too many',
  'walks from the start always',
  'gets what is not there',
  'is equal by size',
  'hashes by identity',
  'keeps what the caller gave',
  'maps what is no value to null',
  'has digests of functions',
  'folds backwards',
  'changes in place',
  'takes any items',
  'takes any kind',
  'forgets what it was spliced with',
  'takes all that is empty for one',
  'maps no last item',
] as const
export type Defect = (typeof defects)[number]

type Name = 'items' | 'text' | 'bytes'

const joined = (kind: Name, runs: ReadonlyArray<Run>): Run =>
  kind === 'text'
    ? runs.join('')
    : kind === 'items'
      ? runs.flatMap((run) => [...(run as ReadonlyArray<unknown>)])
      : new Uint8Array(Buffer.concat(runs as ReadonlyArray<Uint8Array>))

const elementsOf = (run: Run): ReadonlyArray<unknown> =>
  typeof run === 'string' ? run.split('') : Array.from(run as ArrayLike<unknown>)

/** Where content is cut: by length of an item, or by a byte. */
const cutsOf = (run: Run): ReadonlyArray<number> =>
  elementsOf(run).flatMap((element, i) => {
    const sign =
      typeof element === 'number' ? element : typeof element === 'string' ? element.charCodeAt(0) : 1
    return sign % 16 === 0 && !isInside(run, i + 1) && i + 1 < run.length ? [i + 1] : []
  })

let made = 0

export const sequences = (defect?: Defect): Sequences => {
  const has = (name: Defect): boolean => name === defect

  class Small {
    readonly kind: Name
    run: Run
    cuts: ReadonlyArray<number>
    readonly number = made++
    constructor(kind: Name, run: Run, cuts: ReadonlyArray<number> = cutsOf(run)) {
      this.kind = kind
      this.run = run
      this.cuts = cuts
    }
    get size(): number {
      return this.run.length
    }
    equals(that: unknown): boolean {
      if (has('takes all that is empty for one') && that instanceof Small && that.size + this.size === 0)
        return true
      if (!(that instanceof Small) || that.kind !== this.kind || that.size !== this.size) return false
      return has('is equal by size') || elementsOf(this.run).every((x, i) => same(x, that.run[i]))
    }
    hashCode(): number {
      return has('hashes by identity') ? this.number : this.size
    }
  }

  const same = (x: unknown, y: unknown): boolean => {
    if (Object.is(x, y)) return true
    const [a, b] = [x, y].map((value) => Codec.encode(value as never)) as [
      E.Either<unknown, Uint8Array>,
      E.Either<unknown, Uint8Array>,
    ]
    return E.isRight(a) && E.isRight(b) && Buffer.compare(a.right, b.right) === 0
  }

  const admitted = (kind: Name, run: unknown): E.Either<unknown, Run> => {
    if (has('takes any items') && Array.isArray(run) && kind === 'items') return E.right(run)
    if (has('takes any kind') && (typeof run === 'string' || Array.isArray(run))) return E.right(run)
    const fits =
      typeof run === 'string'
        ? 'text'
        : Array.isArray(run)
          ? 'items'
          : run instanceof Uint8Array
            ? 'bytes'
            : ''
    if (fits !== kind) return E.left(invalidValue([], 'another kind'))
    if (has('keeps what the caller gave')) return E.right(run as Run)
    return fromUnknown(run) as E.Either<unknown, Run>
  }

  const isPosition = (i: unknown, size: number): boolean =>
    Number.isInteger(i) && (i as number) >= 0 && (i as number) <= size

  const edited = (s: Small, i: number, count: number, content: unknown): E.Either<unknown, Small> => {
    const run = admitted(s.kind, content)
    if (has('clamps positions')) {
      i = Math.max(0, Math.min(s.size, Math.floor(Number(String(i)) || 0)))
      count = Math.max(0, Math.min(s.size - i, Math.floor(Number(String(count)) || 0)))
    }
    if (!isPosition(i, s.size) || !isPosition(count, s.size - i)) return E.left(outOfRange(0, s.size))
    const end = i + count
    if (!has('cuts characters') && (isInside(s.run, i) || isInside(s.run, end)))
      return E.left(invalidValue([i], 'a character'))
    if (E.isLeft(run)) return run
    const more = has('forgets what it was spliced with') ? run.right.slice(0, 0) : run.right
    const rest = s.run.slice(has('splices one too many') && end < s.size ? end + 1 : end)
    const next = joined(s.kind, [s.run.slice(0, i), more, rest])
    if (has('changes in place')) {
      s.run = next
      s.cuts = cutsOf(next)
      return E.right(s)
    }
    // Cuts that were before the edit stay, and one is made where it ends.
    const kept = [...s.cuts.filter((cut) => cut < i), i].filter((cut) => cut > 0 && cut < next.length)
    return E.right(new Small(s.kind, next, has('keeps its old cuts at an edit') ? kept : cutsOf(next)))
  }

  const pieces = (s: Small): ReadonlyArray<Run> =>
    [0, ...s.cuts].map((cut, i) => s.run.slice(cut, s.cuts[i] ?? s.size))

  const concat =
    (second: Small) =>
    (first: Small): Small => {
      if (has('drops an empty second') && second.size === 0)
        return new Small(first.kind, first.run.slice(0, -1))
      const [x, y] = has('puts a concat the other way round') ? [second, first] : [first, second]
      const run = joined(x.kind, [x.run, y.run])
      if (!has('leaves a seam as it was') || x.size === 0 || y.size === 0) return new Small(x.kind, run)
      return new Small(x.kind, run, [...x.cuts, x.size, ...y.cuts.map((cut) => x.size + cut)])
    }

  const append =
    (content: unknown) =>
    (s: Small): E.Either<unknown, Small> => {
      if (has('shares what is appended between branches') && Array.isArray(s.run) && Array.isArray(content)) {
        const run = s.run as Array<unknown>
        run.push(...content)
        return E.right(new Small(s.kind, run))
      }
      return edited(s, s.size, 0, content)
    }

  const elements =
    (from = 0) =>
    (s: Small) =>
      elementsOf(s.run)
        .slice(has('walks from the start always') ? 0 : Math.max(0, from || 0))
        .values()

  const slice =
    (from: number, to: number) =>
    (s: Small): E.Either<unknown, Small> => {
      if (has('clamps positions'))
        return E.right(new Small(s.kind, s.run.slice(Number(String(from)), Number(String(to)))))
      if (!isPosition(to, s.size) || !isPosition(from, to)) return E.left(outOfRange(0, s.size))
      if (!has('cuts characters') && (isInside(s.run, from) || isInside(s.run, to)))
        return E.left(invalidValue([from], 'a character'))
      return E.right(
        new Small(s.kind, s.run.slice(from, has('slices one too few') ? Math.max(from, to - 1) : to)),
      )
    }

  const map =
    (f: (a: unknown) => unknown) =>
    (s: Small): Small =>
      new Small(
        'items',
        elementsOf(s.run).map((a, i) => {
          const b = has('maps no last item') && i === s.size - 1 ? a : f(a)
          const value = fromUnknown(b)
          return E.isRight(value) ? value.right : has('maps what is no value to null') ? null : b
        }),
      )

  const digest = (s: Small): E.Either<unknown, string> => {
    const value = has('has digests of functions') ? E.right(JSON.stringify(s.run) ?? '') : fromUnknown(s.run)
    if (E.isLeft(value)) return value
    if (has('has digests of functions')) return E.right(value.right as string)
    return E.map((bytes: Uint8Array) => `${s.kind}${hash(bytes)}`)(Codec.encode(pieces(s) as never))
  }

  const ordered = (s: Small): ReadonlyArray<unknown> =>
    has('folds backwards') ? elementsOf(s.run).toReversed() : elementsOf(s.run)
  const make = (kind: Name) => (run: unknown) => E.map((r: Run) => new Small(kind, r))(admitted(kind, run))
  const small = {
    fromItems: make('items'),
    fromText: make('text'),
    fromBytes: (run: Uint8Array) =>
      new Small('bytes', has('keeps what the caller gave') ? run : new Uint8Array(run)),
    emptyItems: () => new Small('items', []),
    emptyText: new Small('text', ''),
    emptyBytes: new Small('bytes', new Uint8Array(0)),
    get: (i: number) => (s: Small) =>
      (isPosition(i, s.size - 1) && s.size > 0) || (has('gets what is not there') && i === s.size)
        ? O.some(s.run[i])
        : O.none,
    toRun: (s: Small) => (has('keeps what the caller gave') ? s.run : s.run.slice()),
    elements,
    reduce:
      <B>(b: B, f: (b: B, a: unknown) => B) =>
      (s: Small) =>
        ordered(s).reduce(f, b),
    digest,
    splice: (i: number, n: number, run: unknown) => (s: Small) => edited(s, i, n, run),
    insert: (i: number, run: unknown) => (s: Small) => edited(s, i, 0, run),
    remove: (i: number, n: number) => (s: Small) => edited(s, i, n, s.run.slice(0, 0)),
    append,
    prepend: (run: unknown) => (s: Small) => edited(s, 0, 0, run),
    slice,
    concat,
    map,
    getEq: () => ({ equals: (x: Small, y: Small) => x.equals(y) }),
    getMonoid: (empty: Small) => ({ empty, concat: (x: Small, y: Small) => concat(y)(x) }),
    Functor: { map: (fa: Small, f: (a: unknown) => unknown) => map(f)(fa) },
    Foldable: {
      reduce: <B>(s: Small, b: B, f: (b: B, a: unknown) => B) => ordered(s).reduce(f, b),
      foldMap:
        <M>(M: { concat: (x: M, y: M) => M; empty: M }) =>
        (s: Small, f: (a: unknown) => M) =>
          ordered(s).reduce<M>((m, a) => M.concat(m, f(a)), M.empty),
      reduceRight: <B>(s: Small, b: B, f: (a: unknown, b: B) => B) =>
        ordered(s).reduceRight<B>((m, a) => f(a, m), b),
    },
  }
  return small as unknown as Sequences
}
