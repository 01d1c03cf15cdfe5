/** `coppice graph`: heads and checkpoints as a picture. */
import { writeFileSync } from 'node:fs'
import { type CommandModule, examples } from '../command.js'
import { branchesOf, drawingOf } from '../graph/branches.js'
import { laidOut } from '../graph/layout.js'
import { svg } from '../graph/svg.js'
import { named } from '../names.js'
import { whole } from '../numbers.js'
import { count, lines } from '../output.js'
import { stop } from '../stop.js'

interface Flags {
  readonly output?: string
  readonly count: number
}

const save = (file: string, picture: string): void => {
  try {
    writeFileSync(file, picture)
  } catch (cause) {
    stop({ _tag: 'FileFailed', path: file, operation: 'write', cause })
  }
}

export const define: CommandModule['define'] = (command, acting) => {
  command
    .option('-o, --output <file>', 'where to (default: the standard output)')
    .option('-n, --count <n>', 'so many of the latest checkpoints at most', whole, 200)
  examples(command, ['graph -o branches.svg', 'graph -n 20 > latest.svg', 'graph --json'])
  command.action(
    acting<[Flags]>(({ opened, json }, { output, count: most }) =>
      opened(async (session) => {
        const branches = branchesOf(session, most)
        const isDrawn = output !== undefined || !json
        const picture = isDrawn ? svg(laidOut(drawingOf(branches))) : ''
        if (output !== undefined) save(output, picture)
        const { nodes, heads } = branches
        return {
          json: {
            ...(output === undefined ? {} : { file: output }),
            heads: heads.map(([head, digest]) => ({ head, checkpoint: named(digest) })),
            checkpoints: nodes.map(({ entry: { digest, checkpoint }, share: { own, shared }, groups }) => ({
              checkpoint: named(digest),
              parents: checkpoint.parents.map(named),
              own,
              shared,
              superpositions: groups,
            })),
          },
          text:
            output === undefined
              ? picture
              : lines([`${output}: ${count(nodes.length, 'checkpoint')}, ${count(heads.length, 'head')}`]),
        }
      }),
    ),
  )
}
