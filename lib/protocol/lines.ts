/**
 * Lines of text, with telnet around them: telnet is taken out and answered, and the text is split (contract rule 13).
 */
import {
  Telnet,
  type TelnetEvent,
  type TelnetHost,
  type TelnetLimit,
  type TelnetState,
} from '../telnet/index.js'
import type { Encoding } from '../telnet/terminal.js'
import { type Decode, type LineSink, LineSplitter, type SplitterState } from '../text/splitter.js'
import { defaultTexts } from '../texts.js'
import type { Protocol, ProtocolConnection, ProtocolHost, ProtocolSettings } from './protocol.js'

export const lines: Protocol = {
  name: 'lines',
  raw: false,
  open: (host, settings) => new LineConnection(host, settings),
}

/** What a connection holds between two chunks, as plain data. */
interface LineState {
  readonly splitter: SplitterState
  readonly telnet?: TelnetState
  readonly needed?: boolean
}

class LineConnection implements ProtocolConnection, LineSink, TelnetHost {
  readonly protocol = lines
  readonly #host: ProtocolHost
  readonly #settings: ProtocolSettings
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
  #held: TelnetEvent[] | undefined

  constructor(host: ProtocolHost, settings: ProtocolSettings) {
    this.#host = host
    this.#settings = settings
    this.#splitter = new LineSplitter({
      maxLineLength: settings.limits.maxLineLength,
      sanitize: settings.sanitize,
    })
    if (settings.telnet !== undefined) this.#telnet = new Telnet(this, settings.telnet)
  }

  get telnet(): Telnet | undefined {
    return this.#telnet
  }

  /** Every line so far has ended in a bare LF, as netcat and scripts end them, and telnet (RFC 854) does not. */
  get plain(): boolean {
    return this.#splitter.sawLF && !this.#splitter.sawCR
  }

  get encoding(): Encoding {
    return this.#telnet?.encoding ?? 'utf-8'
  }

  /** CR LF for every line break in it, and after it where `newline` (contract rule 15). */
  format(line: string, newline: boolean): string {
    const text = String(line)
    const wired = text.includes('\n') ? text.replace(/\r?\n/g, '\r\n') : text
    return newline ? `${wired}\r\n` : wired
  }

  start(): void {
    if (this.#settings.telnetOffers === 'at-connect') this.#offer()
  }

  receive(bytes: Uint8Array): void {
    if (this.#telnet === undefined) {
      this.#splitter.push(bytes, this)
      return
    }
    const held: TelnetEvent[] = []
    this.#held = held
    const commands = this.#telnet.receive(bytes, (text, from, to) =>
      this.#splitter.push(text, this, from, to),
    )
    this.#held = undefined
    for (const event of held) this.#host.telnetEvent(event)
    const { maxTelnetEvents } = this.#settings.limits
    if (commands > COMMANDS * maxTelnetEvents) this.#host.limitExceeded('maxTelnetEvents')
    if (this.#needed && !this.#opened && this.#splitter.sawCR) this.#offer()
  }

  /**
   * The program writes in colour, or asks for the terminal.
   *
   * Real telnet clients wait to be asked, but other clients show the question as rubbish. So a program that needs no
   * answer asks nobody, and a peer that ends its lines in a bare LF is never asked: netcat and scripts do that, telnet
   * (RFC 854) does not.
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

  // --- From the splitter

  push(line: string, bytes: number): void {
    this.#host.deliver(line, bytes)
  }

  overflow(): void {
    const { limits, texts = defaultTexts } = this.#settings
    const told = texts.lineTooLong(limits.maxLineLength)
    if (told !== '') this.#host.reply(this.format(told, true))
    this.#host.limitExceeded('maxLineLength')
  }

  /** Ctrl-C and Ctrl-D of clients that send each key as it is typed, in place of the telnet commands. */
  control(byte: number): boolean {
    if (this.#telnet === undefined) return false
    this.#notify({ type: byte === ETX ? 'interrupt' : 'end-of-file' })
    return true
  }

  // --- From telnet

  send(bytes: Uint8Array): void {
    this.#host.reply(bytes)
  }

  on(event: TelnetEvent): void {
    if (event.type === 'terminal' && event.learned === 'encoding' && this.#telnet !== undefined) {
      this.#splitter.decode = DECODERS[this.#telnet.encoding]
    } else if (event.type === 'erase-character') {
      this.#splitter.eraseCharacter()
    } else if (event.type === 'erase-line') {
      this.#splitter.eraseLine()
    }
    this.#notify(event)
  }

  #notify(event: TelnetEvent): void {
    if (this.#held === undefined) this.#host.telnetEvent(event)
    // One more than may be raised, so that the limit is met.
    else if (this.#held.length <= this.#settings.limits.maxTelnetEvents) this.#held.push(event)
  }

  limit(name: TelnetLimit): void {
    this.#host.limitExceeded(name)
  }

  // --- Over a restart

  get atRest(): boolean {
    return this.#splitter.atRest && (this.#telnet?.atRest ?? true)
  }

  save(): LineState {
    return {
      splitter: this.#splitter.save(),
      ...(this.#telnet !== undefined && { telnet: this.#telnet.save() }),
      ...(this.#needed && { needed: true }),
    }
  }

  restore(state: unknown): void {
    const { splitter, telnet, needed = false } = state as LineState
    this.#splitter.restore(splitter)
    this.#needed = needed
    if (telnet === undefined || this.#settings.telnet === undefined) return
    this.#telnet = Telnet.restore(this, this.#settings.telnet, telnet)
    this.#opened = telnet.opened ?? false
    this.#splitter.decode = DECODERS[this.#telnet.encoding]
  }
}

const ETX = 0x03
/** So many commands in one chunk, for each event that a second may have, are a flood, even if they raise no events. */
const COMMANDS = 10

const DECODERS: Record<Encoding, Decode> = {
  'utf-8': (bytes, start, end) => bytes.toString('utf8', start, end),
  latin1: (bytes, start, end) => bytes.toString('latin1', start, end),
  // Not Node's 'ascii', which would turn a foreign byte into some other character.
  ascii: (bytes, start, end) => bytes.toString('latin1', start, end).replace(/[^\p{ASCII}]/gu, '\ufffd'),
}
