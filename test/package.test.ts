/**
 * The package as a user gets it: packed, installed elsewhere, each subpath imported by plain Node and by TypeScript's
 * rules of resolution.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const elsewhere = mkdtempSync(join(tmpdir(), 'coppice-pack-'))
const run = (command: string, args: ReadonlyArray<string>, cwd: string): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  exports: Record<string, unknown>
  devDependencies: Record<string, string>
}
const subpaths = Object.keys(manifest.exports).filter((path) => !path.endsWith('.json'))

describe('the packed package', () => {
  let tarball = ''
  beforeAll(() => {
    // `pretest` has built it.
    const packed = JSON.parse(
      run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', elsewhere], root),
    ) as [{ filename: string }] | Record<string, { filename: string }>
    tarball = join(elsewhere, Object.values(packed)[0]!.filename)
    writeFileSync(
      join(elsewhere, 'package.json'),
      JSON.stringify({ name: 'elsewhere', private: true, type: 'module' }),
    )
    const peers = ['fp-ts', 'io-ts', 'immutable', 'fast-check'].map(
      (name) => `${name}@${manifest.devDependencies[name]}`,
    )
    run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball, ...peers], elsewhere)
  })
  afterAll(() => rmSync(elsewhere, { recursive: true, force: true }))

  test.each(subpaths)('%s is imported by plain Node', (subpath) => {
    const name = `coppice${subpath.slice(1)}`
    const names = run(
      process.execPath,
      ['--input-type=module', '-e', `console.log(Object.keys(await import(${JSON.stringify(name)})).join())`],
      elsewhere,
    )
    expect(names.trim().split(',').length).toBeGreaterThan(2)
  })

  test('its types stand by themselves', () => {
    writeFileSync(
      join(elsewhere, 'types.mts'),
      "import * as coppice from 'coppice'\nimport * as laws from 'coppice/laws'\nexport const both = [coppice, laws]\n",
    )
    const options = ['--strict', '--noEmit', '--skipLibCheck', 'false', '--module', 'nodenext']
    const target = ['--target', 'es2023', '--lib', 'es2023,esnext.disposable', '--types', 'node']
    const roots = ['--typeRoots', join(root, 'node_modules/@types')]
    run(join(root, 'node_modules/.bin/tsc'), [...options, ...target, ...roots, 'types.mts'], elsewhere)
  })

  test('works there', () => {
    const program = `
      import { ComponentStore, MemoryStore, State, StateReference } from 'coppice'
      const components = ComponentStore.make(MemoryStore.make())
      const committed = StateReference.commit()(StateReference.root(components)(State.empty)())()
      console.log(committed._tag)`
    expect(run(process.execPath, ['--input-type=module', '-e', program], elsewhere).trim()).toBe('Right')
  })

  test('publint finds nothing', () => {
    run(join(root, 'node_modules/.bin/publint'), ['run', tarball, '--strict'], root)
  })

  test('the types resolve', () => {
    run(join(root, 'node_modules/.bin/attw'), [tarball, '--profile', 'esm-only'], root)
  })
})
