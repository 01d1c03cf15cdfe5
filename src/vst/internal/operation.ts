/** An operation of the log: a checkpoint of the view after it, whose metadata says what was done. */
import * as E from 'fp-ts/lib/Either.js'
import * as Digest from '../../data/Digest.js'
import { type Corrupt, corrupt, type InvalidValue } from '../../data/Failure.js'
import { hash } from '../../data/Hasher.js'
import { type Ref, ref } from '../../data/Ref.js'
import type { Value } from '../../data/Value.js'
import type { Put } from '../../store/Store.js'
import * as block from './checkpointBlock.js'
import type { Entry as Loaded } from './history.js'

export const kinds = [
  'commit',
  'head',
  'merge',
  'prune',
  'collapse',
  'undo',
  'redo',
  'rewind',
  'import',
  'expire',
] as const

/**
 * What was done: `head` created, moved or removed a head; `prune` ended history; `rewind` put back a whole view; `import`
 * took in what was done to heads without the engine; `expire` ended the window earlier.
 */
export type Kind = (typeof kinds)[number]

/** What the log knows of an operation. */
export interface Entry {
  readonly ref: Ref
  readonly generation: number
  readonly time: number
  readonly kind: Kind
  /** The operation that it takes back. */
  readonly reverts: Digest.Digest | null
  /** The digest of the view after it. */
  readonly view: Digest.Digest
  readonly description: string
  readonly author: string
  /** The generation of the oldest operation of the window that it leaves. */
  readonly oldest: number
  /** Whether it says where history is to end. */
  readonly cuts: boolean
  /** Whether it holds what it took away from heads. */
  readonly keeps: boolean
}

const isKind = (value: unknown): value is Kind => kinds.includes(value as Kind)

/** Errors: `Corrupt` for a checkpoint that is no operation. */
export const entryOf = ({ digest, checkpoint }: Loaded): E.Either<Corrupt, Entry> => {
  const { generation, time, state, message, author, metadata } = checkpoint
  const said = (typeof metadata === 'object' && metadata !== null ? metadata : {}) as Record<string, unknown>
  const { kind, oldest, reverts } = said
  const isGeneration = Number.isSafeInteger(oldest) && (oldest as number) <= generation
  if (!isKind(kind) || !isGeneration) return E.left(corrupt(digest, 'no operation'))
  return E.right({
    ref: ref(digest),
    generation,
    time,
    kind,
    reverts:
      reverts instanceof Uint8Array && reverts.length === Digest.SIZE ? Digest.fromBytes(reverts) : null,
    view: state,
    description: message,
    author,
    oldest: oldest as number,
    cuts: said['cuts'] === true,
    keeps: said['keeps'] === true,
  })
}

/** The operation with its block. Errors: `InvalidValue` for words that do not fit. */
export const sealed = (
  said: Omit<Entry, 'ref' | 'view'>,
  parent: Ref | null,
  view: Ref,
): E.Either<InvalidValue, { readonly entry: Entry; readonly put: Put }> => {
  const { generation, time, kind, oldest, cuts, keeps, reverts, description, author } = said
  const metadata: Record<string, Value> = { kind, oldest }
  if (cuts) metadata['cuts'] = true
  if (keeps) metadata['keeps'] = true
  if (reverts !== null) metadata['reverts'] = Digest.toBytes(reverts)
  const encoded = block.encode({
    state: view.digest,
    parents: parent === null ? [] : [parent.digest],
    generation,
    message: description,
    author,
    time,
    metadata,
  })
  if (encoded._tag === 'Left') return encoded
  const own = ref(hash(encoded.right))
  const put = { ref: own, bytes: encoded.right, links: [view], parents: parent === null ? [] : [parent] }
  return E.right({ entry: { ...said, ref: own, view: view.digest }, put })
}
