/**
 * What is known of the peer's terminal. At first nothing is; each agreed option adds to it. A program reads it when it
 * needs it and never waits for it.
 */

/** Colours: none (or unknown), the 16 of ANSI, the 256 of xterm, or 24 bits. */
export type Colours = 'none' | 16 | 256 | 'true'

export type Encoding = 'utf-8' | 'latin1' | 'ascii'

/** The bits of `Terminal.mtts`, as the Mud Terminal Type Standard names them. */
export const MTTS = {
  ANSI: 1,
  VT100: 2,
  UTF_8: 4,
  COLOURS_256: 8,
  MOUSE_TRACKING: 16,
  OSC_COLOUR_PALETTE: 32,
  SCREEN_READER: 64,
  PROXY: 128,
  TRUECOLOUR: 256,
  MNES: 512,
  MSLP: 1024,
  SSL: 2048,
} as const

export interface Terminal {
  /** Whether the peer has shown that it speaks telnet. */
  readonly telnet: boolean
  /** The kind of terminal, as the peer spells it: `xterm-256color`. */
  readonly type: string | undefined
  /** The client program, where the peer sends its name (by MTTS): `TINTIN++`. */
  readonly client: string | undefined
  /** Characters, from 1 to 1000; undefined if unknown. */
  readonly columns: number | undefined
  readonly rows: number | undefined
  readonly colours: Colours
  /** The encoding of text in both directions. UTF-8 until the two sides agree on another. */
  readonly encoding: Encoding
  /** All answers to TTYPE, in the order in which they came. */
  readonly ttypes: readonly string[]
  /** The client's capabilities as a sum of `MTTS` bits; undefined if it did not send them. */
  readonly mtts: number | undefined
  /** Environment variables that the peer sent (RFC 1572). It may have made them up. */
  readonly environment: ReadonlyMap<string, string>
}

/** The state that a restart carries over, as JSON. */
export interface TerminalState {
  readonly telnet?: boolean
  readonly columns?: number
  readonly rows?: number
  readonly encoding?: Encoding
  readonly ttypes?: readonly string[]
  readonly mtts?: number
  readonly environment?: readonly (readonly [string, string])[]
}

const NOTHING: ReadonlyMap<string, string> = new Map()

/** The writable side of `Terminal`, for the options. */
export class TerminalFacts implements Terminal {
  telnet = false
  columns: number | undefined = undefined
  rows: number | undefined = undefined
  encoding: Encoding = 'utf-8'
  ttypes: readonly string[] = []
  mtts: number | undefined = undefined
  #environment: Map<string, string> | undefined

  get environment(): ReadonlyMap<string, string> {
    return this.#environment ?? NOTHING
  }

  /** `undefined` removes the variable. */
  setVariable(name: string, value: string | undefined): void {
    if (value === undefined) {
      this.#environment?.delete(name)
    } else {
      this.#environment ??= new Map()
      this.#environment.set(name, value)
    }
  }

  /** If the last answer is an MTTS entry, the first names the client and the second the terminal. */
  get type(): string | undefined {
    const [first, second] = this.ttypes
    return this.#hasMtts && second !== undefined && !mttsOf(second) ? second : first
  }

  get client(): string | undefined {
    return this.#hasMtts && this.ttypes.length > 1 ? this.ttypes[0] : undefined
  }

  get #hasMtts(): boolean {
    return mttsOf(this.ttypes.at(-1) ?? '') !== undefined
  }

  /** By MTTS, which states it; else by COLORTERM, a convention; else guessed from the terminal's name. */
  get colours(): Colours {
    if (this.mtts !== undefined) {
      if (this.mtts & MTTS.TRUECOLOUR) return 'true'
      if (this.mtts & MTTS.COLOURS_256) return 256
      return this.mtts & MTTS.ANSI ? 16 : 'none'
    }
    if (/^(truecolor|24bit)$/i.test(this.environment.get('COLORTERM') ?? '')) return 'true'
    const type = this.type ?? ''
    if (/truecolor|24bit|direct/i.test(type)) return 'true'
    if (/256/.test(type)) return 256
    return /^(xterm|ansi|linux|screen|tmux|rxvt|vt[1-5]\d\d|cygwin|konsole|putty|kitty|alacritty)|color/i.test(
      type,
    )
      ? 16
      : 'none'
  }

  save(): TerminalState | undefined {
    const state: TerminalState = {
      ...(this.telnet && { telnet: true }),
      ...(this.columns !== undefined && { columns: this.columns }),
      ...(this.rows !== undefined && { rows: this.rows }),
      ...(this.encoding !== 'utf-8' && { encoding: this.encoding }),
      ...(this.ttypes.length > 0 && { ttypes: this.ttypes }),
      ...(this.mtts !== undefined && { mtts: this.mtts }),
      ...(this.environment.size > 0 && { environment: [...this.environment] }),
    }
    return Object.keys(state).length > 0 ? state : undefined
  }

  static restore(state: TerminalState): TerminalFacts {
    const terminal = new TerminalFacts()
    terminal.telnet = state.telnet ?? false
    terminal.columns = state.columns
    terminal.rows = state.rows
    terminal.encoding = state.encoding ?? 'utf-8'
    terminal.ttypes = state.ttypes ?? []
    terminal.mtts = state.mtts
    for (const [name, value] of state.environment ?? []) terminal.setVariable(name, value)
    return terminal
  }
}

/** The number of an `MTTS 137` answer to TTYPE; undefined for any other. */
export function mttsOf(ttype: string): number | undefined {
  const match = /^MTTS (\d{1,9})$/i.exec(ttype)
  return match ? Number(match[1]) : undefined
}
