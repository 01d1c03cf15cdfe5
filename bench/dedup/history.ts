/** A corpus of messages: a history that grows, and into which something is put now and then. */
import { type Chance, chance } from '../../src/cli/job/chance.js'
import { line } from '../../src/cli/job/edits.js'
import { State } from '../../src/index.js'
import type { Corpus, Edit, Step } from './Corpus.js'

interface Message {
  readonly role: string
  readonly content: string
}

const ROLES = ['user', 'assistant', 'tool'] as const

const SHORTEST = 50
const LONGEST = 2000

/** Messages from one commit to the next. */
const PER_COMMIT = 10
/** Of the commits, the share before which a message is put into the middle. */
const INSERTED = 0.1

const message = (dice: Chance): Message => {
  const length = SHORTEST + dice.below(LONGEST - SHORTEST + 1)
  let content = ''
  while (content.length < length) content += `${line(dice)}\n`
  return { role: dice.pick(ROLES), content: content.slice(0, length) }
}

const PATH = 'messages'
const FILE = 'messages.jsonl'

const fileOf = (messages: ReadonlyArray<Message>): string =>
  messages.map((one) => `${JSON.stringify(one)}\n`).join('')

/** As it is kept in git: a line of JSON a message. */
export const history = (count: number): Corpus => {
  let messages: ReadonlyArray<Message> = []
  const steps: Step[] = []
  while (messages.length < count) {
    const dice = chance('history', messages.length)
    const edits: Edit[] = []
    for (let k = 0; k < PER_COMMIT; k++) {
      const added = message(dice)
      edits.push(State.set([PATH, messages.length], added))
      messages = [...messages, added]
    }
    if (dice.happens(INSERTED)) {
      messages = messages.toSpliced(dice.below(messages.length), 0, message(dice))
      edits.push(State.set([PATH], messages))
    }
    steps.push({ edits, changes: new Map([[FILE, fileOf(messages)]]) })
  }
  return {
    start: { [PATH]: [] },
    files: new Map([[FILE, '']]),
    steps,
    end: { [PATH]: messages },
    another: (k) => {
      const dice = chance('history', 'another', k)
      const at = dice.below(messages.length)
      return State.set([PATH], messages.toSpliced(at, dice.below(2), message(dice)))
    },
  }
}
