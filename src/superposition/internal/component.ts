/**
 * A component: a table of the outcomes that some groups can have together, with their weights, up to a common factor.
 *
 * INV1: `groups` are in order and distinct. INV2: rows are distinct and in order, and no weight is zero. INV3, of the components of a
 * joint: no proper part of the groups is independent of the rest.
 */
import {
  compare,
  integers,
  log2,
  make,
  minus,
  one,
  over,
  plus,
  rounded,
  sum,
  times,
  toNumber,
  type Weight,
} from './rational.js'

/** Outcomes in the order of the component's groups. */
export interface Row {
  readonly outcome: ReadonlyArray<string>
  readonly weight: Weight
}

export interface Component {
  readonly groups: ReadonlyArray<string>
  readonly rows: ReadonlyArray<Row>
}

const keyOf = (outcome: ReadonlyArray<string>): string => {
  let key = ''
  // With the lengths, no two tuples run together to one text.
  for (const part of outcome) key += `${part.length}:${part}`
  return key
}

const byOutcome = (x: Row, y: Row): number => {
  for (let i = 0; i < x.outcome.length; i++) {
    const [a, b] = [x.outcome[i]!, y.outcome[i]!]
    if (a !== b) return a < b ? -1 : 1
  }
  return 0
}

const merged = (rows: Iterable<Row>): Map<string, Row> => {
  const found = new Map<string, Row>()
  for (const row of rows) {
    const key = keyOf(row.outcome)
    const other = found.get(key)
    found.set(
      key,
      other === undefined ? row : { outcome: row.outcome, weight: plus(other.weight, row.weight) },
    )
  }
  return found
}

/** The law of some of the groups, by their places. */
const projected = ({ rows }: Component, places: ReadonlyArray<number>): Map<string, Row> =>
  merged(rows.map(({ outcome, weight }) => ({ outcome: places.map((i) => outcome[i]!), weight })))

/** The law of some of the groups, which are in order. */
export const marginal = (component: Component, groups: ReadonlyArray<string>): Component => ({
  groups,
  rows: [
    ...projected(
      component,
      groups.map((group) => component.groups.indexOf(group)),
    ).values(),
  ].sort(byOutcome),
})

/** All of them as one table, as if independent. */
export const product = (components: ReadonlyArray<Component>): Component => {
  const [first, ...others] = components
  if (first !== undefined && others.length === 0) return first
  let rows: ReadonlyArray<Row> = [{ outcome: [], weight: one }]
  for (const component of components) {
    rows = rows.flatMap((x) =>
      component.rows.map((y) => ({
        outcome: [...x.outcome, ...y.outcome],
        weight: times(x.weight, y.weight),
      })),
    )
  }
  const names = components.flatMap(({ groups }) => groups)
  const groups = [...names].sort()
  const places = groups.map((group) => names.indexOf(group))
  return {
    groups,
    rows: rows
      .map(({ outcome, weight }) => ({ outcome: places.map((i) => outcome[i]!), weight }))
      .sort(byOutcome),
  }
}

export const massOf = ({ rows }: Component): Weight => sum(rows.map(({ weight }) => weight))

/** The same with mass 1. */
export const normalised = (component: Component): Component => {
  const factor = over(one, massOf(component))
  return {
    groups: component.groups,
    rows: component.rows.map(({ outcome, weight }) => ({ outcome, weight: times(weight, factor) })),
  }
}

/** Whether the groups at some places are independent of those at all others. O(rows). */
export const splitsAt = (component: Component, inside: ReadonlyArray<number>): boolean => {
  const outside = component.groups.map((_, i) => i).filter((i) => !inside.includes(i))
  const [xs, ys] = [projected(component, inside), projected(component, outside)]
  if (xs.size * ys.size !== component.rows.length) return false
  const mass = massOf(component)
  return component.rows.every(({ outcome, weight }) => {
    const x = xs.get(keyOf(inside.map((i) => outcome[i]!)))!
    const y = ys.get(keyOf(outside.map((i) => outcome[i]!)))!
    return compare(times(weight, mass), times(x.weight, y.weight)) === 0
  })
}

