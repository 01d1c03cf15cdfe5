/**
 * Broken forests, each of which some law rejects.
 */
import * as O from 'fp-ts/lib/Option.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as Patch from '../../src/trie/Patch.js'
import * as State from '../../src/trie/State.js'
import * as Forest from '../../src/vst/Forest.js'
import type { Forests } from './forestLaws.js'

const sound: Forests = Forest

export const brokenForests: Readonly<Record<string, Forests>> = {
  'grafts small states as blocks of their own': {
    ...sound,
    set: (agent, state) => State.graft([agent], State.rootOf(state)),
  },
  'puts a mark into each state': {
    ...sound,
    set: (agent, state) => (forest) =>
      Fetch.flatMap(State.set(['agent'], agent)(state) as Fetch.Fetch<never, State.State>, (marked) =>
        sound.set(agent, marked)(forest),
      ),
  },
  'loses the others': {
    ...sound,
    set: (agent, state) => () => sound.set(agent, state)(Forest.empty),
  },
  'removes nothing': { ...sound, remove: () => (forest) => Fetch.of(forest) },
  'shares one state among all': {
    ...sound,
    set: (agent, state) => (forest) =>
      Fetch.flatMap(sound.agents(forest), (names) =>
        [...names, agent].reduce<Fetch.Fetch<Forest.ForestFailure, State.State>>(
          (result, name) => Fetch.flatMap(result, sound.set(name, state)),
          Fetch.of(forest),
        ),
      ),
  },
  'begins with nothing at each update': {
    ...sound,
    update: (agent, f) => (forest) =>
      Fetch.flatMap(f(State.empty), (state) => sound.set(agent, state)(forest)),
  },
  'knows everybody': {
    ...sound,
    get: (agent) => (forest) =>
      Fetch.map((found) => O.some(O.getOrElse(() => State.empty)(found as O.Option<State.State>)))(
        sound.get(agent)(forest),
      ),
  },
  'counts one more': { ...sound, size: (forest) => Fetch.map((n: number) => n + 1)(sound.size(forest)) },
  'forgets an agent': {
    ...sound,
    agents: (forest) => Fetch.map((names: ReadonlyArray<string>) => names.slice(1))(sound.agents(forest)),
  },
  'loads the agent that it gets': {
    ...sound,
    get: (agent) => (forest) => Fetch.flatMap(State.get([agent])(forest), () => sound.get(agent)(forest)),
  },
  'enters the agents that differ': {
    ...sound,
    diff: (before, after) => Fetch.flatMap(Patch.diff(before, after), () => sound.diff(before, after)),
  },
  'calls every difference a change': {
    ...sound,
    diff: (before, after) =>
      Fetch.map((found: ReadonlyArray<Forest.Change>) =>
        found.map(({ agent }): Forest.Change => ({ agent, change: 'changed' })),
      )(sound.diff(before, after)),
  },
  'sees no agent that is gone': {
    ...sound,
    diff: (before, after) =>
      Fetch.map((found: ReadonlyArray<Forest.Change>) => found.filter(({ change }) => change !== 'removed'))(
        sound.diff(before, after),
      ),
  },
  'calls all that is shared its own': {
    ...sound,
    sharing: (forest) =>
      Fetch.map((found: Forest.Sharing) => ({
        ...found,
        agents: found.agents.map((one) => ({ ...one, own: one.bytes, shared: 0 })),
      }))(sound.sharing(forest)),
  },
  'counts what is shared for each agent': {
    ...sound,
    sharing: (forest) =>
      Fetch.map((found: Forest.Sharing) => ({
        ...found,
        bytes: found.agents.reduce((sum, { bytes }) => sum + bytes, 0),
      }))(sound.sharing(forest)),
  },
  'names the first who shares': {
    ...sound,
    sharing: (forest) =>
      Fetch.map((found: Forest.Sharing) => ({
        ...found,
        shared: found.shared.map((one) => ({ ...one, agents: one.agents.slice(0, 1) })),
      }))(sound.sharing(forest)),
  },
  'shares with itself': {
    ...sound,
    partners: (agent) => (sharing) => [{ agent, bytes: 1 }, ...sound.partners(agent)(sharing)],
  },
}
