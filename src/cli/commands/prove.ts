/** `coppice prove`: bytes that show what stands at a path, or that nothing does, to whoever knows the digest. */

import * as State from '../../trie/State.js'
import * as Checkpoint from '../../vst/Checkpoint.js'
import * as Proof from '../../vst/Proof.js'
import { type CommandModule, examples } from '../command.js'
import { checkpointOf, named } from '../names.js'
import { joined } from '../proofs.js'
import { questionOf, type RangeFlags, rangeOption } from '../questions.js'
import { misused, orStop } from '../stop.js'

export const define: CommandModule['define'] = (command, acting) => {
  rangeOption(command).argument('<checkpoint>', 'the checkpoint').argument('<path>', 'what to prove')
  examples(command, [
    'prove main src/index.ts > index.proof',
    'verify 3f9a…e07 src/index.ts < index.proof',
    'prove main src/index.ts --range 100..200 > part.proof',
  ])
  command.action(
    acting<[string, string, RangeFlags]>(({ opened, json }, wanted, text, flags) => {
      if (!json && process.stdout.isTTY) return misused('a proof is bytes: send it to a file or a pipe')
      return opened(async (session) => {
        const checkpoint = await checkpointOf(session, wanted)
        const { state } = session.ask(Checkpoint.load(checkpoint))
        const asked = State.open(state, session.components.residency)
        const question = session.ask(questionOf(text, flags)(asked))
        const block = orStop(session.store.read([checkpoint])())[0]!
        const proof = orStop(joined(block, orStop(Proof.prove(session.store)(state, question)())))
        return {
          json: { checkpoint: named(checkpoint), ...question, proof: Buffer.from(proof).toString('base64') },
          text: proof,
        }
      })
    }),
  )
}
