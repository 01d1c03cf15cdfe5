import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as IOE from 'fp-ts/lib/IOEither.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as Collector from '../../src/branch/Collector.js'
import * as ComponentStore from '../../src/branch/ComponentStore.js'
import * as StateReference from '../../src/branch/StateReference.js'
import type { Drawing } from '../../src/cli/graph/Drawing.js'
import { laidOut } from '../../src/cli/graph/layout.js'
import { escaped, svg } from '../../src/cli/graph/svg.js'
import * as LmdbStore from '../../src/store/LmdbStore.js'
import * as Manager from '../../src/superposition/Manager.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as State from '../../src/trie/State.js'
import * as Checkpoint from '../../src/vst/Checkpoint.js'
import { type Json, type Shell, shell } from './shell.js'

const right = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}

const TAG =
  /<(?:\?xml[^<>]*\?|\/([a-z]+)|([a-zA-Z]+)((?:\s+[a-zA-Z-]+="[^"<&]*(?:&(?:amp|lt|gt|quot|#39);[^"<&]*)*")*)\s*(\/?))>/g

/** The texts of XML, by element; throws where it is not well formed. */
const parsed = (xml: string): ReadonlyArray<readonly [element: string, text: string]> => {
  const open: Array<{ name: string; text: string }> = []
  const seen: Array<readonly [string, string]> = []
  let last = 0
  const between = (text: string): void => {
    if (/[<>]|&(?!(?:amp|lt|gt|quot|#39);)/.test(text)) throw new Error(`not XML: ${text}`)
    const inside = open.at(-1)
    if (inside !== undefined) inside.text += text
    else if (text.trim() !== '') throw new Error(`outside: ${text}`)
  }
  for (const tag of xml.matchAll(TAG)) {
    between(xml.slice(last, tag.index))
    last = tag.index + tag[0].length
    const [, closing, opening, , empty] = tag
    if (opening !== undefined && empty === '') open.push({ name: opening, text: '' })
    if (closing === undefined) continue
    const ended = open.pop()
    if (ended?.name !== closing) throw new Error(`</${closing}> ends ${ended?.name}`)
    seen.push([ended.name, ended.text])
  }
  between(xml.slice(last))
  if (open.length > 0) throw new Error('not ended')
  return seen
}

const plain = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')

const ODD = `<b a="1">&amp; 'x' ]]> \u0000\ud800 ∞`

describe('a picture', () => {
  test('is well formed, whatever stands in it', () => {
    const drawing: Drawing = {
      boxes: [
        { id: 'a', kind: 'head', lines: [ODD], title: ODD },
        { id: 'b', kind: 'checkpoint', lines: ['one', ODD], title: '' },
        { id: '__proto__', kind: 'superposition', lines: [], title: ODD },
      ],
      arrows: [
        { from: 'a', to: 'b', kind: 'head' },
        { from: 'b', to: '__proto__', kind: 'superposition' },
      ],
    }
    const layout = laidOut(drawing)
    const texts = parsed(svg(layout))
    expect(texts.filter(([name]) => name === 'text')).toHaveLength(3)
    expect(plain(escaped(ODD))).toBe(`<b a="1">&amp; 'x' ]]> \ufffd\ufffd ∞`)
    const [top, ...below] = layout.placed.map(({ y }) => y)
    expect(below.every((y) => y > top!)).toBe(true)
    expect(layout.led.every(({ points }) => points.length > 1)).toBe(true)
  })

  test('of nothing is one, too', () => {
    expect(parsed(svg(laidOut({ boxes: [], arrows: [] }))).at(-1)![0]).toBe('svg')
  })

  test('boxes do not overlap', () => {
    const boxes = Array.from({ length: 30 }, (_, i) => ({
      id: String(i),
      kind: 'checkpoint' as const,
      lines: ['x'.repeat(i)],
      title: '',
    }))
    const arrows = boxes
      .slice(1)
      .map(({ id }, i) => ({ from: id, to: String(i >> 1), kind: 'parent' as const }))
    const { placed, width, height } = laidOut({ boxes, arrows })
    for (const [i, a] of placed.entries()) {
      expect(a.x - a.width / 2 >= 0 && a.x + a.width / 2 <= width && a.y + a.height / 2 <= height).toBe(true)
      for (const b of placed.slice(i + 1)) {
        const apart =
          Math.abs(a.x - b.x) * 2 >= a.width + b.width || Math.abs(a.y - b.y) * 2 >= a.height + b.height
        expect(apart).toBe(true)
      }
    }
  })
})

describe('of a store', () => {
  let at: Shell
  beforeAll(async () => {
    at = shell()
    at.write('work/text', 'what all have\n'.repeat(2000))
    at.write('work/own', 'one\n')
    at.ok('init')
    at.ok('commit', 'work', '-m', 'first <one> & "only"')
    at.ok('branch', 'agents/ann & <bob>')
    at.write('work/own', 'two\n')
    at.ok('commit', 'work', '-m', 'second')
    await superposed(join(at.place, 'store'))
  })
  afterAll(() => at.end())

  /** A head that holds a search: two branches, one three times as likely as the other. */
  const superposed = async (directory: string): Promise<void> => {
    const store = right(await LmdbStore.open(directory)())
    const components = ComponentStore.make(store)
    const manager = Manager.make(components, Collector.make(components))
    const root = StateReference.root(components)(State.empty)()
    const made = pipe(
      Manager.create('plan', Manager.evenly(['walk', 'run']), root)(manager),
      IOE.chainW(() => Manager.observe('plan', 'run', 3)(manager)),
    )
    right(made())
    const state = right(Fetch.run(store)(Manager.toState(manager)())())
    const kept = StateReference.branch(root)()
    right(StateReference.write(state)(right(kept))())
    right(Checkpoint.commit({ head: 'search', message: 'a search' })(right(kept))())
    right(await store.close())
  }

  test('names every head and checkpoint, shares, and weights', () => {
    expect(at.ok('graph', '-o', 'branches.svg')).toBe('branches.svg: 3 checkpoints, 3 heads\n')
    const texts = parsed(readFileSync(join(at.place, 'branches.svg'), 'utf8'))
      .filter(([name]) => name === 'text')
      .map(([, text]) => plain(text))
    for (const line of [
      'main',
      'search',
      'agents/ann & <bob>',
      'first <one> & "only"',
      'second',
      'a search',
      'plan',
    ])
      expect(texts).toContain(line)
    expect(texts).toContain('run  75.0 %')
    expect(texts).toContain('walk  25.0 %')
    expect(texts.filter((text) => /^own .*, shared /.test(text))).toHaveLength(3)
  })

  test('as data: what is own is nobody else’s', () => {
    const { checkpoints, heads } = at.json('graph')
    expect(heads.map(({ head }: Json) => head)).toEqual(['agents/ann & <bob>', 'main', 'search'])
    const [second, first] = ['second', 'first'].map(
      (_, i) => checkpoints.filter(({ superpositions }: Json) => superpositions.length === 0)[i],
    )
    expect(second.parents).toEqual([first.checkpoint])
    expect(second.shared).toBe(first.shared)
    expect(second.shared).toBeGreaterThan(2000)
    expect(second.own).toBeGreaterThan(0)
    expect(second.own).toBeLessThan(2000)
  })

  test('bounded, to the standard output', () => {
    const picture = at.ok('graph', '-n', '1')
    expect(parsed(picture).filter(([name]) => name === 'g')).toHaveLength(2)
  })
})
