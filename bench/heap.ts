/** Bytes that are in use, array buffers included, once nothing is left to collect. */
export const used = (): number => {
  globalThis.gc!()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
