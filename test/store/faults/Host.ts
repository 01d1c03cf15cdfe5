/** A process with a store (`host.mjs`), which imports the built package, as seen by the test that drives it. */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A commit that was acknowledged. */
export interface Acknowledged {
  readonly head: string
  readonly turn: number
}

type Message = Acknowledged | readonly [number, unknown, string?]

const HOST = fileURLToPath(new URL('host.mjs', import.meta.url))

export class Host {
  readonly process: ChildProcess
  /** What it said of its own accord, in order. */
  readonly acknowledged: Array<Acknowledged> = []
  /** What it wrote to its standard error. */
  errors = ''
  readonly ended: Promise<string>
  private readonly waiting = new Map<number, (message: readonly [number, unknown, string?] | Error) => void>()
  private asked = 0

  /** `limit`: KiB that a file which it writes may have. */
  constructor(limit?: number) {
    this.process =
      limit === undefined
        ? fork(HOST, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] })
        : spawn('bash', ['-c', `trap "" XFSZ; ulimit -f ${limit}; exec "${process.execPath}" "${HOST}"`], {
            stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
          })
    this.process.stderr!.on('data', (data) => {
      this.errors += String(data)
    })
    this.process.on('message', (message: Message) => {
      if (!('length' in message)) this.acknowledged.push(message)
      else this.waiting.get(message[0])?.(message)
    })
    this.ended = new Promise((resolve) => {
      this.process.on('close', (code, signal) => {
        for (const settle of this.waiting.values())
          settle(new Error(`it ended: ${signal ?? code} ${this.errors}`))
        resolve(signal ?? String(code))
      })
    })
  }

  /** Asks it to do something; fails with what it threw, or when it ends first. */
  ask<A = unknown>(command: string, ...given: ReadonlyArray<unknown>): Promise<A> {
    const number = ++this.asked
    return new Promise((resolve, reject) => {
      this.waiting.set(number, (message) => {
        this.waiting.delete(number)
        if (message instanceof Error) reject(message)
        else if (message.length === 3) reject(new Error(`${command}: ${message[2]}`))
        else resolve(message[1] as A)
      })
      this.process.send([number, command, ...given])
    })
  }

  /** Asks for what goes on until it is killed. */
  tell(command: string, ...given: ReadonlyArray<unknown>): void {
    this.ask(command, ...given).catch((error: Error) => {
      if (!error.message.startsWith('it ended')) this.errors += error.message
    })
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<string> {
    this.process.kill(signal)
    return this.ended
  }
}

/** Ends hosts that a test has left running. */
export const using = async <A>(hosts: ReadonlyArray<Host>, use: () => Promise<A>): Promise<A> => {
  try {
    return await use()
  } finally {
    await Promise.all(hosts.map((host) => host.kill()))
  }
}
