/** `coppice verify`: what a proof shows. Needs no store. */
import { buffer } from 'node:stream/consumers'
import * as O from 'fp-ts/lib/Option.js'
import { ready } from '../../data/Hasher.js'
import { type CommandModule, examples } from '../command.js'
import { whole } from '../names.js'
import { lines } from '../output.js'
import { verified } from '../proofs.js'
import { questionOf, type RangeFlags, rangeOption } from '../questions.js'
import { shown } from '../shown.js'
import { misused, orStop } from '../stop.js'
import { toJson } from '../values.js'

export const define: CommandModule['define'] = (command, acting) => {
  rangeOption(command)
    .argument('<digest>', 'the whole digest of the checkpoint: a CID, or 64 hexadecimal digits')
    .argument('<path>', 'what it is about')
  examples(command, [
    'verify 3f9a…e07 src/index.ts < index.proof',
    'verify 3f9a…e07 src/index.ts --range 100..200 < part.proof',
  ])
  command.action(
    acting<[string, string, RangeFlags]>(async (_, name, text, flags) => {
      const digest =
        whole(name) ?? misused('a proof is checked against a whole digest, which coppice log --json prints')
      if (process.stdin.isTTY) return misused('the proof comes from the standard input: < FILE')
      await ready()
      const { question, answer } = orStop(
        verified(digest, questionOf(text, flags), await buffer(process.stdin)),
      )
      const { range } = question
      const part = range === undefined ? '' : `, from ${range.from} to ${range.to}`
      return O.isNone(answer)
        ? {
            json: { valid: true, ...question, present: false },
            text: lines([`nothing stands at ${text}${part}`]),
          }
        : {
            json: { valid: true, ...question, present: true, value: toJson(answer.value) },
            text: shown(answer.value),
          }
    }),
  )
}
