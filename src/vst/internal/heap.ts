/** A priority queue: a binary heap. */
export class Heap<A> {
  private readonly items: Array<A> = []
  private readonly before: (x: A, y: A) => boolean
  constructor(before: (x: A, y: A) => boolean) {
    this.before = before
  }

  push(item: A): void {
    const { items } = this
    let i = items.length
    while (i > 0) {
      const above = (i - 1) >> 1
      if (!this.before(item, items[above]!)) break
      items[i] = items[above]!
      i = above
    }
    items[i] = item
  }

  /** Takes out the one before all others; `undefined` if there is none. */
  pop(): A | undefined {
    const { items } = this
    const first = items[0]
    const last = items.pop()
    if (items.length === 0 || last === undefined) return first
    let i = 0
    for (;;) {
      let below = 2 * i + 1
      if (below >= items.length) break
      if (below + 1 < items.length && this.before(items[below + 1]!, items[below]!)) below++
      if (!this.before(items[below]!, last)) break
      items[i] = items[below]!
      i = below
    }
    items[i] = last
    return first
  }
}
