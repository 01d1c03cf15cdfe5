/** Which places one side of a merge has changed, which the other, and which both. */
import type { Path } from '../../data/Failure.js'
import type { Operation, Patch } from '../../trie/Patch.js'

/** What a patch does at one path. */
export type Operations = ReadonlyArray<Operation>

/** What each side has done to a place: operations right there, or, as `null`, something below it. */
export interface Meeting {
  readonly path: Path
  readonly ours: Operations | null
  readonly theirs: Operations | null
}

export interface Plan {
  /** What only they have changed. */
  readonly taken: Patch
  /** What both have. */
  readonly met: ReadonlyArray<Meeting>
}

interface Place {
  readonly below: Map<string | number, Place>
  readonly ours: Array<Operation>
  readonly theirs: Array<Operation>
  /** Whether a side has changed something here or below. */
  byOurs: boolean
  byTheirs: boolean
}

const untouched = (): Place => ({ below: new Map(), ours: [], theirs: [], byOurs: false, byTheirs: false })

/** Puts a patch into a tree of places. */
const enter = (root: Place, patch: Patch, side: 'ours' | 'theirs'): void => {
  for (const operation of patch) {
    let at = root
    for (let depth = 0; ; depth++) {
      if (side === 'ours') at.byOurs = true
      else at.byTheirs = true
      if (depth === operation.path.length) break
      const segment = operation.path[depth]!
      const next: Place = at.below.get(segment) ?? untouched()
      at.below.set(segment, next)
      at = next
    }
    at[side].push(operation)
  }
}

/** O(operations · depth). No path of a patch lies below another of its own. */
export const plan = (ours: Patch, theirs: Patch): Plan => {
  const root = untouched()
  enter(root, ours, 'ours')
  enter(root, theirs, 'theirs')
  const taken: Array<Operation> = []
  const met: Array<Meeting> = []
  const visit = (place: Place, path: Path): void => {
    if (!place.byTheirs) return
    const stands = (operations: Operations): Operations | null => (operations.length > 0 ? operations : null)
    if (place.byOurs && (place.ours.length > 0 || place.theirs.length > 0)) {
      met.push({ path, ours: stands(place.ours), theirs: stands(place.theirs) })
    } else {
      taken.push(...place.theirs)
      for (const [segment, below] of place.below) visit(below, [...path, segment])
    }
  }
  visit(root, [])
  return { taken, met }
}
