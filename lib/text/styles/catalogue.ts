/** Every style by name. */
import { basicPaint, hexPaint, type Layer, palettePaint, rgbPaint } from './colours.js'
import type { Paint, Slot } from './look.js'
import { makeStyle, type Style } from './style.js'

function colour(layer: Layer, paint: Paint): Style {
  return makeStyle({ kind: 'paint', slot: layer, paint })
}

function basic(layer: Layer, index: number): Style {
  return colour(layer, basicPaint(layer, index))
}

function attribute(slot: Slot, code: string): Style {
  return makeStyle({ kind: 'paint', slot, paint: { true: code, 256: code, 16: code } })
}

/** Adds no style; it joins parts, as in styled`${name} says: ${bold(text)}`. */
export const styled = makeStyle({ kind: 'keep' })
/** Removes the styles around it from its text. */
export const plain = makeStyle({ kind: 'reset' })

export const bold = attribute('bold', '1')
export const dim = attribute('dim', '2')
export const italic = attribute('italic', '3')
export const underline = attribute('underline', '4')
export const inverse = attribute('inverse', '7')
export const strikethrough = attribute('strikethrough', '9')

export const black = basic('foreground', 0)
export const red = basic('foreground', 1)
export const green = basic('foreground', 2)
export const yellow = basic('foreground', 3)
export const blue = basic('foreground', 4)
export const magenta = basic('foreground', 5)
export const cyan = basic('foreground', 6)
export const white = basic('foreground', 7)
export const brightBlack = basic('foreground', 8)
export const brightRed = basic('foreground', 9)
export const brightGreen = basic('foreground', 10)
export const brightYellow = basic('foreground', 11)
export const brightBlue = basic('foreground', 12)
export const brightMagenta = basic('foreground', 13)
export const brightCyan = basic('foreground', 14)
export const brightWhite = basic('foreground', 15)

export const bgBlack = basic('background', 0)
export const bgRed = basic('background', 1)
export const bgGreen = basic('background', 2)
export const bgYellow = basic('background', 3)
export const bgBlue = basic('background', 4)
export const bgMagenta = basic('background', 5)
export const bgCyan = basic('background', 6)
export const bgWhite = basic('background', 7)
export const bgBrightBlack = basic('background', 8)
export const bgBrightRed = basic('background', 9)
export const bgBrightGreen = basic('background', 10)
export const bgBrightYellow = basic('background', 11)
export const bgBrightBlue = basic('background', 12)
export const bgBrightMagenta = basic('background', 13)
export const bgBrightCyan = basic('background', 14)
export const bgBrightWhite = basic('background', 15)

/**
 * A true colour, each channel from 0 to 255. Clients with fewer colours show the nearest one.
 *
 * @throws {InvalidStyleError} if a channel is not a whole number from 0 to 255.
 */
export function rgb(red: number, green: number, blue: number): Style {
  return colour('foreground', rgbPaint('foreground', red, green, blue))
}

/** `rgb` for the background. */
export function bgRgb(red: number, green: number, blue: number): Style {
  return colour('background', rgbPaint('background', red, green, blue))
}

/**
 * A true colour written as `'#ff8800'` or `'#f80'`.
 *
 * @throws {InvalidStyleError} if it has another form.
 */
export function hex(value: string): Style {
  return colour('foreground', hexPaint('foreground', value))
}

/** `hex` for the background. */
export function bgHex(value: string): Style {
  return colour('background', hexPaint('background', value))
}

/**
 * A colour of the 256 colour palette, as xterm numbers them.
 *
 * @throws {InvalidStyleError} if it is not a whole number from 0 to 255.
 */
export function ansi256(index: number): Style {
  return colour('foreground', palettePaint('foreground', index))
}

/** `ansi256` for the background. */
export function bgAnsi256(index: number): Style {
  return colour('background', palettePaint('background', index))
}
