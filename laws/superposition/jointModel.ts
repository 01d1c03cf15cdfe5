/** One table over all groups: what joints are compared with. Its weights are those of a measure of mass 1, or it is `null`. */
import * as Weight from '../../src/superposition/Weight.js'
import { right } from './fractions.js'

/** Assignments of an outcome to each group, in the order of `groups`. */
export interface Table {
  readonly groups: ReadonlyArray<string>
  readonly rows: ReadonlyArray<readonly [ReadonlyArray<string>, Weight.Weight]>
}

type Law = ReadonlyMap<string, Weight.Weight>

const { add, multiply, one, zero } = Weight

export const normalised = ({ groups, rows }: Table): Table | null => {
  const mass = Weight.sum(rows.map(([, w]) => w))
  if (Weight.isZero(mass)) return null
  return {
    groups,
    rows: rows
      .filter(([, w]) => !Weight.isZero(w))
      .map(([outcomes, w]) => [outcomes, right(Weight.divide(mass)(w))] as const),
  }
}

export const independent = (
  groups: ReadonlyArray<readonly [string, ReadonlyArray<readonly [string, Weight.Weight]>]>,
): Table => {
  let rows: Table['rows'] = [[[], one]]
  for (const [, outcomes] of groups) {
    rows = rows.flatMap(([some, w]) => outcomes.map(([a, v]) => [[...some, a], multiply(v)(w)] as const))
  }
  return normalised({ groups: groups.map(([group]) => group), rows })!
}

export const places = (table: Table, groups: ReadonlyArray<string>): ReadonlyArray<number> =>
  groups.map((group) => table.groups.indexOf(group))

export const weighted = (
  table: Table,
  groups: ReadonlyArray<string>,
  factor: (outcomes: ReadonlyArray<string>) => Weight.Weight,
): Table | null => {
  const at = places(table, groups)
  return normalised({
    groups: table.groups,
    rows: table.rows.map(([o, w]) => [o, multiply(factor(at.map((i) => o[i]!)))(w)] as const),
  })
}

/** The law of some groups, by their outcomes. */
export const lawOf = (table: Table, groups: ReadonlyArray<string>): Law => {
  const at = places(table, groups)
  const law = new Map<string, Weight.Weight>()
  for (const [o, w] of table.rows) {
    const key = at.map((i) => o[i]!).join(' ')
    law.set(key, add(w)(law.get(key) ?? zero))
  }
  return law
}

export const splits = (table: Table, some: ReadonlyArray<string>, others: ReadonlyArray<string>): boolean => {
  const [xs, ys, both] = [lawOf(table, some), lawOf(table, others), lawOf(table, [...some, ...others])]
  return [...xs].every(([x, v]) =>
    [...ys].every(([y, w]) => Weight.Eq.equals(both.get(`${x} ${y}`) ?? zero, multiply(w)(v))),
  )
}

/** Mixed with what it would be if the named groups were independent of everything. */
export const decohered = (table: Table, lambda: Weight.Weight, groups: ReadonlyArray<string>): Table => {
  const rest = table.groups.filter((group) => !groups.includes(group))
  const laws = groups.map((group) => lawOf(table, [group]))
  const others = lawOf(table, rest)
  const here = lawOf(table, table.groups)
  const support = table.groups.map((group) => [...lawOf(table, [group]).keys()])
  const all = support.reduce<ReadonlyArray<ReadonlyArray<string>>>(
    (some, outcomes) => some.flatMap((o) => outcomes.map((a) => [...o, a])),
    [[]],
  )
  const keep = right(Weight.subtract(lambda)(one))
  const at = places(table, rest)
  const rows = all.map((o) => {
    const apart = groups.reduce(
      (w, group, i) => multiply(laws[i]!.get(o[table.groups.indexOf(group)]!) ?? zero)(w),
      others.get(at.map((i) => o[i]!).join(' ')) ?? zero,
    )
    return [o, add(multiply(lambda)(apart))(multiply(keep)(here.get(o.join(' ')) ?? zero))] as const
  })
  return normalised({ groups: table.groups, rows })!
}

/** An outcome of a group replaced by children, by their shares; `null` if that cannot be. */
export const expanded = (
  table: Table,
  group: string,
  parent: string,
  children: ReadonlyArray<readonly [string, Weight.Weight]>,
): Table | null => {
  const at = table.groups.indexOf(group)
  const present = lawOf(table, [group])
  const clash = children.some(([child, w]) => child !== parent && present.has(child) && !Weight.isZero(w))
  const fair = Weight.Eq.equals(Weight.sum(children.map(([, w]) => w)), one)
  if (!present.has(parent) || clash || !fair) return null
  return normalised({
    groups: table.groups,
    rows: table.rows.flatMap(([o, w]) =>
      o[at] === parent
        ? children.map(([child, share]) => [o.with(at, child), multiply(share)(w)] as const)
        : [[o, w] as const],
    ),
  })
}
