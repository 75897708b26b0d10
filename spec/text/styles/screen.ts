/**
 * A terminal for specs: reads what was rendered and says how every character looks. Strict: it knows SGR sequences
 * (ECMA-48, 8.3.117) and CR LF, and throws on any other control character.
 */

export interface Cell {
  readonly char: string
  /** The SGR parameters in force, such as `['1', '31']`, sorted. */
  readonly attributes: readonly string[]
}

export interface ScreenLine {
  readonly cells: readonly Cell[]
  readonly text: string
  /** What is still in force at the line's end. */
  readonly open: readonly string[]
}

export function show(rendered: string): ScreenLine[] {
  const slots = new Map<string, string>()
  return rendered.split('\r\n').map((line) => {
    const cells: Cell[] = []
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what this reads
    for (const [part, parameters] of line.matchAll(/\x1b\[([\d;]*)m|[\s\S]/g)) {
      if (parameters !== undefined) apply(parameters, slots)
      else if (/[^\P{Cc}\t]/u.test(part)) throw new Error(`control character in ${JSON.stringify(line)}`)
      else cells.push({ char: part, attributes: [...slots.values()].sort() })
    }
    return { cells, text: cells.map((cell) => cell.char).join(''), open: [...slots.values()].sort() }
  })
}

function apply(parameters: string, slots: Map<string, string>): void {
  const codes = parameters.split(';')
  while (codes.length > 0) {
    const code = codes.shift() as string
    const number = Number(code)
    if (code === '0') slots.clear()
    else if (number === 38 || number === 48) {
      const operands = codes.splice(0, codes[0] === '5' ? 2 : 4)
      slots.set(number === 38 ? 'foreground' : 'background', [code, ...operands].join(';'))
    } else if (isIn(number, 30, 37) || isIn(number, 90, 97)) slots.set('foreground', code)
    else if (isIn(number, 40, 47) || isIn(number, 100, 107)) slots.set('background', code)
    else if ([1, 2, 3, 4, 7, 9].includes(number)) slots.set(code, code)
    else throw new Error(`unknown SGR parameter ${JSON.stringify(code)}`)
  }
}

function isIn(number: number, first: number, last: number): boolean {
  return number >= first && number <= last
}
