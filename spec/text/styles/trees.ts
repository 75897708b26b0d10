/** Random styled texts for properties, as plain data first: so that a spec can say by itself how each must look. */
import fc from 'fast-check'
import type { Style, Styled } from '../../../lib/text/styles/index.js'
import * as styles from '../../../lib/text/styles/index.js'

export type Tree = string | { readonly style: StyleName; readonly children: readonly Tree[] }

/** A style, its slot, and the SGR parameters that it stands for at depth 'true'. */
const STYLES = {
  styled: [styles.styled, undefined, ''],
  plain: [styles.plain, undefined, ''],
  bold: [styles.bold, 'bold', '1'],
  dim: [styles.dim, 'dim', '2'],
  italic: [styles.italic, 'italic', '3'],
  underline: [styles.underline, 'underline', '4'],
  inverse: [styles.inverse, 'inverse', '7'],
  strikethrough: [styles.strikethrough, 'strikethrough', '9'],
  red: [styles.red, 'foreground', '31'],
  green: [styles.green, 'foreground', '32'],
  brightBlue: [styles.brightBlue, 'foreground', '94'],
  rgb: [styles.rgb(1, 2, 3), 'foreground', '38;2;1;2;3'],
  bgRed: [styles.bgRed, 'background', '41'],
  bgAnsi256: [styles.bgAnsi256(200), 'background', '48;5;200'],
} as const satisfies Record<string, readonly [Style, string | undefined, string]>
type StyleName = keyof typeof STYLES

/** Hostile strings: control characters, whole escape sequences, line breaks, wide and joined characters. */
const unit = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...'abc def ghi') },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 0xa0 }).map((code) => String.fromCharCode(code)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('\x1b[31m', '\x1b[0m', '\x9b2J', '\x1b]0;t\x07', '\r\n', '\n', '\t'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('你', '👩‍👩‍👧‍👦', '🇩🇪', 'e\u0301', '\u0301', '❤\ufe0f', '\u200d', '\ud83d'),
  },
)
export const anyString = fc.string({ unit, maxLength: 30 })

export const anyTree: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    anyString,
    fc.record({
      style: fc.constantFrom(...(Object.keys(STYLES) as StyleName[])),
      children: fc.array(tie('tree'), { maxLength: 4 }),
    }),
  ),
})).tree

export function build(tree: Tree): Styled | string {
  return typeof tree === 'string' ? tree : STYLES[tree.style][0](...tree.children.map(build))
}

/** Every character of the tree's strings with the attributes it must have at depth 'true'. */
export function expectedCells(
  tree: Tree,
  around: ReadonlyMap<string, string> = new Map(),
): [string, string[]][] {
  if (typeof tree === 'string') return [...tree.split('')].map((char) => [char, [...around.values()].sort()])
  const [, slot, code] = STYLES[tree.style]
  const inside = new Map(tree.style === 'plain' ? [] : around)
  if (slot !== undefined) inside.set(slot, code)
  return tree.children.flatMap((child) => expectedCells(child, inside))
}
