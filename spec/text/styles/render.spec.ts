import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  bold,
  type ColourDepth,
  dim,
  green,
  hr,
  plain,
  Rendering,
  red,
  render,
  rgb,
  type Styled,
  styled,
  wrap,
} from '../../../lib/text/styles/index.js'
import { styledText } from '../../../lib/text/styles/styled.js'
import { show } from './screen.js'
import { anyString, anyTree, build, expectedCells } from './trees.js'

const test = suite('styles: render')

const DEPTHS: readonly ColourDepth[] = ['true', 256, 16, 'none']
const anyDepth = fc.constantFrom(...DEPTHS)
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
const ESCAPES = /\x1b\[[\d;]*m/g

function rendered(content: Parameters<typeof render>[0], depth: ColourDepth = 16): string {
  return render(content, { depth })
}

test('after an inner style ends, the outer one is restored', () => {
  assert.is(rendered(red('a', green('b'), 'c')), '\x1b[31ma\x1b[32mb\x1b[31mc\x1b[0m')
  assert.is(rendered(bold('a', red('b'), 'c')), '\x1b[1ma\x1b[31mb\x1b[0;1mc\x1b[0m')
})

test('bold and dim, which share the SGR that ends them, end apart', () => {
  assert.is(rendered(bold('a', dim('b'), 'c')), '\x1b[1ma\x1b[2mb\x1b[0;1mc\x1b[0m')
  assert.is(rendered(dim('a', bold('b'), 'c')), '\x1b[2ma\x1b[1mb\x1b[0;2mc\x1b[0m')
})

test('plain text stands without the styles around it, and they go on behind it', () => {
  assert.is(rendered(red('a', plain`b${bold('c')}`, 'd')), '\x1b[31ma\x1b[0mb\x1b[1mc\x1b[0;31md\x1b[0m')
})

test('one colour within itself, and a style without text, cost no sequence', () => {
  assert.is(rendered(red('a', red('b'), rgb(1, 2, 3)(''), 'c')), '\x1b[31mabc\x1b[0m')
  assert.is(rendered(styled`a${bold('')}b`), 'ab')
  assert.is(rendered(''), '')
})

test('line breaks become CR LF, with the styles closed before and open again behind', () => {
  assert.is(rendered(red`a\nb`), '\x1b[31ma\x1b[0m\r\n\x1b[31mb\x1b[0m')
  assert.is(rendered('a\r\nb\n\nc', 'none'), 'a\r\nb\r\n\r\nc')
  assert.is(rendered(red('a\n'), 'none'), 'a\r\n')
})

test('a true colour is rendered for what the client can show', () => {
  const text = rgb(255, 0, 0)`x`
  assert.is(rendered(text, 'true'), '\x1b[38;2;255;0;0mx\x1b[0m')
  assert.is(rendered(text, 256), '\x1b[38;5;196mx\x1b[0m')
  assert.is(rendered(text, 16), '\x1b[91mx\x1b[0m')
  assert.is(rendered(text, 'none'), 'x')
})

test('a string of its own is cleaned like one inside a style', () => {
  assert.is(rendered('a\x1b[2Jb\x9b\x7f\0\rc'), 'a[2Jbc')
  assert.is(rendered(red`${'\x1b[0m'}`), '\x1b[31m[0m\x1b[0m')
})

test('numbers and truth values are shown as text', () => {
  assert.is(rendered(styled`${1.5} ${10n} ${true}`), '1.5 10 true')
})

test('a client whose width is unknown or nonsense has 80 columns, one of 65,535 has 1,000', () => {
  for (const columns of [undefined, 0, -5, Number.NaN]) {
    assert.is(render(hr(), { depth: 'none', columns }).length, 80, String(columns))
  }
  assert.is(render(hr(), { depth: 'none', columns: 65_535 }).length, 1_000)
  assert.is(render(hr(), { depth: 'none', columns: 1 }).length, 1)
  assert.is(render(hr(), { depth: 'none', columns: 40.9 }).length, 40)
})

test('whatever the tree, every character has the look of the styles around it', () => {
  fc.assert(
    fc.property(anyTree, (tree) => {
      const lines = show(render(build(tree), { depth: 'true' }))
      const cells = lines.flatMap(({ cells }) => cells.map(({ char, attributes }) => [char, attributes]))
      const expected = expectedCells(tree).filter(([char]) => !/[^\P{Cc}\t]/u.test(char))
      assert.equal(cells, expected)
    }),
  )
})

test('whatever the tree, the text without escape sequences is the text at depth none', () => {
  fc.assert(
    fc.property(
      anyTree,
      anyDepth,
      fc.boolean(),
      fc.integer({ min: 1, max: 100 }),
      (tree, depth, wrapped, columns) => {
        const content = wrapped ? wrap(build(tree)) : build(tree)
        const bare = render(content, { depth: 'none', columns })
        assert.not.match(bare, '\x1b')
        assert.is(render(content, { depth, columns }).replaceAll(ESCAPES, ''), bare)
      },
    ),
  )
})

test('whatever the tree, every line ends with all styles reset', () => {
  fc.assert(
    fc.property(anyTree, anyDepth, fc.boolean(), (tree, depth, wrapped) => {
      const content = wrapped ? wrap(build(tree)) : build(tree)
      for (const { open } of show(render(content, { depth, columns: 20 }))) assert.equal(open, [])
    }),
  )
})

test('whatever the strings, none of their control characters survives', () => {
  fc.assert(
    fc.property(anyTree, anyString, anyDepth, (tree, pattern, depth) => {
      const content = styled(
        build(tree),
        hr({ sequence: `${pattern}=` }),
        hr(build(tree)),
        wrap(build(tree)),
        pattern,
      )
      // The screen throws on whatever is neither SGR nor CR LF; at depth none SGR must be missing, too.
      const text = render(content, { depth })
      show(text)
      if (depth === 'none') assert.not.match(text, '\x1b')
    }),
  )
})

/** A text that counts how often it is laid out. */
function counted(): { content: Styled; times: () => number } {
  let times = 0
  const content = styledText({
    kind: 'text',
    get text() {
      times++
      return 'x'
    },
  })
  return { content, times: () => times }
}

test('a rendering gives what render gives, and lays out once for each depth and width', () => {
  const { content, times } = counted()
  const ruled = red`${hr()}${content}`
  const rendering = new Rendering(ruled)
  for (const depth of DEPTHS) {
    for (const columns of [10, 20, undefined]) {
      const before = times()
      const first = rendering.render({ depth, columns })
      assert.is(rendering.render({ depth, columns }), first)
      assert.is(times() - before, 1)
      assert.is(first, render(ruled, { depth, columns }))
    }
  }
})

test('a rendering lays out once for a depth, where the width plays no part', () => {
  const { content, times } = counted()
  const rendering = new Rendering(styled`a${bold(content)}`)
  for (let columns = 1; columns < 100; columns++) assert.ok(rendering.render({ depth: 16, columns }))
  assert.is(times(), 1)
})

test.run()
