/** How far the job is: a bar on a terminal, nothing in a pipe. */
import { SingleBar } from 'cli-progress'
import type { Progress } from './job.js'

export interface Bar extends Progress {
  readonly end: () => void
}

export const bar = (stream: NodeJS.WriteStream): Bar => {
  if (!stream.isTTY) return { stage: () => {}, step: () => {}, end: () => {} }
  const shown = new SingleBar({
    stream,
    format: '{stage} [{bar}] {value}/{total}',
    clearOnComplete: true,
    hideCursor: true,
    // The job does not give way to timers, so the bar draws when it is told.
    forceRedraw: true,
    synchronousUpdate: true,
  })
  return {
    stage: (stage, steps) => {
      shown.stop()
      shown.start(steps, 0, { stage })
    },
    step: () => shown.increment(),
    end: () => shown.stop(),
  }
}
