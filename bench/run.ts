/** `npm run bench -- [name…] [--quick] [--json FILE] [--list]` */
import { closeSync, openSync, writeFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { type Bench, higherIsBetter, type Row } from './Bench.js'
import { comparison } from './comparison.js'
import { machine } from './machine.js'
import { isName, type Name, names } from './names.js'

const FAILED = 1
const MISUSED = 2

interface Flags {
  readonly quick?: true
  readonly json?: string
  readonly list?: true
}

const complain = (message: string): void => {
  process.stderr.write(`bench: ${message}\n`)
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error)

const load = async (name: Name): Promise<Bench> => {
  const module: { readonly bench: Bench } = await import(`./${name}.js`)
  return module.bench
}

const progress = (text: string): void => {
  // On a terminal only: the line is rewritten in place.
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`)
}

const print = (text = ''): void => {
  process.stdout.write(`${text}\n`)
}

const show = (bench: Bench, rows: readonly Row[]): void => {
  print(`${bench.name}: ${bench.question}`)
  print(comparison(bench, rows))
  const rates = rows.some(({ unit }) => higherIsBetter(unit))
  const better = rates ? 'More is better where the unit ends in /s, less elsewhere.' : 'Less is better.'
  print(`* the best peer, by which the last column divides ours. M is a million. ${better}`)
  for (const note of bench.notes ?? []) print(note)
  print()
}

const run = async (wanted: readonly Name[], flags: Flags): Promise<number> => {
  const options = { quick: flags.quick === true }
  const all: Row[] = []
  let code = 0
  print(`${machine()}${options.quick ? ', quick' : ''}`)
  print()
  for (const name of wanted) {
    const rows: Row[] = []
    try {
      const bench = await load(name)
      progress(`${name} …`)
      await bench.run(options, (row) => {
        rows.push(row)
        progress(`${name}: ${row.metric}, n = ${row.n.toLocaleString('en')}`)
      })
      progress('')
      show(bench, rows)
      all.push(...rows)
    } catch (error) {
      progress('')
      complain(`${name}: ${reasonOf(error)}`)
      code = FAILED
    }
  }
  if (flags.json !== undefined) {
    const exact = all.map(({ bench, subject, n, metric, unit, value }) => ({
      bench,
      subject,
      n,
      metric,
      unit,
      value,
    }))
    writeFileSync(flags.json, `${JSON.stringify(exact, null, 2)}\n`)
  }
  return code
}

const writable = (file: string): string | null => {
  try {
    // Appending nothing: an older file stays whole until there are new figures.
    closeSync(openSync(file, 'a'))
    return null
  } catch (error) {
    return reasonOf(error)
  }
}

const main = async (): Promise<number> => {
  const command = new Command('npm run bench --')
    .description('Measures coppice beside what one would use instead.')
    .argument('[name...]', `what to measure: ${names.join(', ')} (default: all)`)
    .option('--quick', 'fewer sizes and rounds: under a minute for each name')
    .option('--json <file>', 'write the figures to a file, too')
    .option('--list', 'list the names and stop')
    .showSuggestionAfterError(false)
    .configureOutput({ outputError: (text) => complain(text.replace(/^error: /, '').trim()) })
    .exitOverride()
  try {
    command.parse()
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? 0 : MISUSED
  }
  const flags = command.opts<Flags>()
  if (flags.list === true) {
    for (const name of names) print(name)
    return 0
  }
  const unknown = command.args.find((name) => !isName(name))
  if (unknown !== undefined) {
    complain(`no bench is called '${unknown}'; there are ${names.join(', ')}`)
    return MISUSED
  }
  const broken = flags.json === undefined ? null : writable(flags.json)
  if (broken !== null) {
    complain(`cannot write ${flags.json}: ${broken}`)
    return MISUSED
  }
  const asked = command.args.filter(isName)
  return run(asked.length === 0 ? names : [...new Set(asked)], flags)
}

// A reader that has seen enough closes the pipe.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

process.exitCode = await main()
