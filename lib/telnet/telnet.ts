/**
 * Telnet for one connection: what the client room uses. It stands between the transport and the line splitter,
 * and is next to nothing until the peer speaks telnet: text without IAC passes through untouched.
 */
import { Decoder, type DecoderState } from './codec.js'
import { EOR, GA, IAC, OPTION } from './constants.js'
import { command, escapeIac, subnegotiation } from './encode.js'
import type { Side } from './negotiation.js'
import type { TelnetEvent } from './option.js'
import { Session, type SessionState } from './session.js'
import { TelnetSettings } from './settings.js'
import { type Encoding, type Terminal, TerminalFacts, type TerminalState } from './terminal.js'

/** What a connection gives its telnet. Called synchronously from within `receive` and the requests; must not throw. */
export interface TelnetHost {
  /** The peer's lines show that it is no telnet client; it may yet turn out to be one. */
  readonly plain?: boolean
  /** Bytes for the peer, escaped already, in one stream with the text that the service writes. */
  send(bytes: Uint8Array): void
  on(event: TelnetEvent): void
  /** A limit was reached (contract rule 19). `maxTelnetReplies` is told at most once a second. */
  limit(name: 'maxSubnegotiation' | 'maxTelnetReplies'): void
}

/** What a restart must carry over; JSON. */
export interface TelnetState {
  readonly opened?: boolean
  readonly decoder?: DecoderState
  readonly session?: SessionState
  readonly terminal?: TerminalState
}

let shared: TelnetSettings | undefined
const defaults = (): TelnetSettings => {
  shared ??= new TelnetSettings()
  return shared
}

export class Telnet {
  readonly #host: TelnetHost
  readonly #settings: TelnetSettings
  #opened = false
  // Made when first needed; most connections to most services never need them.
  #decoder: Decoder | undefined = undefined
  #session: Session | undefined = undefined
  #terminal: TerminalFacts | undefined = undefined
  #watchers: Set<(event: TelnetEvent) => void> | undefined = undefined

  /** @param settings one object for all connections of a service. */
  constructor(host: TelnetHost, settings?: TelnetSettings) {
    this.#host = host
    this.#settings = settings ?? defaults()
  }

  /** Whether no part of a telnet command is missing. */
  get atRest(): boolean {
    return this.#decoder?.atRest ?? true
  }

