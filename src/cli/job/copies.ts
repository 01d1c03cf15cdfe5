/** Agents as plain copies of plain data: how the scenario is done without coppice, and what its answers must be. */
import { type Message, PROMPT } from './history.js'
import type { Agent } from './scenario.js'
import { byteLength, type Content, type File, type Tree, treeOf, type Workspace } from './workspace.js'

/** The whole of one agent. */
export interface Plain {
  readonly agent: string
  readonly files: Tree
  readonly messages: readonly Message[]
}

/** What all agents start from. */
export const plainStart = (workspace: Workspace): Plain => ({
  agent: '',
  files: treeOf(workspace.files),
  messages: [PROMPT],
})

type Writable = { [name: string]: Content | Writable }

/** A deep copy on which an agent has done its part. */
export const copyFor = (base: Plain, { name, edits, messages }: Agent): Plain => {
  const copy = structuredClone({ ...base, agent: name, messages: [...base.messages, ...messages] })
  for (const { path, change } of edits) {
    const last = path.length - 1
    let directory = copy.files as Writable
    for (let i = 0; i < last; i++) directory = directory[path[i]!] as Writable
    const file = path[last]!
    // Defined and not assigned: a file may be called `__proto__`.
    Object.defineProperty(directory, file, {
      value: change(directory[file] as Content),
      enumerable: true,
      writable: true,
      configurable: true,
    })
  }
  return copy
}

/** What an agent changed, which with the workspace is all of it. */
export interface Changed {
  readonly name: string
  readonly contents: ReadonlyMap<number, Content>
  readonly messages: readonly Message[]
}

export const changedBy = ({ files }: Workspace, { name, edits, messages }: Agent): Changed => ({
  name,
  contents: new Map(edits.map(({ file, change }) => [file, change(files[file]!.content)])),
  messages,
})

/** The whole of an agent, as it must be. */
export const expected = (workspace: Workspace, { name, contents, messages }: Changed): Plain => {
  const files = workspace.files.map(
    (file, i): File => ({ path: file.path, content: contents.get(i) ?? file.content }),
  )
  return { agent: name, files: treeOf(files), messages: [PROMPT, ...messages] }
}

/** What there is to store, in bytes of file contents and message contents, text as UTF-8. */
export interface Volume {
  /** Of all agents, each as a whole. */
  readonly whole: number
  /** Of what differs: contents that are equal count once, whoever holds them. */
  readonly unique: number
  /** Of edited files that another agent had edited alike: in memory once an agent until they are stored. */
  readonly alike: number
}

export const volume = (workspace: Workspace, agents: Iterable<Changed>): Volume => {
  const seen = new Set<string>()
  let unique = 0
  let alike = 0
  const count = (content: Content): number => {
    const bytes = byteLength(content)
    const key = typeof content === 'string' ? `t${content}` : `b${Buffer.from(content).toString('latin1')}`
    if (!seen.has(key)) {
      seen.add(key)
      unique += bytes
    }
    return bytes
  }
  let base = count(PROMPT.content)
  for (const { content } of workspace.files) base += count(content)
  let whole = 0
  for (const { contents, messages } of agents) {
    whole += base
    for (const [file, content] of contents) {
      const before = unique
      const bytes = count(content)
      whole += bytes - byteLength(workspace.files[file]!.content)
      if (unique === before) alike += bytes
    }
    for (const { content } of messages) whole += count(content)
  }
  return { whole, unique, alike }
}
