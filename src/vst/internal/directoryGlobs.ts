/**
 * Which paths of a directory take part.
 *
 * A path takes part if an include glob matches it or a directory above it, and no exclude glob does. Paths are relative,
 * with slashes; dotfiles are like others.
 */
import * as E from 'fp-ts/lib/Either.js'
import picomatch from 'picomatch'
import { type InvalidValue, invalidValue } from '../../data/Failure.js'

/** Globs as picomatch has them, but that a `!` in front is a letter, and that `/` or `/**` at the end says nothing. */
export interface Globs {
  /** By default everything. */
  readonly include?: ReadonlyArray<string>
  /** By default nothing. What stands below an excluded directory is excluded too. */
  readonly exclude?: ReadonlyArray<string>
}

/** `within`: it takes part; `through`: a directory that does not, but something below may. */
export type Verdict = 'within' | 'through' | 'without'

/** The verdict on a path, given that on the directory above. */
export type Selection = (path: string, above: Verdict) => Verdict

// A name may hold a line break, which a dot of a regular expression has to match.
const options = { dot: true, nonegate: true, flags: 's' } as const

type Kind = 'include' | 'exclude'

/** What a glob matches, it takes with all that is below. */
const trimmed = (glob: string): string => glob.replace(/(?:\/+(?:\*\*)?)+$/, '')

const compiled = (
  kind: Kind,
  globs: ReadonlyArray<string>,
): E.Either<InvalidValue, (path: string) => boolean> => {
  const tests: Array<picomatch.Matcher> = []
  for (const [i, glob] of globs.entries()) {
    try {
      tests.push(picomatch(trimmed(glob), options))
    } catch (cause) {
      return E.left(invalidValue([kind, i], `not a glob: ${(cause as Error).message}`))
    }
  }
  return E.right((path) => tests.some((test) => test(path)))
}

/** Names that a path has to begin with to match, as far as they are plain. */
const baseOf = (glob: string): ReadonlyArray<string> => {
  const { base } = picomatch.scan(trimmed(glob), options)
  return base === '' || base.includes('\\') ? [] : base.split('/')
}

const onTheWay = (base: ReadonlyArray<string>, path: ReadonlyArray<string>): boolean =>
  path.every((name, i) => i >= base.length || base[i] === name)

/** Errors: `InvalidValue` with the place of what is no glob. */
export const selectionOf = ({ include, exclude }: Globs): E.Either<InvalidValue, Selection> => {
  const included = compiled('include', include ?? ['**'])
  if (included._tag === 'Left') return included
  const excluded = compiled('exclude', exclude ?? [])
  if (excluded._tag === 'Left') return excluded
  const bases = (include ?? ['**']).map(baseOf)
  return E.right((path, above) => {
    if (above === 'without' || excluded.right(path)) return 'without'
    if (above === 'within' || included.right(path)) return 'within'
    const names = path.split('/')
    return bases.some((base) => onTheWay(base, names)) ? 'through' : 'without'
  })
}

/** The verdict on the directory itself. */
export const rootOf = ({ include }: Globs): Verdict => (include === undefined ? 'within' : 'through')