  /** Sends the offers of the setting `opening`. The second call does nothing. */
  open(): void {
    if (this.#opened) return
    this.#opened = true
    if (this.#session) this.#session.offer(this.#settings.opening)
    else if (this.#settings.openingBytes.length > 0) this.#host.send(this.#settings.openingBytes)
  }

  /**
   * Reads bytes of the peer's. `text` gets what is text, and `host.on` the events, each in its place in the stream.
   * Never throws for anything a peer can send.
   */
  receive(chunk: Uint8Array, text: (bytes: Uint8Array) => void): void {
    if (this.atRest && chunk.indexOf(IAC) === -1) {
      if (chunk.length === 0) return
      this.#session?.sawText()
      text(chunk)
      return
    }
    this.#decoder ??= new Decoder(this.#settings.maxSubnegotiation)
    this.#decoder.push(chunk, (token) => {
      if (token.type === 'text') {
        this.#session?.sawText()
        text(token.bytes)
      } else {
        this.#awake().handle(token)
      }
    })
  }

  /** Text for the peer with its 0xFF doubled; the same array if it has none. UTF-8 never has one. */
  escape(bytes: Uint8Array): Uint8Array {
    return escapeIac(bytes)
  }

  /**
   * Keeps what the user types from being shown, by WILL ECHO. Nothing waits for the answer: it takes effect when
   * the client reads it.
   *
   * @returns whether the peer is known to do so: true if it has agreed before, false if it has refused (then, and
   * at any later refusal, `refused` is emitted) or is no telnet client by its lines (then it is sent nothing, as it
   * would show it), undefined if it has said nothing.
   */
  hideInput(): boolean | undefined {
    if (!this.speaksTelnet && this.#host.plain) return false
    this.request('us', OPTION.ECHO, true)
    return this.#session?.get('us', OPTION.ECHO).able
  }

  /** Ends `hideInput`, by WONT ECHO. */
  showInput(): void {
    if (this.#session) this.request('us', OPTION.ECHO, false)
  }

  /** What to send after a prompt, so that clients know it for one; undefined if nothing. */
  endOfPrompt(): Uint8Array | undefined {
    if (this.isEnabled('us', OPTION.END_OF_RECORD)) return command(EOR)
    return this.speaksTelnet && !this.isEnabled('us', OPTION.SGA) ? command(GA) : undefined
  }

  /** Turns any option on or off, or asks the peer to. The answer comes as `negotiated` or `refused`. */
  request(side: Side, option: number, on: boolean): void {
    this.#awake().request(side, option, on)
  }

  /** Whether both sides have agreed that `side` performs the option. */
  isEnabled(side: Side, option: number): boolean {
    return this.#session?.isEnabled(side, option) ?? false
  }

  /** Sends a subnegotiation of the service's own accord. False: not sent, the option is on on neither side. */
  subnegotiate(option: number, payload: Uint8Array): boolean {
    if (!this.isEnabled('us', option) && !this.isEnabled('them', option)) return false
    this.#host.send(subnegotiation(option, payload))
    return true
  }

  /** What is known of the terminal: always the same object, whose properties change as more is learned. */
  get terminal(): Terminal {
    return this.#facts()
  }

  /** Whether the peer has sent a telnet sequence of any kind (a doubled 0xFF is none: it may be plain data). */
  get speaksTelnet(): boolean {
    return this.#terminal?.telnet ?? false
  }

  /** How the text that follows is encoded, both ways. */
  get encoding(): Encoding {
    return this.#terminal?.encoding ?? 'utf-8'
  }

  /** Calls `listener` with each event, after the host; until the returned function is called. */
  watch(listener: (event: TelnetEvent) => void): () => void {
    this.#watchers ??= new Set()
    this.#watchers.add(listener)
    return () => void this.#watchers?.delete(listener)
  }

  /** Everything that another process needs to go on from exactly this byte. */
  save(): TelnetState {
    const decoder = this.#decoder?.save()
    const session = this.#session?.save()
    const terminal = this.#terminal?.save()
    return {
      ...(this.#opened && { opened: true }),
      ...(decoder && { decoder }),
      ...(session && { session }),
      ...(terminal && { terminal }),
    }
  }

  static restore(host: TelnetHost, settings: TelnetSettings | undefined, state: TelnetState): Telnet {
    const telnet = new Telnet(host, settings)
    telnet.#opened = state.opened ?? false
    if (state.decoder) telnet.#decoder = Decoder.restore(state.decoder, telnet.#settings.maxSubnegotiation)
    if (state.terminal) telnet.#terminal = TerminalFacts.restore(state.terminal)
    if (state.session)
      telnet.#session = new Session(telnet.#watched, telnet.#settings, telnet.#facts(), state.session)
    return telnet
  }

  /** The host, and with it whoever watches. */
  get #watched(): TelnetHost {
    const host = this.#host
    return {
      send: (bytes) => host.send(bytes),
      on: (event) => {
        host.on(event)
        for (const watcher of [...(this.#watchers ?? [])]) watcher(event)
      },
      limit: (name) => host.limit(name),
    }
  }

  #facts(): TerminalFacts {
    this.#terminal ??= new TerminalFacts()
    return this.#terminal
  }

  #awake(): Session {
    if (!this.#session) {
      this.#session = new Session(this.#watched, this.#settings, this.#facts())
      if (this.#opened) this.#session.noteOpening()
    }
    return this.#session
  }
}
