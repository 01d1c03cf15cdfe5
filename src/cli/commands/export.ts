/** `coppice export`: checkpoints as a CAR, which every IPFS tool reads. */
import { open, rename, rm, stat } from 'node:fs/promises'
import * as Car from '../../store/Car.js'
import { type CommandModule, examples } from '../command.js'
import { named, rootsOf, short } from '../names.js'
import { count, isClosed, lines, size, write } from '../output.js'
import { misused, orStop, Stop, stop } from '../stop.js'

interface Flags {
  readonly output?: string
  readonly history: boolean
}

type Export = (sink: (bytes: Uint8Array) => Promise<void>) => Promise<Car.Exported>

const ENOUGH = 'nobody reads any more'

/** Ends early, and well, when the reader does. */
const toPipe = async (run: Export): Promise<null> => {
  try {
    await run(async (bytes) => {
      await write(bytes)
      if (isClosed()) throw new Error(ENOUGH)
    })
  } catch (error) {
    if (!isClosed()) throw error
  }
  return null
}

/** A file is replaced when the new one is whole; a pipe or a device is written to. */
const isReplaced = async (file: string): Promise<boolean> => {
  try {
    return (await stat(file)).isFile()
  } catch {
    return true
  }
}

const writing = async (file: string, run: Export): Promise<Car.Exported> => {
  const handle = await open(file, 'w')
  try {
    const done = await run(async (bytes) => {
      await handle.writeFile(bytes)
    })
    await handle.sync().catch(() => {})
    return done
  } finally {
    await handle.close()
  }
}

const toFile = async (file: string, run: Export): Promise<Car.Exported> => {
  const isWhole = await isReplaced(file)
  const beside = isWhole ? `${file}.${process.pid}` : file
  try {
    const done = await writing(beside, run)
    if (isWhole) await rename(beside, file)
    return done
  } catch (cause) {
    if (isWhole) await rm(beside, { force: true })
    if (cause instanceof Stop) throw cause
    return stop({ _tag: 'FileFailed', path: file, operation: 'write', cause })
  }
}

export const define: CommandModule['define'] = (command, acting) => {
  command
    .argument('[checkpoints...]', 'what to export, with its history (default: every head)')
    .option('-o, --output <file>', 'where to (default: the standard output)')
    .option('--no-history', 'leave out what came before')
  examples(command, ['export -o all.car', 'export main > main.car', 'export main --no-history -o now.car'])
  command.action(
    acting<[ReadonlyArray<string>, Flags]>(({ opened, json }, names, { output, history }) => {
      if (output === undefined && json) return misused('the answer needs the standard output: -o FILE')
      if (output === undefined && process.stdout.isTTY) return misused('a CAR is bytes: -o FILE, or a pipe')
      return opened(async (session) => {
        const roots = await rootsOf(session, names)
        if (roots.length === 0) return misused('there is nothing to export: no head names a checkpoint')
        const run: Export = async (sink) => orStop(await Car.write(roots, sink, { history })(session.store)())
        if (output === undefined) return toPipe(run)
        const { blocks, bytes } = await toFile(output, run)
        return {
          json: { file: output, roots: roots.map(named), blocks, bytes },
          text: lines([
            `${output}: ${roots.map(short).join(', ')}; ${count(blocks, 'block')}, ${size(bytes)}`,
          ]),
        }
      })
    }),
  )
}
