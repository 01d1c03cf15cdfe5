/** What a writer's state holds at a turn: few contents that come again, so that what was garbage is used again. */
export const contentOf = (head, turn) => {
  const file = (n) => `${head} ${n} `.repeat(40 + 60 * (n % 5))
  const files = Object.fromEntries(
    Array.from({ length: 12 }, (_, i) => [`file ${i}`, file(i + (turn % 7) * (i % 3))]),
  )
  return { turn, shared: 'the same for all '.repeat(100 + (turn % 3)), files }
}
