/**
 * Edits of a state at a path: containers are rebuilt from the inside out, each in its one form.
 */
import { type InvalidPath, invalidPath, type Path } from '../../data/Failure.js'
import * as Fetch from '../Fetch.js'
import { isInline } from './block.js'
import { insert, remove } from './edit.js'
import { here, type LoadFailure, prepare, prepared, subtree } from './load.js'
import { ABSENT } from './merge.js'
import { LIST, NOBODY, type Owner, type Sequence, type Slot, type Trie } from './node.js'
import { COMPONENT, ROOT } from './place.js'
import { placement, ROOT_SHIFT } from './placement.js'
import { itemIn, type Standing } from './read.js'
import { isSequence, join, kindOf } from './sequence.js'
import {
  assign,
  type InlineMap,
  inlined,
  inOrder,
  isComponent,
  isInlineList,
  isInlineMap,
  listSlot,
  mapSlot,
} from './slot.js'
import { slotOfEdited } from './splice.js'

type Change = Fetch.Fetch<LoadFailure | InvalidPath, Standing>

/** An edit: what comes to stand at `path`, given what stands there. */
export interface Edit {
  readonly path: Path
  /** Whether it takes away what stands there; then nothing is made on the way. */
  readonly deleting: boolean
  readonly change: (slot: Standing) => Change
}

const refused = (edit: Edit, depth: number, reason: string): Change =>
  Fetch.fail(invalidPath(edit.path.slice(0, depth + 1), reason))

/** Applies an edit to what stands at the first `depth` segments of its path. */
export const edited = (slot: Standing, edit: Edit, depth: number): Change => {
  if (depth === edit.path.length) return edit.change(slot)
  if (slot === ABSENT) return inNothing(edit, depth)
  if (isComponent(slot)) {
    return Fetch.flatMap(here(slot, COMPONENT), (node) => {
      if (!isSequence(node)) return inTrie(node, slot, edit, depth)
      if (kindOf(node) === LIST) return inSequence(node, slot, edit, depth)
      return edit.deleting ? Fetch.of(slot) : refused(edit, depth, 'nothing stands inside text or bytes')
    })
  }
  if (isInlineList(slot)) return inList(slot, slot, edit, depth)
  if (isInlineMap(slot)) return inMap(slot, edit, depth)
  return edit.deleting ? Fetch.of(slot) : refused(edit, depth, 'nothing stands inside a scalar')
}

/** An edit makes the maps that its path names and that are not there. */
const inNothing = (edit: Edit, depth: number): Change => {
  const segment = edit.path[depth]!
  if (edit.deleting) return Fetch.of(ABSENT)
  if (typeof segment === 'number') return refused(edit, depth, 'there is no list here')
  return Fetch.flatMap(edited(ABSENT, edit, depth + 1), (slot): Change => {
    if (slot === ABSENT) return Fetch.of(ABSENT)
    const map: Record<string, Slot> = {}
    assign(map, segment, slot as Slot)
    return Fetch.of(mapSlot(map))
  })
}

const inList = (items: ReadonlyArray<Slot>, whole: Slot, edit: Edit, depth: number): Change => {
  const index = edit.path[depth]!
  if (typeof index !== 'number')
    return edit.deleting ? Fetch.of(whole) : refused(edit, depth, 'a list has no keys')
  if (index > items.length) {
    return edit.deleting ? Fetch.of(whole) : refused(edit, depth, `the list has ${items.length} items`)
  }
  const before = index < items.length ? items[index]! : ABSENT
  return Fetch.flatMap(edited(before, edit, depth + 1), (slot): Change => {
    if (slot === before) return Fetch.of(whole)
    const next = items.slice()
    if (slot === ABSENT) next.splice(index, 1)
    else next[index] = slot as Slot
    return Fetch.of(listSlot(next))
  })
}

const inSequence = (root: Sequence, whole: Slot, edit: Edit, depth: number): Change => {
  const index = edit.path[depth]!
  if (typeof index !== 'number')
    return edit.deleting ? Fetch.of(whole) : refused(edit, depth, 'a list has no keys')
  if (index > root.size) {
    return edit.deleting ? Fetch.of(whole) : refused(edit, depth, `the list has ${root.size} items`)
  }
  return Fetch.flatMap(itemIn(root, index), (before) =>
    Fetch.flatMap(edited(before, edit, depth + 1), (slot): Change => {
      if (slot === before) return Fetch.of(whole)
      const run = slot === ABSENT ? [] : [slot as Slot]
      const after = before === ABSENT ? index : index + 1
      return Fetch.flatMap(join(LIST, root, index, run, root, after), slotOfEdited)
    }),
  )
}

const inMap = (map: InlineMap, edit: Edit, depth: number): Change => {
  const key = edit.path[depth]!
  if (typeof key !== 'string')
    return edit.deleting ? Fetch.of(map) : refused(edit, depth, 'a map has no indices')
  const before = Object.hasOwn(map, key) ? map[key]! : ABSENT
  return Fetch.flatMap(edited(before, edit, depth + 1), (slot): Change => {
    if (slot === before) return Fetch.of(map)
    const next: Record<string, Slot> = {}
    for (const other of Object.keys(map)) if (other !== key) assign(next, other, map[other]!)
    if (slot !== ABSENT) assign(next, key, slot as Slot)
    return Fetch.of(mapSlot(inOrder(next)))
  })
}

const inTrie = (trie: Trie, whole: Slot, edit: Edit, depth: number): Change =>
  Fetch.flatMap(trieEdited(trie, edit, depth), (next): Change => {
    if (next === trie) return Fetch.of(whole)
    if (!isInline(next)) return Fetch.of(next)
    return Fetch.flatMap(subtree(next, ROOT), (loaded) => Fetch.of(inlined(next, { loaded })))
  })

/** The trie with the edit made in it; the root of a state stays a trie, however small. */
export const trieEdited = (
  trie: Trie,
  edit: Edit,
  depth: number,
): Fetch.Fetch<LoadFailure | InvalidPath, Trie> => {
  const key = edit.path[depth]!
  if (typeof key !== 'string') {
    return edit.deleting
      ? Fetch.of(trie)
      : Fetch.fail(invalidPath(edit.path.slice(0, depth + 1), 'a map has no indices'))
  }
  const h = placement(key)
  const last = depth === edit.path.length - 1
  return Fetch.flatMap(prepare(trie, h, key, edit.deleting && last), (loaded) => {
    const before = prepared(trie, h, key, loaded) as Standing
    return Fetch.flatMap(edited(before, edit, depth + 1), (slot): Fetch.Fetch<never, Trie> => {
      if (slot === before) return Fetch.of(trie)
      const owner: Owner = loaded === null ? NOBODY : { loaded }
      const next =
        slot === ABSENT
          ? remove(owner, trie, ROOT_SHIFT, h, key)
          : insert(owner, trie, ROOT_SHIFT, h, key, slot)
      // New nodes remember their owner; they must not keep what was loaded for it.
      if (owner !== NOBODY) owner.loaded = null
      return Fetch.of(next)
    })
  })
}
