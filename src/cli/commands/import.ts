/** `coppice import`: the checkpoints of a CAR, each under a head. */
import { createReadStream } from 'node:fs'
import type { Digest } from '../../data/Digest.js'
import * as Car from '../../store/Car.js'
import * as Fetch from '../../trie/Fetch.js'
import * as State from '../../trie/State.js'
import * as Checkpoint from '../../vst/Checkpoint.js'
import { type CommandModule, examples } from '../command.js'
import { create } from '../engine.js'
import { type Head, headName, named, short, standing } from '../names.js'
import { count, lines, paint, printable } from '../output.js'
import type { Session } from '../session.js'
import { misused, orStop, stop } from '../stop.js'

interface Flags {
  readonly head?: ReadonlyArray<string>
  readonly shallow: boolean
}

const collect = (name: string, before: ReadonlyArray<string> = []): ReadonlyArray<string> => [...before, name]

const sourceOf = (file: string): AsyncIterable<Uint8Array> =>
  file === '-' ? process.stdin : createReadStream(file)

/** Names that were given for heads. */
const namesIn = (given: ReadonlyArray<string>): ReadonlyArray<string> =>
  new Set(given.map(headName)).size < given.length ? misused('one name for two heads') : given

/** Stops at a history that no commits make, and at a checkpoint of no state. O(checkpoints). */
const checked = ({ ask, components }: Session, roots: ReadonlyArray<Digest>): void => {
  const history = ask(Checkpoint.log()(roots))
  ask(
    Fetch.all(
      history.map(({ checkpoint: { state } }) => State.size(State.open(state, components.residency))),
    ),
  )
}

/** The heads for some roots: those that were named, and for the rest one by their digest. Nothing stands in their way. */
const headed = (
  session: Session,
  roots: ReadonlyArray<Digest>,
  names: ReadonlyArray<string>,
): ReadonlyArray<Head> => {
  if (names.length > roots.length) {
    return misused(`${count(names.length, 'head')} for ${count(roots.length, 'checkpoint')}`)
  }
  return roots.map((root, i) => {
    const name = names[i] ?? `imported/${short(root)}`
    const stands = standing(session, name)
    return stands === null || stands === root ? [name, root] : stop({ _tag: 'HeadExists', name })
  })
}

const settle = (session: Session, [name, digest]: Head): void => {
  if (standing(session, name) !== digest) create(session, name, digest)
}

export const define: CommandModule['define'] = (command, acting) => {
  command
    .argument('<file>', 'the CAR; - for the standard input')
    .option(
      '--head <name>',
      'the head of the first checkpoint, then of the next (default: imported/…)',
      collect,
    )
    .option('--shallow', 'take checkpoints whose history is not there', false)
  examples(command, ['import main.car --head main', 'import all.car', 'import - --head other < other.car'])
  command.action(
    acting<[string, Flags]>(({ opened }, file, { head = [], shallow }) => {
      const names = namesIn(head)
      return opened(async (session) => {
        const done = orStop(await Car.read(sourceOf(file), { shallow })(session.store)())
        if (done.missing.length > 0) {
          return stop({ _tag: 'Unreadable', file, reason: `it lacks ${printable(done.missing.join(', '))}` })
        }
        checked(session, done.roots)
        const heads = headed(session, done.roots, names)
        for (const one of heads) settle(session, one)
        const { roots: _, missing: __, ...counts } = done
        return {
          json: {
            heads: heads.map(([name, digest]) => ({ head: name, checkpoint: named(digest) })),
            ...counts,
          },
          text: lines(heads.map(([name, digest]) => `${paint('yellow', short(digest))} ${printable(name)}`)),
        }
      })
    }),
  )
}
