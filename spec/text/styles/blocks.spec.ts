import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  bold,
  type Content,
  hr,
  InvalidStyleError,
  red,
  render,
  rules,
  styled,
  underline,
  wrap,
} from '../../../lib/text/styles/index.js'
import { graphemes, textWidth } from '../../../lib/text/width.js'
import { show } from './screen.js'
import { anyTree, build } from './trees.js'

const test = suite('styles: blocks')

function lines(content: Content, columns: number): string[] {
  return render(content, { depth: 'none', columns }).split('\r\n')
}

test('a rule is as wide as the client, and 80 columns wide where that is unknown', () => {
  assert.equal(lines(hr(), 10), ['----------'])
  assert.equal(render(hr(), { depth: 'none' }), '-'.repeat(80))
  assert.is(String(hr()), '-'.repeat(80))
  assert.is(render(red(hr()), { depth: 16, columns: 4 }), '\x1b[31m----\x1b[0m')
})

test('a title stands in the middle of its rule', () => {
  assert.equal(lines(hr('Welcome'), 20), ['----- Welcome ------'])
  assert.equal(lines(hr('Welcome'), 19), ['----- Welcome -----'])
  assert.equal(lines(hr('你好'), 10), ['-- 你好 --'])
  assert.equal(lines(hr(7), 7), ['-- 7 --'])
  assert.equal(lines(hr('a\tb'), 14), ['---- a b -----'])
  assert.equal(lines(hr('='), 5), ['- = -'])
})

test('a title without text is a rule without a title', () => {
  assert.equal(lines(hr(''), 5), ['-----'])
  assert.equal(lines(hr(styled``), 5), ['-----'])
})

test('a title too long for the line takes several, and stands alone where there is room for nothing else', () => {
  assert.equal(lines(hr('the quick fox'), 14), ['- the quick --', '---- fox -----'])
  assert.equal(lines(hr('one\ntwo'), 9), ['-- one --', '-- two --'])
  assert.equal(lines(hr('abc'), 3), ['a', 'b', 'c'])
  assert.equal(lines(hr('a'), 4), ['a'])
  assert.equal(lines(hr('a'), 5), ['- a -'])
})

test('the sequence of a rule may have several characters; it is cut to the width, but no character in half', () => {
  assert.equal(lines(hr({ sequence: '═' }), 3), ['═══'])
  assert.equal(lines(hr({ sequence: '-=+' }), 7), ['-=+-=+-'])
  assert.equal(lines(hr({ sequence: '你' }), 5), ['你你'])
  assert.equal(lines(hr({ sequence: '👩‍👩‍👧‍👦.' }), 4), ['👩‍👩‍👧‍👦.'])
  assert.equal(lines(hr({ sequence: '你' }), 1), [''])
  assert.equal(lines(hr('a', { sequence: '<>' }), 8), ['<> a <><'])
})

test('the style of a rule is not that of its title', () => {
  assert.is(
    render(hr(bold('a'), { sequence: '=', style: red }), { depth: 16, columns: 7 }),
    '\x1b[31m==\x1b[0m \x1b[1ma\x1b[0m \x1b[31m==\x1b[0m',
  )
  assert.is(render(hr({ style: red }), { depth: 16, columns: 2 }), '\x1b[31m--\x1b[0m')
})

test('a program gives all its rules a sequence and style, and one rule another', () => {
  const own = rules({ sequence: '=', style: red })
  const show = (rule: Content) => render(rule, { depth: 16, columns: 6 })
  assert.is(show(own()), '\x1b[31m======\x1b[0m')
  assert.is(show(own('ab')), '\x1b[31m=\x1b[0m ab \x1b[31m=\x1b[0m')
  assert.is(show(own({ sequence: '*' })), '\x1b[31m******\x1b[0m')
  assert.is(show(own('ab', { style: styled })), '= ab =')
})

test('a rule that would show nothing, or several lines, is refused when it is made', () => {
  const isRefusal = (error: Error) =>
    error instanceof InvalidStyleError && /A rule cannot be made of/.test(error.message)
  for (const sequence of ['', '\x1b', '\t', '\n', '\u0301', '\u202e']) {
    assert.throws(() => hr({ sequence }), isRefusal)
    assert.throws(() => hr('title', { sequence }), isRefusal)
    assert.throws(() => rules({ sequence }), isRefusal)
  }
  assert.throws(() => hr({ style: () => styled('') }), isRefusal)
  assert.throws(() => hr({ style: (...parts: unknown[]) => styled(String(parts[0]), '\n') }), isRefusal)
})

test('whatever the title and sequence, no line of a rule is wider than the client, one grapheme apart', () => {
  const sequences = fc.constantFrom('-', '=-', '你', '👩‍👩‍👧‍👦.', '🇩🇪')
  fc.assert(
    fc.property(anyTree, sequences, fc.integer({ min: 1, max: 40 }), (tree, sequence, columns) => {
      for (const { text } of show(render(hr(build(tree), { sequence }), { depth: 'true', columns }))) {
        assert.ok(textWidth(text) <= columns || graphemes(text).length === 1, JSON.stringify(text))
      }
    }),
  )
})

