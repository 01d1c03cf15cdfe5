/** `coppice verify`: what a proof shows. Needs no store. */
import { buffer } from 'node:stream/consumers'
import * as O from 'fp-ts/lib/Option.js'
import { ready } from '../../data/Hasher.js'
import { type CommandModule, examples } from '../command.js'
import { whole } from '../names.js'
import { lines } from '../output.js'
import { locate } from '../paths.js'
import { verified } from '../proofs.js'
import { shown } from '../shown.js'
import { misused, orStop } from '../stop.js'
import { toJson } from '../values.js'

export const define: CommandModule['define'] = (command, acting) => {
  command
    .argument('<digest>', 'the whole digest of the checkpoint: a CID, or 64 hexadecimal digits')
    .argument('<path>', 'what it is about')
  examples(command, ['verify 3f9a…e07 src/index.ts < index.proof'])
  command.action(
    acting<[string, string]>(async (_, name, text) => {
      const digest =
        whole(name) ?? misused('a proof is checked against a whole digest, which coppice log --json prints')
      if (process.stdin.isTTY) return misused('the proof comes from the standard input: < FILE')
      await ready()
      const { path, answer } = orStop(verified(digest, locate(text), await buffer(process.stdin)))
      return O.isNone(answer)
        ? { json: { valid: true, path, present: false }, text: lines([`nothing stands at ${text}`]) }
        : {
            json: { valid: true, path, present: true, value: toJson(answer.value) },
            text: shown(answer.value),
          }
    }),
  )
}
