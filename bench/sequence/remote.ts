/** A subject in a process of its own, as a contestant like any other. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Contestant } from '../measure.js'
import type { Reply, Request } from './protocol.js'
import type { Kind, Subject } from './subjects.js'

const HOST = fileURLToPath(new URL('./host.js', import.meta.url))

/** A million items in several sequences need more than the default. */
const HEAP_MIB = 8192

export interface Remote {
  readonly subject: Subject
  /** Bytes an item, beside the content that it was built of. */
  readonly bytes: number
  readonly contestant: (metric: string) => Contestant
  readonly close: () => void
}

const ask = (child: ChildProcess, request: Request): Promise<Reply> =>
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

export const open = async (subject: Subject, kind: Kind, n: number): Promise<Remote> => {
  const child = fork(HOST, { execArgv: ['--expose-gc', `--max-old-space-size=${HEAP_MIB}`] })
  const say = async <R extends Reply['reply']>(
    request: Request,
    expected: R,
  ): Promise<Extract<Reply, { reply: R }>> => {
    const reply = await ask(child, request).catch((error: Error) => {
      const what = request.ask === 'open' ? 'opening' : request.metric
      throw new Error(`${subject.name}, ${kind}, n = ${n}, ${what}: ${error.message}`)
    })
    if (reply.reply !== expected) throw new Error(`${subject.name} answered ${reply.reply} to ${request.ask}`)
    return reply as Extract<Reply, { reply: R }>
  }
  const close = (): void => {
    child.kill()
  }
  try {
    const { bytes } = await say({ ask: 'open', module: subject.module, kind, n }, 'opened')
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
