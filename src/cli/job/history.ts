/** The message history of an agent: what it was told, what it did to which file, what the tools answered. */
import type { Chance } from './chance.js'
import { line, word } from './edits.js'

export type Message = { readonly role: string; readonly content: string }

/** The files that an agent looks at before it edits anything. */
const LOOKS = 4

const TASKS = [
  'The tests of the parser fail on input with carriage returns. Find out why and make them pass.',
  'Make the cache respect its limit when entries are replaced, and say in the documentation what the limit counts.',
  'Names in the public interface are inconsistent. Propose better ones and carry them through.',
  'The build takes twice as long as last month. Find the cause and remove it without changing what is built.',
] as const

const SYSTEM = [
  'You are an engineer who works on a repository through tools. Read before you write. Keep each change as small as it',
  'can be and explain it in one sentence. Do not touch files that have nothing to do with the task. When a tool fails,',
  'read what it says and try something else instead of repeating the call. Tests are part of the work: add one for each',
  'defect that you remove, and run all of them before you say that you are done. If the task cannot be done as it was',
  'given, stop and say why. Answer in plain text, without headings or lists, in the language of the person who asks.',
].join('\n')

// A string that is cut from or joined of others keeps them alive; what is held here must be its own.
const own = (text: string): string => Buffer.from(text).toString()

const said = (role: string, content: string): Message => ({ role, content: own(content) })

const looked = (path: string, dice: Chance): readonly Message[] => [
  said(
    'assistant',
    `I look at ${path} first, because the ${word(dice)} of the ${word(dice)} is defined there.`,
  ),
  said('tool', `${path}:${1 + dice.below(400)}\n${Array.from({ length: 4 }, () => line(dice)).join('\n')}`),
]

const wrote = (path: string, dice: Chance): readonly Message[] => [
  said(
    'assistant',
    `In ${path} the ${word(dice)} was taken for the ${word(dice)} (${dice.below(10_000)}). I change that and leave the rest.`,
  ),
  said(
    'tool',
    `edited ${path}\n${Array.from({ length: 2 + dice.below(6) }, () => `+${line(dice)}`).join('\n')}`,
  ),
]

/** What every agent is told first. */
export const PROMPT: Message = { role: 'system', content: SYSTEM }

/** What follows, over the files that are edited, in that order. */
export const history = (edited: readonly string[], all: readonly string[], dice: Chance): Message[] => [
  { role: 'user', content: dice.pick(TASKS) },
  ...Array.from({ length: LOOKS }, () => looked(all[dice.below(all.length)]!, dice)).flat(),
  ...edited.flatMap((path) => wrote(path, dice)),
]
