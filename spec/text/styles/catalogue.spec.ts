import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import * as styles from '../../../lib/text/styles/index.js'

const test = suite('styles: catalogue')

function parameters(style: styles.Style, depth: styles.ColourDepth): string {
  const text = styles.render(style('x'), { depth })
  assert.ok(text.startsWith('\x1b[') && text.endsWith('mx\x1b[0m'), JSON.stringify(text))
  return text.slice('\x1b['.length, -'mx\x1b[0m'.length)
}

test('the sixteen colours have their SGR parameters, as text and as background, at every depth', () => {
  const blocks = [
    [
      30,
      [
        styles.black,
        styles.red,
        styles.green,
        styles.yellow,
        styles.blue,
        styles.magenta,
        styles.cyan,
        styles.white,
      ],
    ],
    [
      90,
      [
        styles.brightBlack,
        styles.brightRed,
        styles.brightGreen,
        styles.brightYellow,
        styles.brightBlue,
        styles.brightMagenta,
        styles.brightCyan,
        styles.brightWhite,
      ],
    ],
    [
      40,
      [
        styles.bgBlack,
        styles.bgRed,
        styles.bgGreen,
        styles.bgYellow,
        styles.bgBlue,
        styles.bgMagenta,
        styles.bgCyan,
        styles.bgWhite,
      ],
    ],
    [
      100,
      [
        styles.bgBrightBlack,
        styles.bgBrightRed,
        styles.bgBrightGreen,
        styles.bgBrightYellow,
        styles.bgBrightBlue,
        styles.bgBrightMagenta,
        styles.bgBrightCyan,
        styles.bgBrightWhite,
      ],
    ],
  ] as const
  for (const depth of ['true', 256, 16] as const) {
    for (const [start, colours] of blocks) {
      for (const [index, colour] of colours.entries())
        assert.is(parameters(colour, depth), String(start + index))
    }
  }
})

test('the attributes have their SGR parameters at every depth', () => {
  for (const depth of ['true', 256, 16] as const) {
    assert.is(parameters(styles.bold, depth), '1')
    assert.is(parameters(styles.dim, depth), '2')
    assert.is(parameters(styles.italic, depth), '3')
    assert.is(parameters(styles.underline, depth), '4')
    assert.is(parameters(styles.inverse, depth), '7')
    assert.is(parameters(styles.strikethrough, depth), '9')
  }
})

test('colours by value have their SGR parameters, as text and as background', () => {
  assert.is(parameters(styles.rgb(1, 2, 3), 'true'), '38;2;1;2;3')
  assert.is(parameters(styles.bgRgb(1, 2, 3), 'true'), '48;2;1;2;3')
  assert.is(parameters(styles.hex('#010203'), 'true'), '38;2;1;2;3')
  assert.is(parameters(styles.bgHex('#010203'), 'true'), '48;2;1;2;3')
  assert.is(parameters(styles.ansi256(123), 'true'), '38;5;123')
  assert.is(parameters(styles.bgAnsi256(123), 'true'), '48;5;123')
})

test('styled and plain add nothing of their own', () => {
  assert.is(styles.render(styles.styled('x'), { depth: 16 }), 'x')
  assert.is(styles.render(styles.plain('x'), { depth: 16 }), 'x')
})

test.run()
