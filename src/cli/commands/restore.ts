/** `coppice restore`: a head goes on with what an earlier checkpoint holds, and keeps its history. */
import * as StateReference from '../../branch/StateReference.js'
import * as Checkpoint from '../../vst/Checkpoint.js'
import { type CommandModule, examples } from '../command.js'
import { commit, retrying } from '../engine.js'
import { checkpointOf, headAt, named, short } from '../names.js'
import { type NoteFlags, noteOf, noteOptions } from '../note.js'
import { lines, paint } from '../output.js'
import { orStop } from '../stop.js'

export const define: CommandModule['define'] = (command, acting) => {
  noteOptions(command).argument('<head>', 'the head').argument('<checkpoint>', 'what it shall hold')
  examples(command, ['restore main 3f9a1c', "restore main idea -m 'the other way after all'"])
  command.action(
    acting<[string, string, NoteFlags]>(({ opened }, head, wanted, flags) =>
      opened((session) =>
        retrying(async () => {
          const before = headAt(session, head)
          const digest = await checkpointOf(session, wanted)
          const [now, then] = [before, digest].map((one) => session.ask(Checkpoint.load(one)).state)
          if (now === then) {
            return {
              json: { changed: false, head, checkpoint: named(before), restored: named(digest) },
              text: lines([`${head} holds what ${short(digest)} holds already`]),
            }
          }
          const reference = orStop(Checkpoint.restore(session.components)(digest)())
          const note = noteOf(flags, `restore ${short(digest)}`)
          const done = commit(session, reference, { ...note, parents: [before], head, expect: before })
          StateReference.release(reference)()
          return {
            json: {
              changed: true,
              head,
              checkpoint: named(done.checkpoint),
              state: named(done.state),
              restored: named(digest),
            },
            text: lines([
              `${paint('yellow', short(done.checkpoint))} ${head} holds what ${short(digest)} holds`,
            ]),
          }
        }),
      ),
    ),
  )
}
