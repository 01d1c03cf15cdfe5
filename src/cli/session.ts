/** The store that a command works on, open for the time of the command. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import * as ComponentStore from '../branch/ComponentStore.js'
import * as LmdbStore from '../store/LmdbStore.js'
import * as Fetch from '../trie/Fetch.js'
import { orStop, type Reason, stop } from './stop.js'

export interface Session {
  readonly store: LmdbStore.LmdbStore
  readonly components: ComponentStore.ComponentStore<LmdbStore.LmdbStore>
  /** Does what may have to be loaded. */
  readonly ask: <E extends Reason, A>(fetch: Fetch.Fetch<E, A>) => A
}

/** Opens a store, uses it, and closes it whatever happens. */
export const withSession = async <A>(
  directory: string,
  options: LmdbStore.Options,
  use: (session: Session) => Promise<A>,
): Promise<A> => {
  const whole = resolve(directory)
  if (options.create === false && !existsSync(whole)) stop({ _tag: 'NoStore', directory })
  const store = orStop(await LmdbStore.open(whole, options)())
  const components = ComponentStore.make(store)
  try {
    return await use({ store, components, ask: (fetch) => orStop(Fetch.run(store)(fetch)()) as never })
  } finally {
    await store.close()
  }
}
