/** What a function of the caller threw, in words. */
export const thrown = (what: string, cause: unknown): string => {
  try {
    return `${what} threw ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`
  } catch {
    return `${what} threw`
  }
}