test('a block starts on a line of its own, and what follows starts on the next', () => {
  assert.equal(lines(styled`a${hr()}b`, 3), ['a', '---', 'b'])
  assert.equal(lines(styled`a\n${hr()}\nb`, 3), ['a', '---', 'b'])
  assert.equal(lines(styled`${hr()}\n\nb`, 3), ['---', '', 'b'])
  assert.equal(lines(styled`a\n\n${hr()}`, 3), ['a', '', '---'])
  assert.equal(lines(styled`${hr()}${hr({ sequence: '=' })}`, 3), ['---', '==='])
  assert.equal(lines(styled`${hr()}${''}\n`, 3), ['---', ''])
  assert.equal(lines(styled`a${wrap('bc de')}f`, 3), ['a', 'bc', 'de', 'f'])
  assert.equal(lines(styled`a${wrap('')}b`, 3), ['a', '', 'b'])
  assert.equal(lines(styled`${wrap('')}${hr()}`, 3), ['', '---'])
})

test('text is wrapped at the client’s width, or at a smaller one', () => {
  assert.equal(lines(wrap('the quick brown fox'), 10), ['the quick', 'brown fox'])
  assert.equal(lines(wrap('the quick brown fox', { width: 5 }), 10), ['the', 'quick', 'brown', 'fox'])
  assert.equal(lines(wrap('the quick brown fox', { width: 90 }), 10), ['the quick', 'brown fox'])
})

test('text of many styles is cut in a few steps for each of them, however narrow the client is', () => {
  const words = Array.from({ length: 2_000 }, () => [red('ab'), ' ']).flat()
  const { slice } = String.prototype
  let steps = 0
  String.prototype.slice = function (from, to) {
    steps += 1
    return slice.call(this, from, to)
  }
  try {
    assert.is(lines(wrap(styled(...words)), 1).length, 4_000)
  } finally {
    String.prototype.slice = slice
  }
  assert.ok(steps < 20 * words.length, String(steps))
})

test('every paragraph is wrapped and indented on its own, and an empty one stays empty', () => {
  assert.equal(lines(wrap('aa bb\n\ncc dd', { indent: 3, hanging: 1 }), 5), [
    '   aa',
    ' bb',
    '',
    '   cc',
    ' dd',
  ])
  assert.equal(lines(wrap('aa bb', { indent: 1 }), 4), [' aa', ' bb'])
})

test('an indentation leaves at least one column to the text', () => {
  assert.equal(lines(wrap('ab', { indent: 10, hanging: 20 }), 3), ['  a', '  b'])
})

test('styles survive the break: closed before, open again behind, and not on the indentation', () => {
  assert.is(
    render(wrap(bold`aa ${underline('bb cc')} dd`, { hanging: 1 }), { depth: 16, columns: 5 }),
    '\x1b[1maa \x1b[4mbb\x1b[0m\r\n \x1b[1;4mcc\x1b[0m\r\n \x1b[1mdd\x1b[0m',
  )
  assert.is(render(red(wrap('aa bb')), { depth: 16, columns: 2 }), '\x1b[31maa\x1b[0m\r\n\x1b[31mbb\x1b[0m')
})

test('a word of several styles is one word', () => {
  assert.equal(lines(wrap(styled`ab ${red('cd')}${bold('ef')}gh`), 7), ['ab', 'cdefgh'])
})

test('a rule within wrapped text is as wide as the text may be', () => {
  assert.equal(lines(wrap(styled`ab cd${hr()}`, { width: 4, indent: 1 }), 80), [' ab', ' cd', ' ---'])
})

test('wrapped text within wrapped text keeps to both widths', () => {
  const inner = wrap('aa bb cc', { width: 6 })
  assert.equal(lines(wrap(styled`${inner}dd ee ff gg`, { width: 9, indent: 1 }), 80), [
    ' aa bb',
    ' cc',
    ' dd ee ff',
    ' gg',
  ])
})

test('a width or indentation that is no number of columns is refused, and named', () => {
  for (const wrong of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5' as unknown as number]) {
    for (const name of ['width', 'indent', 'hanging']) {
      assert.throws(
        () => wrap('a', { [name]: wrong }),
        (error: Error) =>
          error instanceof InvalidStyleError && error.message.startsWith(`Cannot wrap with ${name} ${wrong}`),
      )
    }
  }
  assert.throws(
    () => wrap('a', { width: 0 }),
    (error: Error) => error instanceof InvalidStyleError && /width 0: .* 1 or more/.test(error.message),
  )
})

test('whatever the tree, no wrapped line is wider than the client, one grapheme apart', () => {
  fc.assert(
    fc.property(anyTree, fc.integer({ min: 2, max: 40 }), (tree, columns) => {
      for (const { text } of show(render(wrap(build(tree)), { depth: 'true', columns }))) {
        assert.ok(textWidth(text) <= columns || graphemes(text).length === 1, JSON.stringify(text))
      }
    }),
  )
})

test('whatever the tree, wrapping loses no word and no style', () => {
  const blank = /^[\t \u1680\u2000-\u2006\u2008-\u200b\u205f\u3000]$/
  const solid = (text: string) =>
    show(text)
      .flatMap((line) => line.cells)
      .filter((cell) => !blank.test(cell.char))
  fc.assert(
    fc.property(anyTree, fc.integer({ min: 2, max: 40 }), (tree, columns) => {
      const content = build(tree)
      assert.equal(
        solid(render(wrap(content), { depth: 'true', columns })),
        solid(render(content, { depth: 'true', columns })),
      )
    }),
  )
})

test.run()