/**
 * The finest parts whose product it is; there is one such partition.
 *
 * Group after group: the parts found among the first ones either stay as they are, if they are independent of all others so far, or
 * belong with the new one. (A part without the new group was one before it came, so it can't be finer now.) That two groups
 * are independent in pairs is never asked, since it says nothing of three. O(groups² · rows).
 */
export const factors = (component: Component): ReadonlyArray<Component> => {
  let parts: ReadonlyArray<ReadonlyArray<number>> = []
  component.groups.forEach((_, i) => {
    const known = marginal(component, component.groups.slice(0, i + 1))
    const apart = parts.filter((part) => splitsAt(known, part))
    const bound = parts.filter((part) => !apart.includes(part))
    parts = [...apart, [...bound.flat(), i].sort((a, b) => a - b)]
  })
  if (parts.length === 1) return [component]
  return parts.map((part) =>
    marginal(
      component,
      part.map((i) => component.groups[i]!),
    ),
  )
}

/** Weights are made shorter once one of them is longer than this many binary digits. */
const LONG = 1024n

/** The same proportions as integers without a common factor, if the weights have grown long. */
export const shortened = (component: Component): Component =>
  component.rows.some(({ weight }) => weight.numerator >> LONG !== 0n || weight.denominator >> LONG !== 0n)
    ? inIntegers(component)
    : component

/** The proportions as integers without a common factor: equal measures, up to mass, have equal integers. */
export const inIntegers = ({ groups, rows }: Component): Component => {
  const whole = integers(rows.map(({ weight }) => weight))
  return {
    groups,
    rows: rows.map(({ outcome }, i) => ({ outcome, weight: make(whole[i]!, 0n, 1n) })),
  }
}

/** Each weight rounded to a number of binary digits. */
export const roundedTo = ({ groups, rows }: Component, bits: number): Component => ({
  groups,
  rows: rows.map(({ outcome, weight }) => ({ outcome, weight: rounded(weight, bits) })),
})

/** The rows in which a group has some outcome, split among the children of that outcome. */
export const expanded = (
  { groups, rows }: Component,
  place: number,
  parent: string,
  children: ReadonlyArray<readonly [string, Weight]>,
): Component => ({
  groups,
  rows: rows
    .flatMap((row) =>
      row.outcome[place] === parent
        ? children.map(([child, share]) => ({
            outcome: row.outcome.with(place, child),
            weight: times(row.weight, share),
          }))
        : [row],
    )
    .sort(byOutcome),
})

/** `lambda · x + (1 − lambda) · y`, of two with the same groups and mass 1. */
export const mixed = (lambda: Weight, x: Component, y: Component): Component => {
  const rest = minus(one, lambda)
  const rows = [
    ...x.rows.map(({ outcome, weight }) => ({ outcome, weight: times(lambda, weight) })),
    ...y.rows.map(({ outcome, weight }) => ({ outcome, weight: times(rest, weight) })),
  ]
  return {
    groups: x.groups,
    rows: [...merged(rows).values()].filter(({ weight }) => weight.numerator !== 0n).sort(byOutcome),
  }
}

/** In bits. */
export const entropy = (component: Component): number =>
  normalised(component).rows.reduce((h, { weight }) => h + toNumber(weight) * Math.max(0, -log2(weight)), 0)

/** The mutual information of two groups, in bits: each term is the logarithm of an exact ratio, which is 1 where they are independent. */
export const information = (two: Component): number => {
  const law = normalised(two)
  const [xs, ys] = [projected(law, [0]), projected(law, [1])]
  const bits = law.rows.reduce((total, { outcome, weight }) => {
    const apart = times(xs.get(keyOf([outcome[0]!]))!.weight, ys.get(keyOf([outcome[1]!]))!.weight)
    return total + toNumber(weight) * log2(over(weight, apart))
  }, 0)
  return Math.max(0, bits)
}

/** The same groups and the same proportions. */
export const equals = (x: Component, y: Component): boolean => {
  if (x === y) return true
  if (x.rows.length !== y.rows.length || x.groups.length !== y.groups.length) return false
  if (!x.groups.every((group, i) => group === y.groups[i])) return false
  const [p, q] = [massOf(x), massOf(y)]
  return x.rows.every((row, i) => {
    const other = y.rows[i]!
    return byOutcome(row, other) === 0 && compare(times(row.weight, q), times(other.weight, p)) === 0
  })
}
