/**
 * Telnet for one connection, between the transport and the line splitter. Text without IAC passes through unchanged,
 * and session and terminal are made when they are first needed.
 */
import { isSilenced } from '../conversation/context.js'
import { Decoder, type DecoderState, type TextSink } from './codec.js'
import { EOR, GA, IAC, OPTION } from './constants.js'
import { checkSubnegotiation, command, escapeIac, subnegotiation } from './encode.js'
import type { TelnetHost } from './host.js'
import type { Side } from './negotiation.js'
import type { TelnetEvent } from './option.js'
import { Session, type SessionState } from './session.js'
import { TelnetSettings } from './settings.js'
import { type Encoding, type Terminal, TerminalFacts, type TerminalState } from './terminal.js'

/** The state that a restart carries over, as JSON. */
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
  // Each is made when it is first needed: netcat needs none.
  #decoder: Decoder | undefined = undefined
  #session: Session | undefined = undefined
  #terminal: TerminalFacts | undefined = undefined
  #listeners: Set<(event: TelnetEvent) => void> | undefined = undefined

  /** @param settings one object for all connections of a service. */
  constructor(host: TelnetHost, settings?: TelnetSettings) {
    this.#host = host
    this.#settings = settings ?? defaults()
  }

  /** Whether no telnet command has begun that is not complete. */
  get atRest(): boolean {
    return this.#decoder?.atRest ?? true
  }

  /** Sends the offers of the setting `opening`; a second call does nothing. */
  open(): void {
    if (this.#opened) return
    this.#opened = true
    if (this.#session) this.#session.offer(this.#settings.opening)
    else if (this.#settings.openingBytes.length > 0) this.#host.send(this.#settings.openingBytes)
  }

  /**
   * Reads bytes from the peer. Text goes to `text`, as a piece of some bytes, and events to `host.on`, in the order of the
   * stream. Nothing that a peer sends makes it throw, but for what a program's own option or listener throws.
   *
   * @returns how many commands there were, whatever they mean.
   */
  receive(chunk: Uint8Array, text: TextSink): number {
    if (this.#decoder === undefined && this.#session === undefined && !chunk.includes(IAC)) {
      if (chunk.length > 0) text(chunk, 0, chunk.length)
      return 0
    }
    this.#decoder ??= new Decoder(this.#settings.maxSubnegotiation)
    let commands = 0
    this.#decoder.read(
      chunk,
      (bytes, from, to) => {
        this.#session?.sawText()
        text(bytes, from, to)
      },
      (command) => {
        commands += 1
        this.#startedSession().handle(command)
      },
    )
    return commands
  }

  /** Doubles every 0xFF in bytes for the peer. Gives the same array if there is none, as in all UTF-8 text. */
  escape(bytes: Uint8Array): Uint8Array {
    return escapeIac(bytes)
  }

  /**
   * Asks the client to stop showing what its user types, by WILL ECHO. It does not wait for the answer.
   *
   * @returns true if the client has agreed before; false if it has refused, or its line ends show that it is not a
   * telnet client (then nothing is sent, since it would show the request); undefined if it has not answered yet. Each
   * refusal emits `refused`.
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

  /** The bytes after a prompt by which clients recognise it (EOR or GA); undefined where there are none to send. */
  endOfPrompt(): Uint8Array | undefined {
    if (this.isEnabled('us', OPTION.END_OF_RECORD)) return command(EOR)
    return this.speaksTelnet && !this.isEnabled('us', OPTION.SGA) ? command(GA) : undefined
  }

  /** Turns any option on or off, or asks the peer to. The answer comes as `negotiated` or `refused`. */
  request(side: Side, option: number, on: boolean): void {
    if (isSilenced(() => this.request(side, option, on))) return
    this.#startedSession().request(side, option, on)
  }

  /** Whether both sides have agreed that `side` performs the option. */
  isEnabled(side: Side, option: number): boolean {
    return this.#session?.isEnabled(side, option) ?? false
  }

  /**
   * Sends a subnegotiation.
   *
   * @returns false if it was not sent, since the option is enabled on neither side.
   * @throws InvalidOptionError
   */
  subnegotiate(option: number, payload: Uint8Array): boolean {
    checkSubnegotiation('subnegotiate()', option, payload)
    if (!this.isEnabled('us', option) && !this.isEnabled('them', option)) return false
    if (isSilenced(() => this.subnegotiate(option, payload))) return true
    this.#host.send(subnegotiation(option, payload))
    return true
  }

  /** What is known of the terminal. Always the same object; its properties change as more is learned. */
  get terminal(): Terminal {
    return this.#facts()
  }

  /** Whether the peer has sent any telnet sequence. (A doubled 0xFF does not count: it may be plain data.) */
  get speaksTelnet(): boolean {
    return this.#terminal?.telnet ?? false
  }

  /** The encoding of the text that follows, in both directions. */
  get encoding(): Encoding {
    return this.#terminal?.encoding ?? 'utf-8'
  }

  /**
   * Calls `listener` with each event, after the host. The returned function ends that. Where a listener throws, its client is
   * closed.
   */
  watch(listener: (event: TelnetEvent) => void): () => void {
    this.#listeners ??= new Set()
    this.#listeners.add(listener)
    return () => void this.#listeners?.delete(listener)
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
      telnet.#session = new Session(
        telnet.#hostAndListeners,
        telnet.#settings,
        telnet.#facts(),
        state.session,
      )
    return telnet
  }

  /** The host; its `on` also calls the listeners of `watch`. */
  get #hostAndListeners(): TelnetHost {
    const host = this.#host
    return {
      send: (bytes) => host.send(bytes),
      on: (event) => {
        host.on(event)
        if (this.#listeners !== undefined) for (const listener of [...this.#listeners]) listener(event)
      },
      limit: (name) => host.limit(name),
    }
  }

  #facts(): TerminalFacts {
    this.#terminal ??= new TerminalFacts()
    return this.#terminal
  }

  #startedSession(): Session {
    if (!this.#session) {
      this.#session = new Session(this.#hostAndListeners, this.#settings, this.#facts())
      if (this.#opened) this.#session.noteOpening()
    }
    return this.#session
  }
}
