/** Broken importers and materialisers. */
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import * as StateReference from '../../src/branch/StateReference.js'
import { fileFailed, type Path } from '../../src/data/Failure.js'
import type { Value } from '../../src/data/Value.js'
import * as State from '../../src/trie/State.js'
import * as Directory from '../../src/vst/Directory.js'
import { fromPairs } from '../arbitraries.js'
import { type Directories, directories } from './directoryLaws.js'

type Map = { readonly [name: string]: Value }

const isMap = (value: Value): value is Map =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)

/** One that changes what it has read before it hands it over; `null` leaves an entry out. */
const tampering = (change: (value: Value, name: string) => Value | null): Directories => {
  const inside = (value: Value): Value => {
    if (!isMap(value)) return value
    const entries: Array<readonly [string, Value]> = []
    for (const [name, one] of Object.entries(value)) {
      const next = change(inside(one), name)
      if (next !== null) entries.push([name, next])
    }
    return fromPairs(entries)
  }
  return {
    ...directories,
    importFrom: (directory, path, options) => (reference) => async () => {
      const done = await Directory.importFrom(directory, path, options)(reference)()
      if (E.isLeft(done)) return done
      const value = await StateReference.askAsync(State.get(path))(reference as never)()
      if (E.isLeft(value) || value.right._tag === 'None')
        return E.left(fileFailed(directory, 'read', 'nothing'))
      const next = inside(value.right.value)
      if (path.length > 0) await StateReference.updateAsync(State.set(path, next))(reference as never)()
      else {
        const whole = State.fromJson(next)
        if (E.isRight(whole)) StateReference.write(whole.right)(reference)()
      }
      return done
    },
  }
}

const importing = (change: (options: Directory.ImportOptions) => Directory.ImportOptions): Directories => ({
  ...directories,
  importFrom: (directory, path, options = {}) => Directory.importFrom(directory, path, change(options)),
})

const materialising = (
  change: (options: Directory.MaterialiseOptions) => Directory.MaterialiseOptions,
): Directories => ({
  ...directories,
  materialise: (path, target, options = {}) => Directory.materialise(path, target, change(options)),
})

/** A materialiser as one writes it in an afternoon: joins names and writes through whatever is there. */
const naive = (target: string, tree: Map): number => {
  let written = 0
  for (const [name, value] of Object.entries(tree)) {
    const path = join(target, name)
    written++
    if (isMap(value)) {
      mkdirSync(path, { recursive: true })
      written += naive(path, value)
    } else if (Array.isArray(value)) {
      if (value[0] === 'link') symlinkSync(value[1] as string, path)
      else writeFileSync(path, value[1] as string)
    } else writeFileSync(path, value as string)
  }
  return written
}

const writing = (write: (target: string, value: Map) => void): Directories => ({
  ...directories,
  materialise: (path: Path, target) => (reference) => async () => {
    const value = await StateReference.askAsync(State.get(path))(reference as never)()
    if (E.isLeft(value) || value.right._tag === 'None') return E.left(fileFailed(target, 'write', 'nothing'))
    try {
      write(target, value.right.value as Map)
      return E.right({ written: 0, unchanged: 0, removed: 0, bytes: 0 })
    } catch (cause) {
      return E.left(fileFailed(target, 'write', cause))
    }
  },
})

/** Reads files through links. */
const throughLinks = (directory: string, depth = 0): Map =>
  fromPairs(
    readdirSync(directory).flatMap((name): ReadonlyArray<readonly [string, Value]> => {
      const path = join(directory, name)
      const isLink = lstatSync(path).isSymbolicLink()
      if (isLink && depth > 2) return []
      try {
        return [
          [name, statSync(path).isDirectory() ? throughLinks(path, depth + 1) : readFileSync(path, 'utf8')],
        ]
      } catch {
        return []
      }
    }),
  )

/** A broken one, and a law that it breaks. */
export interface Broken {
  readonly subject: Directories
  readonly breaks: string
}

const THERE = 'a directory that came in goes out as it was'
const TABLE = 'what comes in is what the table says, digest for digest'
const AGAIN = 'what comes in again changes nothing, and adds nothing'
const BACK = 'a state that went out comes in as it was'
const PRUNED = 'pruned, any directory becomes that of the state'
const STAYS = 'what the state does not have stays'
const GLOBS_OUT = 'globs say what goes out, and what is pruned'
const GLOBS_IN = 'globs say what comes in'
const NAMES = 'a name that is none is refused, and nothing changes'
const LINKS = 'links that stand in the target are not followed'
const LINKS_IN = 'links are not followed when a directory comes in'

/** Each is rejected by a law, and each law rejects one. */
export const brokenDirectories: Readonly<Record<string, Broken>> = {
  'knows one bit of the permissions': {
    subject: importing((options) => ({ ...options, modes: 'executable' })),
    breaks: THERE,
  },
  'takes all bytes for text': {
    subject: tampering((value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value,
    ),
    breaks: TABLE,
  },
  'leaves out empty directories': {
    subject: tampering((value) => (isMap(value) && Object.keys(value).length === 0 ? null : value)),
    breaks: BACK,
  },
  'leaves out dotfiles': {
    subject: tampering((value, name) => (name.startsWith('.') ? null : value)),
    breaks: GLOBS_IN,
  },
  'takes empty files for nothing': {
    subject: tampering((value) => (value === '' ? null : value)),
    breaks: TABLE,
  },
  'adds the time': {
    subject: tampering((value) => (typeof value === 'string' ? `${value}${performance.now()}` : value)),
    breaks: AGAIN,
  },
  'follows links when it reads': {
    subject: {
      ...directories,
      importFrom: (directory, path, options) => (reference) => async () => {
        const done = await Directory.importFrom(directory, path, options)(reference)()
        const whole = State.fromJson(throughLinks(directory))
        if (path.length === 0 && E.isRight(whole)) StateReference.write(whole.right)(reference)()
        return done
      },
    },
    breaks: LINKS_IN,
  },
  'has no include globs': { subject: importing(({ include: _, ...options }) => options), breaks: GLOBS_IN },
  'has no exclude globs': { subject: importing(({ exclude: _, ...options }) => options), breaks: GLOBS_IN },
  'writes all that is included': {
    subject: materialising(({ include: _, ...options }) => options),
    breaks: GLOBS_OUT,
  },
  'writes what is excluded': {
    subject: materialising(({ exclude: _, ...options }) => options),
    breaks: GLOBS_OUT,
  },
  'never prunes': { subject: materialising(({ prune: _, ...options }) => options), breaks: PRUNED },
  'always prunes': { subject: materialising((options) => ({ ...options, prune: true })), breaks: STAYS },
  'begins with an empty directory': {
    subject: {
      ...directories,
      materialise: (path, target, options) => (reference) => async () => {
        for (const name of readdirSync(target)) rmSync(`${target}/${name}`, { recursive: true })
        return Directory.materialise(path, target, options)(reference)()
      },
    },
    breaks: PRUNED,
  },
  'joins names': { subject: writing(naive), breaks: NAMES },
  'writes through links': { subject: writing(naive), breaks: LINKS },
  'writes nothing': { subject: writing(() => undefined), breaks: BACK },
}
