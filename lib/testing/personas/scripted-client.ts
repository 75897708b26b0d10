/** The telnet of a persona: what its client answers by its manners, says by itself, and tells of its window. */
import type { Duplex } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { DO, DONT, EOR, GA, OPTION, WILL, WONT } from '../../telnet/index.js'
import type { Manners } from './manners.js'
import type { MakeWire, Wire } from './wire.js'

/** Who is told what comes. */
export interface ClientOwner {
  text(text: string): void
  ended(): void
}

export interface WindowSize {
  readonly columns: number
  readonly rows: number
}

export class ScriptedClient {
  /** How often the service has ended a prompt with GA or EOR. */
  prompts = 0
  ended = false
  readonly #manners: Manners
  readonly #owner: ClientOwner
  readonly #wire: Wire
  readonly #decoder = new StringDecoder('utf8')
  #size: WindowSize
  /** What each side performs, by `WILL option` of whoever performs it. */
  readonly #ours = new Set<number>()
  readonly #theirs = new Set<number>()
  #asked = 0

  constructor(duplex: Duplex, manners: Manners, size: WindowSize, makeWire: MakeWire, owner: ClientOwner) {
    this.#manners = manners
    this.#size = size
    this.#owner = owner
    this.#wire = makeWire(duplex, {
      text: (bytes) => owner.text(this.#decoder.write(bytes)),
      negotiation: (verb, option) => this.#negotiation(verb, option),
      subnegotiation: (option, payload) => this.#subnegotiation(option, payload),
      command: (code) => {
        if (code === GA || code === EOR) this.prompts += 1
      },
      ended: () => {
        this.ended = true
        owner.ended()
      },
    })
    for (const [verb, option] of manners.opening ?? []) {
      if (verb === WILL) this.#ours.add(option)
      this.#wire.negotiate(verb, option)
    }
  }

  /** What it sends for a line. */
  line(text: string): void {
    const keys = this.#manners.keyByKey ? [...text, this.enter] : [text + this.enter]
    for (const key of keys) this.#wire.text(key)
  }

  get enter(): string {
    const { enter } = this.#manners
    return typeof enter === 'string' ? enter : enter(this)
  }

  /** Sends keys as they are, or a command of telnet. */
  send(keys: string | number): void {
    if (typeof keys === 'number') this.#wire.command(keys)
    else this.#wire.text(keys)
  }

  resize(size: WindowSize): void {
    this.#size = size
    if (this.performs(OPTION.NAWS)) this.#sendSize()
  }

  performs(option: number): boolean {
    return this.#ours.has(option)
  }

  /** Whether it lets the service perform an option. */
  lets(option: number): boolean {
    return this.#theirs.has(option)
  }

  end(): void {
    this.#wire.end()
  }

  destroy(): void {
    this.#wire.destroy()
  }

  #negotiation(verb: number, option: number): void {
    if (this.#manners.deaf) {
      this.#owner.text(String.fromCharCode(255, verb, option))
      return
    }
    const mine = verb === DO || verb === DONT
    const on = mine ? this.#ours : this.#theirs
    const [yes, no] = mine ? [WILL, WONT] : [DO, DONT]
    if (verb === DO || verb === WILL) {
      const agrees = (mine ? this.#manners.performs : this.#manners.lets)?.includes(option) ?? false
      // What is on already needs no answer (RFC 854); nor does the answer to what it said itself.
      if (!on.has(option)) this.#wire.negotiate(agrees ? yes : no, option)
      if (agrees) on.add(option)
      if (agrees && verb === DO && option === OPTION.NAWS) this.#sendSize()
    } else if (on.delete(option) && !this.#manners.silentWhenOff) {
      this.#wire.negotiate(no, option)
    }
  }

  #subnegotiation(option: number, payload: Buffer): void {
    const { types = [], environment = '' } = this.#manners
    // In each of these options, 1 asks.
    if (this.#manners.deaf || payload[0] !== 1) return
    if (option === OPTION.TTYPE) {
      this.#wire.subnegotiate(option, `\0${types[Math.min(this.#asked, types.length - 1)] ?? 'UNKNOWN'}`)
      this.#asked += 1
    } else if (option === OPTION.NEW_ENVIRON) {
      this.#wire.subnegotiate(option, `\0${environment}`)
    } else if (option === OPTION.CHARSET) {
      this.#wire.subnegotiate(option, '\x02UTF-8')
    }
  }

  #sendSize(): void {
    const { columns, rows } = this.#size
    const size = String.fromCharCode(columns >> 8, columns & 255, rows >> 8, rows & 255)
    this.#wire.subnegotiate(OPTION.NAWS, size)
  }
}
