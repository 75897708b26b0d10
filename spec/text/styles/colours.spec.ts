import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { basicPaint, hexPaint, palettePaint, rgbPaint } from '../../../lib/text/styles/colours.js'
import { InvalidStyleError } from '../../../lib/text/styles/index.js'

const test = suite('styles: colours')

function invalid(pattern: RegExp): (error: Error) => boolean {
  return (error) => error instanceof InvalidStyleError && pattern.test(error.message)
}

test('every colour of the cube and of the greys is brought down to itself', () => {
  const steps = [0, 95, 135, 175, 215, 255]
  let index = 16
  for (const r of steps) {
    for (const g of steps) {
      for (const b of steps) assert.is(rgbPaint('foreground', r, g, b)[256], `38;5;${index++}`)
    }
  }
  for (let grey = 8; grey <= 238; grey += 10) {
    assert.is(rgbPaint('background', grey, grey, grey)[256], `48;5;${index++}`)
  }
  assert.is(index, 256)
})

test('every colour of xterm’s sixteen is brought down to itself', () => {
  for (let index = 0; index < 16; index++) {
    assert.is(palettePaint('foreground', index)[16], basicPaint('foreground', index)[16])
  }
  assert.is(rgbPaint('foreground', 205, 0, 0)[16], '31')
  assert.is(rgbPaint('foreground', 92, 92, 255)[16], '94')
  assert.is(rgbPaint('background', 229, 229, 229)[16], '47')
  assert.is(rgbPaint('background', 255, 255, 255)[16], '107')
})

test('a colour is brought down to the one that looks nearest', () => {
  assert.is(rgbPaint('foreground', 254, 1, 1)[256], '38;5;196')
  assert.is(rgbPaint('foreground', 30, 30, 30)[256], '38;5;234')
  assert.is(rgbPaint('foreground', 10, 10, 10)[16], '30')
  assert.is(rgbPaint('foreground', 120, 130, 125)[16], '90')
  assert.is(rgbPaint('foreground', 0, 0, 140)[16], '34')
  assert.is(rgbPaint('foreground', 0, 120, 0)[16], '32')
  assert.is(palettePaint('foreground', 196)[16], '91')
  assert.is(palettePaint('background', 232)[16], '40')
})

test('whatever the colour, the palettes keep within their range', () => {
  const byte = fc.integer({ min: 0, max: 255 })
  fc.assert(
    fc.property(byte, byte, byte, (r, g, b) => {
      const paint = rgbPaint('background', r, g, b)
      const index = Number(/^48;5;(\d+)$/.exec(paint[256])?.[1])
      assert.ok(index >= 16 && index <= 255)
      assert.match(paint[16], /^(4[0-7]|10[0-7])$/)
    }),
  )
})

test('hexadecimal colours have six or three digits, in either case, with or without #', () => {
  const orange = rgbPaint('foreground', 0xff, 0x88, 0x00)
  for (const text of ['#ff8800', 'FF8800', '#f80', 'F80']) assert.equal(hexPaint('foreground', text), orange)
})

test('what is no colour is refused by name', () => {
  for (const text of ['', '#', '#ff', '#ffff', '#fffffff', 'red', '#gg0000', '#ff8800\n', ' #ff8800']) {
    assert.throws(
      () => hexPaint('foreground', text),
      invalid(/".*" is not a colour: expected '#rrggbb' or '#rgb'/),
    )
  }
  for (const wrong of [-1, 256, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '31' as unknown as number]) {
    assert.throws(() => palettePaint('foreground', wrong), invalid(/The palette has no colour .*0 to 255/))
    assert.throws(() => rgbPaint('foreground', wrong, 0, 0), invalid(/rgb\(.*, 0, 0\) is not a colour/))
    assert.throws(() => rgbPaint('foreground', 0, wrong, 0), invalid(/rgb\(0, .*, 0\) is not a colour/))
    assert.throws(() => rgbPaint('foreground', 0, 0, wrong), invalid(/rgb\(0, 0, .*\) is not a colour/))
  }
})

test.run()
