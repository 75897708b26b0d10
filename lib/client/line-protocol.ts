/**
 * What happens to a peer's bytes before they are lines: telnet is taken out and answered, and the text is split.
 */
import {
  Telnet,
  type TelnetEvent,
  type TelnetHost,
  type TelnetSettings,
  type TelnetState,
} from '../telnet/index.js'
import type { Encoding } from '../telnet/terminal.js'
import { type Decode, type LineSink, LineSplitter, type SplitterState } from '../text/splitter.js'
import type { ClientLimit, Limits } from './limits.js'

/** When to ask a peer that has said nothing about itself whether it speaks telnet. */
export type TelnetOffers = 'when-needed' | 'at-connect' | 'never'

export interface LineProtocolSettings {
  readonly limits: Limits
  readonly sanitize: boolean
  /** What all connections share about telnet; undefined where it is not spoken. */
  readonly telnet?: TelnetSettings | undefined
  readonly telnetOffers?: TelnetOffers | undefined
}

/** Where an protocol's products go. */
export interface LineProtocolHost {
  line(line: string): void
  /** Something for the peer, in one stream with what the program writes. */
  reply(data: string | Uint8Array): void
  telnetEvent(event: TelnetEvent): void
  limitExceeded(limit: ClientLimit): void
}

/** What an protocol holds between two chunks, as plain data. */
export interface LineProtocolState {
  readonly splitter: SplitterState
  readonly telnet?: TelnetState
  readonly needed?: boolean
}

export class LineProtocol implements LineSink, TelnetHost {
  readonly #owner: LineProtocolHost
  readonly #settings: LineProtocolSettings
  readonly #splitter: LineSplitter
  #telnet: Telnet | undefined
  /** The program wants to know what the terminal can do. */
  #needed = false
  #opened = false
  /**
   * Events of the chunk that is being read; they are passed on when all of it is answered. A telnet client whose user
   * presses Ctrl-C throws away what it gets before the answer to the timing mark that it sends right behind (RFC 860),
   * and so what a handler writes about it must come after that.
   */
  #told: TelnetEvent[] | undefined

  constructor(settings: LineProtocolSettings, owner: LineProtocolHost) {
    this.#settings = settings
    this.#owner = owner
    this.#splitter = new LineSplitter({
      maxLineLength: settings.limits.maxLineLength,
      sanitize: settings.sanitize,
    })
    if (settings.telnet !== undefined) this.#telnet = new Telnet(this, settings.telnet)
  }

  get telnet(): Telnet | undefined {
    return this.#telnet
  }

  /** Every line so far has ended in a bare LF: so end netcat's, scripts', and no telnet client's (RFC 854). */
  get plain(): boolean {
    return this.#splitter.sawLF && !this.#splitter.sawCR
  }

  /** The connection is there. */
  open(): void {
    if (this.#settings.telnetOffers === 'at-connect') this.#offer()
  }

  receive(bytes: Uint8Array): void {
    if (this.#telnet === undefined) {
      this.#splitter.push(bytes, this)
      return
    }
    const told: TelnetEvent[] = []
    this.#told = told
    this.#telnet.receive(bytes, this.#text)
    this.#told = undefined
    for (const event of told) this.#owner.telnetEvent(event)
    if (this.#needed && !this.#opened && this.#splitter.sawCR) this.#offer()
  }

  /**
   * The program wants to know what the terminal can do: it writes in colour, or asks.
   *
   * Real telnet clients wait to be asked, but whoever is no telnet client shows the question as rubbish. So nobody is
   * asked by a program that needs no answer; nor is a peer that ends its lines in a bare LF, as netcat and scripts do
   * and telnet (RFC 854) does not.
   */
  needTerminal(): void {
    if (this.#needed || this.#settings.telnetOffers === 'never') return
    this.#needed = true
    if (this.#splitter.sawCR || this.#telnet?.speaksTelnet) this.#offer()
  }

  #offer(): void {
    this.#opened = true
    this.#telnet?.open()
  }

  readonly #text = (bytes: Uint8Array): void => this.#splitter.push(bytes, this)

  // --- From the splitter

  push(line: string): void {
    this.#owner.line(line)
  }

  overflow(): void {
    this.#owner.reply(`That line is too long: at most ${this.#settings.limits.maxLineLength} bytes.\r\n`)
    this.#owner.limitExceeded('maxLineLength')
  }

  /** Ctrl-C and Ctrl-D of clients that send each key as it is typed, in place of the telnet commands. */
  control(byte: number): void {
    if (this.#telnet === undefined) return
    this.#tell({ type: byte === ETX ? 'interrupt' : 'end-of-file' })
  }

  // --- From telnet

  send(bytes: Uint8Array): void {
    this.#owner.reply(bytes)
  }

  on(event: TelnetEvent): void {
    if (event.type === 'terminal' && event.learned === 'encoding' && this.#telnet !== undefined) {
      this.#splitter.decode = DECODERS[this.#telnet.encoding]
    } else if (event.type === 'erase-character') {
      this.#splitter.eraseCharacter()
    } else if (event.type === 'erase-line') {
      this.#splitter.eraseLine()
    }
    this.#tell(event)
  }

  #tell(event: TelnetEvent): void {
    if (this.#told === undefined) this.#owner.telnetEvent(event)
    else this.#told.push(event)
  }

  limit(name: 'maxSubnegotiation' | 'maxTelnetReplies'): void {
    this.#owner.limitExceeded(name)
  }

  // --- Over a restart

  save(): LineProtocolState {
    return {
      splitter: this.#splitter.save(),
      ...(this.#telnet !== undefined && { telnet: this.#telnet.save() }),
      ...(this.#needed && { needed: true }),
    }
  }

  restore({ splitter, telnet, needed = false }: LineProtocolState): void {
    this.#splitter.restore(splitter)
    this.#needed = needed
    if (telnet === undefined || this.#settings.telnet === undefined) return
    this.#telnet = Telnet.restore(this, this.#settings.telnet, telnet)
    this.#opened = telnet.opened ?? false
    this.#splitter.decode = DECODERS[this.#telnet.encoding]
  }
}

const ETX = 0x03

const DECODERS: Record<Encoding, Decode> = {
  'utf-8': (bytes, start, end) => bytes.toString('utf8', start, end),
  latin1: (bytes, start, end) => bytes.toString('latin1', start, end),
  // Not Node's 'ascii', which would turn a foreign byte into some other character.
  ascii: (bytes, start, end) => bytes.toString('latin1', start, end).replace(/[^\p{ASCII}]/gu, '\ufffd'),
}
