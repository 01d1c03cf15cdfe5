/** A question to a process of its own, whose memory is nobody else's. */
import { fork } from 'node:child_process'
import { totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

export type Answer<A> = { readonly answer: A } | { readonly failed: string }

const HEAP_MIB = Math.floor((totalmem() / 2 ** 20) * 0.75)

/** What the process of a module answers; rejects if it fails or ends without an answer. */
export const ask = <Q extends object, A>(module: URL, question: Q): Promise<A> =>
  new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(module), {
      execArgv: ['--expose-gc', `--max-old-space-size=${HEAP_MIB}`],
      // What the engine prints when it runs out of memory says nothing that the exit does not.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    child.once('message', (message: Answer<A>) => {
      if ('answer' in message) resolve(message.answer)
      else reject(new Error(message.failed))
      child.kill()
    })
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      reject(new Error(`a measuring process ended with ${signal ?? `code ${code}`}`))
    })
    child.send(question)
  })

/** Serves one question of the parent process, and ends when that is gone. */
export const serve = <Q, A>(respond: (question: Q) => Promise<A>): void => {
  process.once('disconnect', () => process.exit())
  process.once('message', (question: Q) => {
    respond(question)
      .then(
        (answer): Answer<A> => ({ answer }),
        (error: unknown): Answer<A> => ({ failed: error instanceof Error ? error.message : String(error) }),
      )
      .then((message) => process.send!(message))
  })
}
