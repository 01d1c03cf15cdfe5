/** `coppice init`: an empty store. */
import { resolve } from 'node:path'
import { type CommandModule, examples } from '../command.js'
import { lines } from '../output.js'
import { withSession } from '../session.js'
import { orStop } from '../stop.js'

export const define: CommandModule['define'] = (command, acting) => {
  examples(command, ['init', 'init --store ~/agents.coppice'])
  command.action(
    acting(async ({ directory }) => {
      const store = resolve(directory)
      const heads = await withSession(
        directory,
        {},
        async (session) => orStop(session.store.heads('')()).length,
      )
      return { json: { store, heads }, text: lines([`the store is ${store}`]) }
    }),
  )
}
