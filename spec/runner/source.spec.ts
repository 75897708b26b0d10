import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { lineAt, maskSource } from './source.js'

function masks(source: string, expected: string): void {
  assert.is(maskSource(source), expected)
}

test('comments are blank, and line breaks stay', () => {
  masks('a // b\nc', 'a     \nc')
  masks('a /* b\n c */ d', 'a     \n      d')
  masks('a /* never closed', 'a                ')
})

test('strings keep their quotes, and what looks like a comment in one is none', () => {
  masks(`x('http://y') // z`, `x('        ')     `)
  masks(`"it's" + 'a "b" \\' c'`, `"    " + '          '`)
})

test('a quote that is never closed hides nothing behind its line', () => {
  masks(`a ' b\nc`, `a ' b\nc`)
})

test('templates are blank, the code inside their braces is not', () => {
  // A # stands for the dollar sign, so that these strings are not taken for templates gone wrong.
  const withDollars = (source: string, expected: string): void =>
    masks(source.replaceAll('#', '$'), expected.replaceAll('#', '$'))
  withDollars('`a #{b} c`', '`  #{b}  `')
  withDollars('`a #{{ b: `c #{d} \\` e` }} // f` + g', '`  #{{ b: `  #{d}     ` }}     ` + g')
  withDollars('`# ## a`.b', '`      `.b')
  withDollars('`a` / b / `#{/"/}`', '` ` / b / `#{/  }`')
})

test('regular expressions are blank behind their first slash, divisions are not', () => {
  masks(`a(/'/g) + b`, 'a(/   ) + b')
  masks('return /[/"]/ + b', 'return /      + b')
  masks('a / b / c', 'a / b / c')
  masks('(a) / b + `c/`', '(a) / b + `  `')
})

test('the mask has the length and the line breaks of the source, whatever the source', () => {
  const pieces = fc.constantFrom(
    'a',
    ' ',
    '\n',
    "'",
    '"',
    '`',
    '${',
    '}',
    '{',
    '/',
    '*',
    '\\',
    '(',
    ')',
    '[',
    ']',
    '$',
  )
  fc.assert(
    fc.property(fc.string({ unit: pieces, maxLength: 40 }), (source) => {
      const mask = maskSource(source)
      const breaks = (text: string): number[] => [...text.matchAll(/\n/g)].map((found) => found.index)
      assert.is(mask.length, source.length)
      assert.equal(breaks(mask), breaks(source))
    }),
    { numRuns: 1000 },
  )
})

test('lines count from 1', () => {
  assert.is(lineAt('a\nb\nc', 0), 1)
  assert.is(lineAt('a\nb\nc', 4), 3)
})

test.run()
