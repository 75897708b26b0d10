/**
 * Colours, and the nearest ones for terminals that have fewer.
 *
 * The nearest colour has the smallest Euclidean distance in OKLab (Björn Ottosson, 2020), with a and b doubled: between
 * colours so far apart, hue and saturation matter more to a reader than lightness (without it, a dark green becomes
 * grey). At depth 256 only the cube and the greys (16 to 255) are used, since users change the first sixteen. At depth
 * 16 these are assumed to be xterm's.
 */
import { shown } from '../../errors.js'
import { InvalidStyleError } from './errors.js'
import type { Paint } from './look.js'

export type Layer = 'foreground' | 'background'
type Rgb = readonly [red: number, green: number, blue: number]

const BASIC: readonly Rgb[] = [
  [0, 0, 0],
  [205, 0, 0],
  [0, 205, 0],
  [205, 205, 0],
  [0, 0, 238],
  [205, 0, 205],
  [0, 205, 205],
  [229, 229, 229],
  [127, 127, 127],
  [255, 0, 0],
  [0, 255, 0],
  [255, 255, 0],
  [92, 92, 255],
  [255, 0, 255],
  [0, 255, 255],
  [255, 255, 255],
]
const CUBE_STEPS = [0, 95, 135, 175, 215, 255] as const
const CUBE = CUBE_STEPS.flatMap((r) => CUBE_STEPS.flatMap((g) => CUBE_STEPS.map((b): Rgb => [r, g, b])))
const GREYS = Array.from({ length: 24 }, (_, step): Rgb => [8 + 10 * step, 8 + 10 * step, 8 + 10 * step])

const PALETTE: readonly Rgb[] = [...BASIC, ...CUBE, ...GREYS]
const PALETTE_LAB = PALETTE.map(toOklab)

/** One of the sixteen ANSI colours: 0 to 7, and 8 to 15 for the bright ones. */
export function basicPaint(layer: Layer, index: number): Paint {
  const code = basicCode(layer, index)
  return { true: code, 256: code, 16: code }
}

/** One of the 256 palette colours. */
export function palettePaint(layer: Layer, index: number): Paint {
  if (!isByte(index)) {
    throw new InvalidStyleError(
      `The palette has no colour ${String(index)}: expected a whole number from 0 to 255; use rgb() for other colours.`,
    )
  }
  const code = `${extended(layer)};5;${index}`
  return { true: code, 256: code, 16: basicCode(layer, nearest(PALETTE[index] as Rgb, 0, 16)) }
}

export function rgbPaint(layer: Layer, red: number, green: number, blue: number): Paint {
  if (!isByte(red) || !isByte(green) || !isByte(blue)) {
    throw new InvalidStyleError(
      `rgb(${String(red)}, ${String(green)}, ${String(blue)}) is not a colour: expected three whole numbers from 0 to 255.`,
    )
  }
  const rgb: Rgb = [red, green, blue]
  return {
    true: `${extended(layer)};2;${red};${green};${blue}`,
    256: `${extended(layer)};5;${nearest(rgb, 16, 256)}`,
    16: basicCode(layer, nearest(rgb, 0, 16)),
  }
}

/** `#rrggbb` or `#rgb`; the `#` may be missing. */
export function hexPaint(layer: Layer, colour: string): Paint {
  const digits = typeof colour === 'string' ? /^#?([0-9a-f]{6}|[0-9a-f]{3})$/i.exec(colour)?.[1] : undefined
  if (digits === undefined) {
    throw new InvalidStyleError(
      `${typeof colour === 'string' ? JSON.stringify(colour) : shown(colour)} is not a colour: expected '#rrggbb' or '#rgb'.`,
    )
  }
  const six = digits.length === 6 ? digits : digits.replace(/./g, '$&$&')
  const value = Number.parseInt(six, 16)
  return rgbPaint(layer, value >> 16, (value >> 8) & 255, value & 255)
}

function basicCode(layer: Layer, index: number): string {
  const start = index < 8 ? 30 : 90 - 8
  return String(start + index + (layer === 'background' ? 10 : 0))
}

function extended(layer: Layer): string {
  return layer === 'background' ? '48' : '38'
}

function isByte(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 255
}

function nearest(rgb: Rgb, first: number, end: number): number {
  const wanted = toOklab(rgb)
  let best = first
  let bestDistance = Number.POSITIVE_INFINITY
  for (let index = first; index < end; index++) {
    const [l, a, b] = PALETTE_LAB[index] as Rgb
    const distance = (l - wanted[0]) ** 2 + (2 * (a - wanted[1])) ** 2 + (2 * (b - wanted[2])) ** 2
    if (distance < bestDistance) {
      best = index
      bestDistance = distance
    }
  }
  return best
}

function toOklab(rgb: Rgb): [lightness: number, a: number, b: number] {
  const [r, g, b] = rgb.map(toLinear) as [number, number, number]
  const long = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const medium = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const short = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
    1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
    0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
  ]
}

/** A channel of sRGB, 0 to 255, as linear light, 0 to 1 (IEC 61966-2-1). */
function toLinear(channel: number): number {
  const value = channel / 255
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}
