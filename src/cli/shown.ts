/** What stands at a path of a state, as `show` and `verify` print it. */
import type { Value } from '../data/Value.js'
import { lines, printable } from './output.js'
import { contentOf, isMap, toJson } from './values.js'

/** A file's content as it is, a directory as its names, a link as its target; all else as JSON. */
export const shown = (value: Value): string | Uint8Array => {
  const content = contentOf(value)
  if (typeof content === 'string' || content instanceof Uint8Array) return content
  if (isMap(content))
    return lines(
      Object.keys(content)
        .sort()
        .map((name) => entry(name, content[name]!)),
    )
  if (isLink(content)) return lines([`-> ${printable(content[1])}`])
  return lines([JSON.stringify(toJson(content))])
}

const isLink = (value: Value): value is readonly ['link', string] =>
  Array.isArray(value) && value.length === 2 && value[0] === 'link' && typeof value[1] === 'string'

const entry = (name: string, value: Value): string => {
  const content = contentOf(value)
  return printable(name) + (isMap(content) ? '/' : isLink(content) ? ` -> ${printable(content[1])}` : '')
}
