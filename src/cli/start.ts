/** `npm start -- [--workspace DIR] [--agents N] [--edits FRACTION] [--seed S] [--store DIR] [--json FILE]`, or `npm start -- --search` */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { explain } from '../data/explain.js'
import { start, Unexpected } from './job/agents.js'
import { bar } from './job/bar.js'
import type { Settings } from './job/Figures.js'
import { parse } from './job/flags.js'
import { run } from './job/job.js'
import { defaultWorkspace, writable } from './job/places.js'
import { record, report } from './job/report.js'
import { read } from './job/workspace.js'
import { type Finding, search, table } from './search/run.js'

const FAILED = 1
const MISUSED = 2

const complain = (code: number, message: string): number => {
  process.stderr.write(`coppice: ${message.replace(/\s*\n\s*/g, ' ')}\n`)
  return code
}

const findings = (found: ReadonlyArray<Finding>): number => {
  process.stdout.write(`${table(found)}\n`)
  return found.some(({ agrees }) => agrees === false) ? FAILED : 0
}

const main = async (argv: readonly string[]): Promise<number> => {
  const flags = parse(argv)
  if (E.isLeft(flags)) return complain(MISUSED, flags.left)
  if (flags.right === null) return 0
  const { json, workspace: named, store, search: searching, ...numbers } = flags.right
  if (searching) return findings(await search())
  const output = json === undefined ? E.right(null) : writable(json)
  if (E.isLeft(output)) return complain(MISUSED, output.left)
  if (named === '') return complain(MISUSED, 'the workspace has no name')
  const directory = named === undefined ? defaultWorkspace() : E.right(resolve(named))
  if (E.isLeft(directory)) return complain(MISUSED, directory.left)
  const workspace = read(directory.right)
  if (E.isLeft(workspace)) return complain(MISUSED, workspace.left)
  const state = start(workspace.right)
  if (E.isLeft(state))
    return complain(MISUSED, `cannot hold the workspace ${directory.right}: ${explain(state.left)}`)

  const settings: Settings = {
    workspace: directory.right,
    ...numbers,
    ...(store === undefined ? {} : { store: resolve(store) }),
  }
  const progress = bar(process.stderr)
  try {
    const figures = await run(settings, workspace.right, progress)
    progress.end()
    process.stdout.write(`${report(settings, figures)}\n`)
    if (output.right !== null)
      writeFileSync(output.right, `${JSON.stringify(record(settings, figures), null, 2)}\n`)
    return figures.verified.mismatches === 0 ? 0 : FAILED
  } catch (error) {
    progress.end()
    // What nobody foresaw is a defect, and is shown with its place.
    if (!(error instanceof Unexpected)) throw error
    return complain(FAILED, error.message)
  }
}

// A reader that has seen enough closes the pipe.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? 0 : FAILED),
)

process.exitCode = await main(process.argv.slice(2))
