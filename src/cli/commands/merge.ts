/** `coppice merge`: what has become of two checkpoints since they parted, put together under a head. */
import { Option } from 'commander'
import type { Digest } from '../../data/Digest.js'
import type * as Merge from '../../vst/Merge.js'
import * as Resolver from '../../vst/Resolver.js'
import * as Vst from '../../vst/Vst.js'
import { type CommandModule, type Context, examples } from '../command.js'
import { decided, load, type Pending, resolutions, type Side, save, sideToJson } from '../conflicts.js'
import { retrying, vstOf } from '../engine.js'
import { checkpointOf, headAt, named, short } from '../names.js'
import { type NoteFlags, noteOf, noteOptions } from '../note.js'
import { type Answer, count, lines, paint, printable } from '../output.js'
import { written } from '../paths.js'
import type { Session } from '../session.js'
import { misused, orStop, stop } from '../stop.js'

interface Flags extends NoteFlags {
  readonly conflicts?: string
  readonly take?: Exclude<Side, 'base'>
  readonly resume?: string
}

type Deciding = Parameters<typeof resolutions>[1]

/** Texts are merged by lines, as people expect of files; what that leaves, by characters. */
const RULES: ReadonlyArray<Merge.Rule> = [{ kind: 'text', resolve: Resolver.lines }]

interface Files {
  /** Where conflicts are to be written. */
  readonly conflicts?: string
  /** Where they came from. */
  readonly resume?: string
}

const parted = (pending: Pending, { conflicts }: Merge.Merged, files: Files): Answer => {
  if (files.conflicts !== undefined) save(files.conflicts, pending, conflicts)
  const file = files.conflicts ?? files.resume
  const hint =
    file === undefined
      ? 'nothing was merged: take a side with --take, or keep the conflicts with --conflicts FILE'
      : `nothing was merged: say in ${printable(file)} what to take, then: coppice merge --resume ${printable(file)}`
  return {
    json: {
      head: pending.head,
      merged: false,
      ours: named(pending.ours),
      theirs: named(pending.theirs),
      conflicts: conflicts.map(({ path, ...sides }) => ({
        path,
        base: sideToJson(sides.base),
        ours: sideToJson(sides.ours),
        theirs: sideToJson(sides.theirs),
      })),
    },
    text: lines([
      count(conflicts.length, 'conflict'),
      ...conflicts.map(({ path }) => `${paint('red', 'C')} ${written(path)}`),
      hint,
    ]),
    code: 1,
  }
}

/** What was merged, in words. */
const told = (
  head: string,
  theirs: Digest,
  outcome: Exclude<Vst.MergeOutcome, { _tag: 'Conflicting' }>,
): string => {
  const name = printable(head)
  switch (outcome._tag) {
    case 'UpToDate':
      return `${name} has ${short(theirs)} already`
    case 'FastForward':
      return `${paint('yellow', short(theirs))} ${name} goes on to what came after it`
    case 'Committed':
      return `${paint('yellow', short(outcome.committed.checkpoint))} ${name}: ${short(theirs)} merged in`
  }
}

/** Merges, and again with what is decided about each conflict, while there are any that are. */
const merged = (session: Session, pending: Pending, of: Deciding, files: Files): Answer => {
  const { head, theirs, message, author } = pending
  const options = { message, author, rules: RULES, expect: pending.ours }
  let decisions: ReadonlyArray<Merge.Resolution> = []
  for (;;) {
    const outcome = orStop(Vst.merge(head, theirs, { ...options, resolutions: decisions })(vstOf(session))())
    if (outcome._tag !== 'Conflicting') {
      const checkpoint = outcome._tag === 'Committed' ? outcome.committed.checkpoint : outcome.checkpoint
      return {
        json: { head, merged: true, outcome: outcome._tag, checkpoint: named(checkpoint), conflicts: [] },
        text: lines([told(head, theirs, outcome)]),
      }
    }
    const more = resolutions(outcome.merged.conflicts, of)
    if (more.length < outcome.merged.conflicts.length) return parted(pending, outcome.merged, files)
    decisions = [...decisions, ...more]
  }
}

const begun = (context: Context, head: string, wanted: string, flags: Flags): Promise<Answer> =>
  context.opened((session) =>
    retrying(async () => {
      const ours = headAt(session, head)
      const theirs = await checkpointOf(session, wanted)
      const pending = { head, ours, theirs, ...noteOf(flags, `merge ${wanted} into ${head}`) }
      return merged(session, pending, () => flags.take, flags)
    }),
  )

const resumed = (context: Context, file: string, flags: Flags): Promise<Answer> =>
  context.opened(async (session) => {
    const found = load(file)
    const pending = {
      ...found,
      message: flags.message ?? found.message,
      author: flags.author ?? found.author,
    }
    const actual = headAt(session, found.head)
    if (actual !== found.ours) {
      return stop({ _tag: 'HeadMoved', name: found.head, expected: found.ours, actual })
    }
    const of: Deciding = (conflict) => decided(found)(conflict) ?? flags.take
    return merged(session, pending, of, flags)
  })

export const define: CommandModule['define'] = (command, acting) => {
  noteOptions(command)
    .argument('[ours]', 'the head that goes on with the merge')
    .argument('[theirs]', 'the checkpoint to merge')
    .option('--conflicts <file>', 'write conflicts to a new file, to be decided there')
    .option('--resume <file>', 'go on with a merge whose conflicts are in a file')
    .addOption(
      new Option('--take <side>', 'what to take where both sides have changed a place').choices([
        'ours',
        'theirs',
      ]),
    )
  examples(command, [
    'merge main idea',
    'merge main idea --take theirs',
    'merge main idea --conflicts conflicts.json',
    'merge --resume conflicts.json',
  ])
  command.action(
    acting<[string | undefined, string | undefined, Flags]>((context, ours, theirs, flags) => {
      if (flags.resume !== undefined) {
        return ours === undefined
          ? resumed(context, flags.resume, flags)
          : misused('the file says what to merge')
      }
      if (ours === undefined || theirs === undefined) return misused('a merge is of two: OURS THEIRS')
      return begun(context, ours, theirs, flags)
    }),
  )
}
