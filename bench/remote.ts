/** A subject in a process of its own, as a contestant like any other. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Reply, Request } from './host.js'
import type { Contestant } from './measure.js'

/** A million elements in several structures need more than the default. */
const HEAP_MIB = 8192

interface Named {
  readonly name: string
}

export interface Remote<S extends Named> {
  readonly subject: S
  /** Bytes an element, beside what it was built of. */
  readonly bytes: number
  readonly contestant: (metric: string) => Contestant
  readonly close: () => void
}

const ask = <Q>(child: ChildProcess, request: Request<Q>): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const settle = (): void => {
      child.off('message', replied)
      child.off('error', failed)
      child.off('exit', ended)
    }
    const replied = (reply: Reply): void => {
      settle()
      if (reply.reply === 'failed') reject(new Error(reply.reason))
      else resolve(reply)
    }
    const failed = (error: Error): void => {
      settle()
      reject(error)
    }
    const ended = (code: number | null, signal: string | null): void => {
      settle()
      reject(new Error(`its process ended with ${signal ?? code}`))
    }
    child.on('message', replied)
    child.on('error', failed)
    child.on('exit', ended)
    child.send(request)
  })

/** A subject in the process of a module that calls `host`; `what` names in a failure what is compared. */
export const open = async <S extends Named, Q>(
  module: URL,
  subject: S,
  question: Q,
  what: string,
): Promise<Remote<S>> => {
  const child = fork(fileURLToPath(module), {
    execArgv: ['--expose-gc', `--max-old-space-size=${HEAP_MIB}`],
  })
  const say = async <R extends Reply['reply']>(
    request: Request<Q>,
    expected: R,
  ): Promise<Extract<Reply, { reply: R }>> => {
    const reply = await ask(child, request).catch((error: Error) => {
      const doing = request.ask === 'open' ? 'opening' : request.metric
      throw new Error(`${subject.name}, ${what}, ${doing}: ${error.message}`)
    })
    if (reply.reply !== expected) throw new Error(`${subject.name} answered ${reply.reply} to ${request.ask}`)
    return reply as Extract<Reply, { reply: R }>
  }
  const close = (): void => {
    child.kill()
  }
  try {
    const { bytes } = await say({ ask: 'open', question }, 'opened')
    return {
      subject,
      bytes,
      contestant: (metric) => ({
        subject: subject.name,
        calibrate: async (plan) => (await say({ ask: 'calibrate', metric, plan }, 'calibrated')).count,
        visit: async (count, plan) => (await say({ ask: 'visit', metric, count, plan }, 'visited')).timings,
      }),
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}

/** All of them once they are open; if one fails, the others are closed. */
export const together = async <S extends Named>(
  opening: ReadonlyArray<Promise<Remote<S>>>,
): Promise<ReadonlyArray<Remote<S>>> => {
  const attempts = await Promise.allSettled(opening)
  const remotes = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []))
  for (const attempt of attempts) {
    if (attempt.status === 'fulfilled') continue
    for (const { close } of remotes) close()
    throw attempt.reason
  }
  return remotes
}
