/** What the agents of one forest hold: each some components of 1 KiB. */
import * as State from '../../src/trie/State.js'
import { nameOf, right, text } from './work.js'

export const AGENTS = 850

export const agentOf = (n: number): string => `agent-${n % AGENTS}`

/** An agent's own components, by name. */
export const agent = (n: number, components: number): Readonly<Record<string, string>> =>
  Object.fromEntries(Array.from({ length: components }, (_, i) => [nameOf(i), text(n * components + i)]))

/** All agents, by name. */
export const agents = (components: number): Readonly<Record<string, Readonly<Record<string, string>>>> =>
  Object.fromEntries(Array.from({ length: AGENTS }, (_, n) => [agentOf(n), agent(n, components)]))

export const forest = (components: number): State.State => right(State.fromJson(agents(components)))

/** The same as files, a folder an agent. */
export const files = (components: number): ReadonlyArray<readonly [name: string, content: string]> =>
  Object.entries(agents(components)).flatMap(([name, own]) =>
    Object.entries(own).map(([file, content]) => [`${name}/${file}`, content] as const),
  )
