/** A telnet client with a user in front of it: it answers by its manners, and shows what such a client would show. */
import type { Socket } from 'node:net'
import { DO, DONT, type MakeWire, plainWire, WILL, type Wire, type WireOwner, WONT } from './wire.js'

export const ECHO = 1
export const TTYPE = 24
export const EOR = 25
export const NAWS = 31
export const NEW_ENVIRON = 39
export const CHARSET = 42
export const SGA = 3
export const BINARY = 0

/** What is known of a client by its source, its documents, or a recording of it. */
export interface Manners {
  readonly name: string
  /** What the service should learn of its terminal, in the words of the den. */
  readonly terminal: string
  /** What Enter sends. */
  readonly enter: string | ((persona: Persona) => string)
  /** Options that it performs when asked (DO). */
  readonly performs?: readonly number[]
  /** Options that it lets the service perform (WILL). */
  readonly lets?: readonly number[]
  /** What it says by itself when connected: verbs and options. */
  readonly opening?: readonly (readonly [verb: number, option: number])[]
  /** Its answers to "what terminal?", one after the other; the last one is repeated. */
  readonly types?: readonly string[]
  readonly environment?: string
  /** It takes note of WONT and DONT, and says nothing. */
  readonly silentWhenOff?: boolean
  /** It knows no telnet: whatever comes is shown, and nothing is answered. */
  readonly deaf?: boolean
  /** Each key is sent as it is pressed. */
  readonly keyByKey?: boolean
}

export class Persona implements WireOwner {
  /** What its user sees: what was sent, and what was typed where that is shown. */
  screen = ''
  /** How often the service has ended a prompt with GA or EOR. */
  prompts = 0
  readonly manners: Manners
  readonly #wire: Wire
  #columns = 80
  #rows = 24
  /** What each side performs, by `WILL option` of whoever performs it. */
  readonly #ours = new Set<number>()
  readonly #theirs = new Set<number>()
  #asked = 0
  #taken = 0
  #ended = false
  #wake: () => void = () => {}

  constructor(socket: Socket, manners: Manners, makeWire: MakeWire = plainWire) {
    this.manners = manners
    this.#wire = makeWire(socket, this)
    for (const [verb, option] of manners.opening ?? []) {
      if (verb === WILL) this.#ours.add(option)
      this.#wire.negotiate(verb, option)
    }
  }

  // --- The user

  /** Types a line and presses Enter. */
  type(line: string): void {
    const enter = typeof this.manners.enter === 'string' ? this.manners.enter : this.manners.enter(this)
    if (!this.hidesInput) this.#show(`${line}\r\n`)
    if (this.manners.keyByKey) for (const key of [...line, enter]) this.#wire.text(key)
    else this.#wire.text(line + enter)
  }

  /** Presses a key that the client sends as a command of telnet. */
  press(command: number): void {
    this.#wire.command(command)
  }

  /** Gives its window another size. */
  resize(columns: number, rows: number): void {
    this.#columns = columns
    this.#rows = rows
    if (this.#ours.has(NAWS)) this.#sendSize()
  }

  get hidesInput(): boolean {
    return this.#theirs.has(ECHO)
  }

  /** Whether keys wait for Enter: with SGA on clients send each one as it is pressed, Backspace too. */
  get editsLines(): boolean {
    return !this.#theirs.has(SGA)
  }

  performs(option: number): boolean {
    return this.#ours.has(option)
  }

  /** Waits until `text` is on the screen, behind where the last wait ended; gives what came up to its end. */
  async sees(text: string): Promise<string> {
    for (;;) {
      const at = this.screen.indexOf(text, this.#taken)
      if (at !== -1) {
        const seen = this.screen.slice(this.#taken, at + text.length)
        this.#taken = at + text.length
        return seen
      }
      if (this.#ended)
        throw new Error(`${this.manners.name} was left before ${JSON.stringify(text)}: ${this}`)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** Waits until the service has closed. */
  async isLeft(): Promise<void> {
    while (!this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  destroy(): void {
    this.#wire.destroy()
  }

  toString(): string {
    return JSON.stringify(this.screen)
  }

  // --- The client

  text(bytes: Buffer): void {
    this.#show(bytes.toString('utf8'))
  }

  negotiation(verb: number, option: number): void {
    if (this.manners.deaf) {
      this.#show(String.fromCharCode(255, verb, option))
      return
    }
    const mine = verb === DO || verb === DONT
    const on = mine ? this.#ours : this.#theirs
    const [yes, no] = mine ? [WILL, WONT] : [DO, DONT]
    if (verb === DO || verb === WILL) {
      const agrees = (mine ? this.manners.performs : this.manners.lets)?.includes(option) ?? false
      // What is on already needs no answer (RFC 854); nor does the answer to what it said itself.
      if (!on.has(option)) this.#wire.negotiate(agrees ? yes : no, option)
      if (agrees) on.add(option)
      if (agrees && verb === DO && option === NAWS) this.#sendSize()
    } else if (on.delete(option) && !this.manners.silentWhenOff) {
      this.#wire.negotiate(no, option)
    }
  }

  subnegotiation(option: number, payload: Buffer): void {
    const { types = [], environment = '' } = this.manners
    if (option === TTYPE && payload[0] === 1) {
      this.#wire.subnegotiate(TTYPE, `\0${types[Math.min(this.#asked, types.length - 1)] ?? 'UNKNOWN'}`)
      this.#asked += 1
    } else if (option === NEW_ENVIRON && payload[0] === 1) {
      this.#wire.subnegotiate(NEW_ENVIRON, `\0${environment}`)
    } else if (option === CHARSET && payload[0] === 1) {
      this.#wire.subnegotiate(CHARSET, '\x02UTF-8')
    }
  }

  command(code: number): void {
    if (code === 249 || code === 239) this.prompts += 1
  }

  ended(): void {
    this.#ended = true
    this.#wake()
  }

  #sendSize(): void {
    this.#wire.subnegotiate(
      NAWS,
      String.fromCharCode(this.#columns >> 8, this.#columns & 255, this.#rows >> 8, this.#rows & 255),
    )
  }

  #show(text: string): void {
    this.screen += text
    this.#wake()
  }
}
