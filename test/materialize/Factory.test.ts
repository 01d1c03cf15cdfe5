import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { values } from '../../laws/arbitraries.js'
import { checkAll, rejected } from '../../laws/Law.js'
import { brokenFactories } from '../../laws/materialize/brokenFactories.js'
import { factoryLaws } from '../../laws/materialize/factoryLaws.js'
import { editedTexts } from '../../laws/materialize/texts.js'
import { PlainObject, SearchIndex, TextFile, type Value } from '../../src/index.js'

const plain = { contents: values, view: (value: Value.Value) => value }
checkAll(factoryLaws('PlainObject', PlainObject.factory, plain), test)
checkAll(
  factoryLaws('PlainObject of texts', PlainObject.factory, { ...plain, edits: editedTexts.directories }),
  test,
)

const lines = (file: TextFile.TextFile) => ({
  text: file.text,
  lines: Array.from({ length: TextFile.lineCount(file) }, (_, i) => TextFile.line(i)(file)),
  at: [0, 1, 7, file.text.length >> 1, file.text.length].map((position) => TextFile.lineAt(position)(file)),
})
checkAll(
  factoryLaws('TextFile', TextFile.factory, {
    contents: fc.oneof(editedTexts.text, values),
    edits: editedTexts.texts,
    view: lines,
  }),
  test,
)

checkAll(
  factoryLaws('SearchIndex', SearchIndex.factory, {
    contents: fc.oneof(editedTexts.directory, values),
    edits: fc.oneof(editedTexts.directories, fc.tuple(editedTexts.directory, values)),
    view: (index) => [
      SearchIndex.fileCount(index),
      ...editedTexts.WORDS.map((word) => SearchIndex.search(word, { limit: 1000 })(index)),
      SearchIndex.search(editedTexts.WORDS.slice(0, 3).join(' '))(index),
    ],
  }),
  test,
  40,
)

describe('the zoo', () => {
  const subject = {
    contents: editedTexts.directory,
    edits: editedTexts.directories,
    view: ({ value }: { readonly value: Value.Value }) => value,
  }
  const found = new Set<string>()
  test.each(Object.entries(brokenFactories))('a factory that %s is rejected', async (_, broken) => {
    const names = await rejected(factoryLaws('broken', broken(), subject), 50)
    for (const name of names) found.add(name)
    expect(names).not.toEqual([])
  })
  test('each law rejects some factory', () => {
    const laws = factoryLaws('broken', brokenFactories['has no size']!(), subject).laws.map(
      ({ name }) => name,
    )
    expect(laws.filter((name) => !found.has(name))).toEqual([])
  })
})

test('the lines of a text file are those of its text, whatever was spliced', () => {
  fc.assert(
    fc.property(editedTexts.text, editedTexts.text, fc.nat(), fc.nat({ max: 40 }), (text, by, at, count) => {
      const position = at % (text.length + 1)
      const file = TextFile.splice(position, count, by)(TextFile.fromText(text))
      const whole = text.slice(0, position) + by + text.slice(position + count)
      expect(file.text).toBe(whole)
      expect(Array.from({ length: TextFile.lineCount(file) }, (_, i) => TextFile.line(i)(file))).toEqual(
        whole.split('\n'),
      )
    }),
  )
})
