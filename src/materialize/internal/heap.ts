/**
 * A binary heap whose items know where they are, so that one of them can be moved or taken out in O(log n).
 *
 * INV1  no item comes before its parent;
 * INV2  `items[i].position` is `i`; the position of what is not in the heap is −1.
 */

export interface Heaped {
  position: number
}

export class Heap<A extends Heaped> {
  private readonly items: Array<A> = []
  private readonly before: (x: A, y: A) => boolean
  constructor(before: (x: A, y: A) => boolean) {
    this.before = before
  }
  get size(): number {
    return this.items.length
  }
  first(): A | undefined {
    return this.items[0]
  }
  push(item: A): void {
    item.position = this.items.length
    this.items.push(item)
    this.up(item.position)
  }
  remove(item: A): void {
    const at = item.position
    if (at < 0) return
    const last = this.items.pop()!
    item.position = -1
    if (last === item) return
    this.put(last, at)
    this.moved(last)
  }
  /** To be called after what decides an item's place has changed. */
  moved(item: A): void {
    this.up(item.position)
    this.down(item.position)
  }
  private put(item: A, at: number): void {
    this.items[at] = item
    item.position = at
  }
  private up(from: number): void {
    const item = this.items[from]!
    let at = from
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = this.items[above]!
      if (!this.before(item, parent)) break
      this.put(parent, at)
      at = above
    }
    this.put(item, at)
  }
  private down(from: number): void {
    const item = this.items[from]!
    const { length } = this.items
    let at = from
    for (;;) {
      let below = 2 * at + 1
      if (below >= length) break
      if (below + 1 < length && this.before(this.items[below + 1]!, this.items[below]!)) below++
      const child = this.items[below]!
      if (!this.before(child, item)) break
      this.put(child, at)
      at = below
    }
    this.put(item, at)
  }
}
