/**
 * What it may take to find out what two lists of lines have in common: each pair of equal lines is looked for among those
 * of the longest common part so far, which is as long as the shorter list at most. O(lines).
 *
 * Source: J. Hunt, T. Szymanski, A Fast Algorithm for Computing Longest Common Subsequences (CACM 1977), where the
 * search is binary; that of diff3 is not.
 */
export const lineWork = (x: ReadonlyArray<string>, y: ReadonlyArray<string>): number => {
  const times = new Map<string, number>()
  for (const line of x) times.set(line, (times.get(line) ?? 0) + 1)
  const pairs = y.reduce((sum, line) => sum + (times.get(line) ?? 0), 0)
  return pairs * Math.min(x.length, y.length)
}
