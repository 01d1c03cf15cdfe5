/**
 * Watchers of heads. To be told is only to be told to look: each watcher looks for itself, one look after another, so
 * what it sees is in the order in which it happened, whatever the order of the tellings. What happens while it is
 * busy is one look later.
 */
import type { Task } from 'fp-ts/lib/Task.js'

interface Watcher {
  /** Looks once, and shows what it has seen if that is new. */
  readonly look: Task<void>
  /** Told since it last began to look. */
  told: boolean
  running: boolean
}

export class Watchers {
  private readonly byName = new Map<string, Set<Watcher>>()
  private readonly runs = new Set<Promise<void>>()

  /** Begins with a look; answers how to end it. */
  add(name: string, look: Task<void>): () => void {
    const watcher: Watcher = { look, told: false, running: false }
    const all = this.byName.get(name) ?? new Set()
    this.byName.set(name, all.add(watcher))
    this.wake(watcher)
    return () => {
      watcher.told = false
      all.delete(watcher)
      if (all.size === 0 && this.byName.get(name) === all) this.byName.delete(name)
    }
  }

  tell(name: string): void {
    for (const watcher of this.byName.get(name) ?? []) this.wake(watcher)
  }

  tellAll(): void {
    for (const name of this.byName.keys()) this.tell(name)
  }

  private wake(watcher: Watcher): void {
    watcher.told = true
    if (watcher.running) return
    watcher.running = true
    const run = this.run(watcher).finally(() => this.runs.delete(run))
    this.runs.add(run)
  }

  private async run(watcher: Watcher): Promise<void> {
    while (watcher.told) {
      watcher.told = false
      await watcher.look()
    }
    watcher.running = false
  }

  /** When nobody looks any more. */
  async idle(): Promise<void> {
    while (this.runs.size > 0) await Promise.all(this.runs)
  }
}
