/** `coppice fsck`: reads, hashes and counts all of a store again; exit code 1 if something is wrong with it. */
import { createReadStream, statSync } from 'node:fs'
import { toHex } from '../../data/Digest.js'
import * as Car from '../../store/Car.js'
import * as Fsck from '../../store/Fsck.js'
import * as MemoryStore from '../../store/MemoryStore.js'
import * as Repair from '../../store/Repair.js'
import { type CommandModule, type Context, examples } from '../command.js'
import { type Answer, count, lines, size } from '../output.js'
import { type Progress, progress } from '../progress.js'
import { withSession } from '../session.js'
import { orStop, stop } from '../stop.js'

interface Flags {
  readonly repair?: string
}

const watched = (shown: Progress): Fsck.Options => ({
  onProgress: (blocks) => shown.tell(`${count(blocks, 'block')} read`),
})

/** Other tools read digests in hexadecimal digits. */
const plain = (fault: object): object =>
  Object.fromEntries(
    Object.entries(fault).map(([key, value]) => [
      key === '_tag' ? 'fault' : key,
      (key === 'digest' || key === 'link') && typeof value === 'string' ? toHex(value as never) : value,
    ]),
  )

const answer = (report: Fsck.Report, refilled: number | null): Answer => {
  const { faults, ...figures } = report
  const isClean = Fsck.isClean(report)
  const looked = `${count(report.blocks, 'block')}, ${size(report.bytes)}`
  return {
    json: {
      clean: isClean,
      ...(refilled === null ? {} : { refilled }),
      ...figures,
      faults: faults.map((fault) => ({ ...plain(fault), text: Fsck.describe(fault) })),
    },
    text: lines([
      ...(refilled === null ? [] : [`${count(refilled, 'block')} put back`]),
      ...faults.map(Fsck.describe),
      isClean ? `the store is whole: ${looked}` : `${count(report.found, 'fault')}: ${looked}`,
    ]),
    code: isClean ? 0 : 1,
  }
}

const examined = async ({ directory }: Context, shown: Progress): Promise<Answer> =>
  answer(orStop(await Repair.fsckDirectory(watched(shown))(directory)()), null)

const isDirectory = (path: string): boolean => {
  try {
    return statSync(path).isDirectory()
  } catch (cause) {
    return stop({ _tag: 'FileFailed', path, operation: 'look at', cause })
  }
}

/** A store, or a CAR, that has what this one has lost. */
const withSource = async <A>(from: string, use: (source: Repair.Source) => Promise<A>): Promise<A> => {
  if (isDirectory(from)) return withSession(from, { create: false }, ({ store }) => use(store.read))
  const memory = MemoryStore.make()
  orStop(await Car.read(createReadStream(from), { shallow: true })(memory)())
  return use(memory.read)
}

const repaired = ({ directory }: Context, from: string, shown: Progress): Promise<Answer> =>
  withSource(from, (source) =>
    withSession(directory, { create: false, suspect: true }, async ({ store }) => {
      const { after, refilled } = orStop(await Repair.repair(source, watched(shown))(store)())
      return answer(after, refilled)
    }),
  )

export const define: CommandModule['define'] = (command, acting) => {
  command.option('--repair <from>', 'mend it, with blocks of another store or of a CAR file')
  examples(command, ['fsck', 'fsck --repair /backup/.coppice', 'fsck --repair all.car'])
  command.action(
    acting<[Flags]>(async (context, { repair }) => {
      const shown = progress()
      try {
        return repair === undefined ? await examined(context, shown) : await repaired(context, repair, shown)
      } finally {
        shown.end()
      }
    }),
  )
}
