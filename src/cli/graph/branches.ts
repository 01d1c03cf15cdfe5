/** The graph of a store: checkpoints, whence they come, which heads name them, what is theirs alone, what is believed. */
import { type Digest, toCid, toHex } from '../../data/Digest.js'
import * as State from '../../trie/State.js'
import type { Entry } from '../../vst/Checkpoint.js'
import * as Checkpoint from '../../vst/Checkpoint.js'
import { type Head, short, tipsOf } from '../names.js'
import { moment, percent, printable, size } from '../output.js'
import type { Session } from '../session.js'
import { type Share, sharingOf } from '../sharing.js'
import type { Arrow, Box, Drawing } from './Drawing.js'
import { type Group, weightsIn } from './weights.js'

export interface Node {
  readonly entry: Entry
  /** Of all that is drawn: what only this checkpoint has, and what others have too. */
  readonly share: Share
  readonly groups: ReadonlyArray<Group>
}

export interface Branches {
  /** Children before parents. */
  readonly nodes: ReadonlyArray<Node>
  readonly heads: ReadonlyArray<Head>
}

/** The latest checkpoints of all heads, and the heads that name one of them. */
export const branchesOf = (session: Session, count: number): Branches => {
  const tips = tipsOf(session)
  const entries = session.ask(Checkpoint.log({ count })(tips.map(([, digest]) => digest)))
  const sharing = sharingOf(
    session,
    entries.map(({ digest }) => [toHex(digest), digest] as const),
  )
  const shares = new Map(sharing.shares.map((share) => [share.name, share]))
  return {
    nodes: entries.map((entry) => ({
      entry,
      share: shares.get(toHex(entry.digest))!,
      groups: session.ask(weightsIn(State.open(entry.checkpoint.state, session.components.residency))),
    })),
    heads: tips.filter(([, digest]) => shares.has(toHex(digest))),
  }
}

/** Characters of a line at most, and lines of a superposition. */
const WIDE = 36
const LONG = 8

const cut = (text: string): string =>
  text.length > WIDE ? `${text.slice(0, WIDE - 1).toWellFormed()}…` : text

const checkpointBox = ({ entry: { digest, checkpoint }, share }: Node): Box => ({
  id: toHex(digest),
  kind: 'checkpoint',
  lines: [
    `${short(digest)}  ${moment(checkpoint.time)}`,
    ...[printable(checkpoint.message.split('\n', 1)[0]!)].filter((line) => line !== '').map(cut),
    `own ${size(share.own)}, shared ${size(share.shared)}`,
  ],
  title: [toCid(digest), checkpoint.author, ...checkpoint.message.split('\n')].map(printable).join('\n'),
})

const headBox = ([name, digest]: Head): Box => ({
  id: `head ${name}`,
  kind: 'head',
  lines: [cut(printable(name))],
  title: `${printable(name)} → ${toCid(digest)}`,
})

const groupBox = (digest: Digest, { name, branches }: Group): Box => {
  const rows = branches
    .slice(0, LONG)
    .map(({ key, probability }) => `${cut(printable(key))}  ${percent(probability)}`)
  const more = branches.length - rows.length
  return {
    id: `superposition ${toHex(digest)} ${name}`,
    kind: 'superposition',
    lines: [cut(printable(name)), ...rows, ...(more > 0 ? [`and ${more} more`] : [])],
    title: `${printable(name)}: ${branches.length} branches`,
  }
}

export const drawingOf = ({ nodes, heads }: Branches): Drawing => {
  const drawn = new Set(nodes.map(({ entry }) => entry.digest))
  const groups = nodes.flatMap(({ entry, groups }) =>
    groups.map((group) => [entry.digest, groupBox(entry.digest, group)] as const),
  )
  const parents = nodes.flatMap(({ entry: { digest, checkpoint } }) =>
    checkpoint.parents
      .filter((parent) => drawn.has(parent))
      .map((parent): Arrow => ({ from: toHex(digest), to: toHex(parent), kind: 'parent' })),
  )
  return {
    boxes: [...heads.map(headBox), ...nodes.map(checkpointBox), ...groups.map(([, box]) => box)],
    arrows: [
      ...heads.map((head): Arrow => ({ from: headBox(head).id, to: toHex(head[1]), kind: 'head' })),
      ...parents,
      ...groups.map(([digest, { id }]): Arrow => ({ from: toHex(digest), to: id, kind: 'superposition' })),
    ],
  }
}
