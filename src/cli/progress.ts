/** How far a long command is: one line on a terminal, nothing in a pipe. */
export interface Progress {
  readonly tell: (text: string) => void
  readonly end: () => void
}

/** Between two lines, in ms, so that telling costs nothing. */
const REST = 100

export const progress = (): Progress => {
  const { stderr } = process
  if (!stderr.isTTY) return { tell: () => {}, end: () => {} }
  let last = 0
  return {
    tell: (text) => {
      const now = performance.now()
      if (now - last < REST) return
      last = now
      stderr.write(`\r${text}\u001b[K`)
    },
    end: () => {
      if (last > 0) stderr.write('\r\u001b[K')
    },
  }
}
