/** Equality and diff for subjects that have none: walk one map, look each key up in the other. */
type Each<M> = (map: M, visit: (value: number, key: string) => void) => void
type Get<M> = (map: M, key: string) => number | undefined | null

export const equalsByWalking =
  <M>(size: (map: M) => number, each: Each<M>, get: Get<M>) =>
  (a: M, b: M): boolean => {
    if (size(a) !== size(b)) return false
    let same = true
    each(a, (value, key) => {
      if (get(b, key) !== value) same = false
    })
    return same
  }

export const diffByWalking =
  <M>(each: Each<M>, get: Get<M>) =>
  (a: M, b: M): number => {
    const changes: { readonly key: string; readonly before: number | null; readonly after: number | null }[] =
      []
    each(a, (before, key) => {
      const after = get(b, key) ?? null
      if (after !== before) changes.push({ key, before, after })
    })
    each(b, (after, key) => {
      if (get(a, key) == null) changes.push({ key, before: null, after })
    })
    return changes.length
  }

/** The sum of the values; every key is looked at, too. */
export const total = (entries: Iterable<readonly [key: string, value: number]>): number => {
  let sum = 0
  let last = ''
  for (const [key, value] of entries) {
    sum += value
    last = key
  }
  return last === '' ? 0 : sum
}
