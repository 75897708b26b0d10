/**
 * Telnet's framing (RFC 854, 855), and nothing of its meaning: bytes in, tokens out, in the order of the stream;
 * and the escaping on the way out. Pure: no socket, no clock, no replies.
 *
 * What must stay true: the tokens do not depend on where the stream was cut into chunks (adjacent text tokens
 * count as one), no input throws, and the memory held between chunks never exceeds one subnegotiation's limit.
 */
import { defaultLimits } from '../limits.js'
import { DO, DONT, FIRST_COMMAND, IAC, SB, SE, type Verb, WILL, WONT } from './constants.js'

export type Token =
  /** Text, with IAC IAC undone. A view of the chunk it came in wherever possible. */
  | { readonly type: 'text'; readonly bytes: Uint8Array }
  /** IAC and one of the commands from EOF (236) to GA (249). */
  | { readonly type: 'command'; readonly command: number }
  | { readonly type: 'negotiation'; readonly verb: Verb; readonly option: number }
  /** A whole subnegotiation, IAC IAC undone. The payload is its own memory, never used again by the decoder. */
  | { readonly type: 'subnegotiation'; readonly option: number; readonly payload: Uint8Array }
  /** A subnegotiation grew past the limit. Reported once, when it happens; none of its bytes are handed on. */
  | { readonly type: 'overflow'; readonly option: number }

/** A command of any kind. */
export type CommandToken = Exclude<Token, { readonly type: 'text' }>

/** Gets a piece of text, IAC IAC undone: `bytes` from `from` up to `to`, which are used again after this call. */
export type TextSink = (bytes: Uint8Array, from: number, to: number) => void
export type CommandSink = (token: CommandToken) => void

/** The decoder's state between two bytes. */
type Mode = 'text' | 'iac' | 'verb' | 'sb' | 'sb-iac' | 'payload' | 'payload-iac'

/** The state that a restart carries over, as JSON. `payload` is base64. */
export interface DecoderState {
  readonly mode: Mode
  readonly verb?: number
  readonly option?: number
  readonly payload?: string
  readonly length?: number
}

/** A subnegotiation that is this many times as long as its limit is assumed to never end; see `Decoder`. */
const RUNAWAY = 8

const LF = 0x0a

/**
 * Cuts a telnet stream into tokens.
 *
 * How malformed input is read, and why:
 * - IAC before a byte that is not a command: the IAC is dropped, the byte is text. Node takes no TCP urgent data, so
 *   the DM of a Synch is lost on the way and its IAC arrives alone, before whatever the user types next.
 * - `IAC SB IAC SE` and `IAC SB SE` are empty subnegotiations, dropped. (Option 240 therefore cannot be used.)
 * - Inside a subnegotiation only IAC IAC and IAC SE are allowed. After any other command the subnegotiation is
 *   dropped and the command is obeyed, as BSD telnetd does; IAC and a byte that is not a command drop both.
 * - A subnegotiation of more than `maxSubnegotiation` payload bytes is dropped whole: its bytes are discarded until
 *   its IAC SE, or a command as above, so that none of them becomes text.
 * - One that never ends must not discard the user's text for ever: beyond 8 times the limit the next LF ends it
 *   too, so that text resumes at the beginning of a line.
 */
export class Decoder {
  readonly #max: number
  #mode: Mode = 'text'
  #verb = 0
  #option = 0
  #payload: Uint8Array | undefined
  // Payload bytes so far, including dropped ones: past the limit no payload is kept.
  #length = 0

  constructor(maxSubnegotiation: number = defaultLimits.maxSubnegotiation) {
    this.#max = maxSubnegotiation
  }

  /** Reads one chunk and hands each token to `sink` in order. A chunk without IAC is handed on as it is. */
  push(chunk: Uint8Array, sink: (token: Token) => void): void {
    const text: TextSink = (bytes, from, to) => {
      sink({ type: 'text', bytes: to - from === bytes.length ? bytes : bytes.subarray(from, to) })
    }
    this.read(chunk, text, sink)
  }

  /** The same without a token, and a view of the chunk, for each piece of text: they take longer than the rest. */
  read(chunk: Uint8Array, text: TextSink, sink: CommandSink): void {
    if (this.#mode === 'text' && chunk.indexOf(IAC) === -1) {
      if (chunk.length > 0) text(chunk, 0, chunk.length)
      return
    }
    const run = new TextRun(chunk, text)
    for (let at = 0; at < chunk.length; ) at = this.#step(chunk, at, run, sink)
    run.flush()
  }

  /** Whether no command has begun that is not complete. */
  get atRest(): boolean {
    return this.#mode === 'text'
  }

  save(): DecoderState | undefined {
    if (this.#mode === 'text') return undefined
    if (this.#mode === 'iac' || this.#mode === 'sb' || this.#mode === 'sb-iac') return { mode: this.#mode }
    if (this.#mode === 'verb') return { mode: 'verb', verb: this.#verb }
    const payload = this.#payload?.subarray(0, this.#length)
    return {
      mode: this.#mode,
      option: this.#option,
      length: this.#length,
      ...(payload && { payload: Buffer.from(payload).toString('base64') }),
    }
  }

  static restore(state: DecoderState, maxSubnegotiation?: number): Decoder {
    const decoder = new Decoder(maxSubnegotiation)
    decoder.#mode = state.mode
    decoder.#verb = state.verb ?? 0
    decoder.#option = state.option ?? 0
    decoder.#length = state.length ?? 0
    // Copied: a small Buffer is a piece of a pool that others share.
    if (state.payload) decoder.#payload = new Uint8Array(Buffer.from(state.payload, 'base64'))
    return decoder
  }

  /** Reads as much as one mode takes, and gives the index of the next byte to read. */
  #step(chunk: Uint8Array, at: number, run: TextRun, sink: CommandSink): number {
    if (this.#mode === 'text') {
      const iac = chunk.indexOf(IAC, at)
      run.add(at, iac === -1 ? chunk.length : iac)
      if (iac === -1) return chunk.length
      this.#mode = 'iac'
      return iac + 1
    }
    if (this.#mode === 'payload') return this.#readPayload(chunk, at, run, sink)

    const byte = chunk[at] as number
    switch (this.#mode) {
      case 'iac':
        this.#mode = 'text'
        if (byte === IAC || byte < FIRST_COMMAND) run.add(at, at + 1)
        else this.#command(byte, run, sink)
        break
      case 'verb':
        this.#mode = 'text'
        run.flush()
        sink({ type: 'negotiation', verb: this.#verb as Verb, option: byte })
        break
      case 'sb':
        if (byte === IAC) this.#mode = 'sb-iac'
        else if (byte === SE) this.#mode = 'text'
        else this.#begin(byte)
        break
      case 'sb-iac':
        if (byte === IAC) this.#begin(IAC)
        else if (byte === SE) this.#forget()
        else this.#abandon(byte, run, sink)
        break
      case 'payload-iac':
        if (byte === SE) this.#end(run, sink)
        else if (byte === IAC) {
          this.#mode = 'payload'
          this.#append(chunk, at, at + 1, run, sink)
        } else this.#abandon(byte, run, sink)
        break
    }
    return at + 1
  }

  #command(byte: number, run: TextRun, sink: CommandSink): void {
    if (byte === WILL || byte === WONT || byte === DO || byte === DONT) {
      this.#mode = 'verb'
      this.#verb = byte
    } else if (byte === SB) {
      this.#mode = 'sb'
    } else {
      run.flush()
      sink({ type: 'command', command: byte })
    }
  }

  #begin(option: number): void {
    this.#mode = 'payload'
    this.#option = option
  }

  #end(run: TextRun, sink: CommandSink): void {
    const overflowed = this.#length > this.#max
    // A copy of exact size, so that the spare room of the buffer does not stay in memory with the payload.
    const payload = this.#payload?.slice(0, this.#length) ?? new Uint8Array(0)
    this.#forget()
    if (overflowed) return
    run.flush()
    sink({ type: 'subnegotiation', option: this.#option, payload })
  }

  /** A byte after IAC that cannot stand inside a subnegotiation. */
  #abandon(byte: number, run: TextRun, sink: CommandSink): void {
    this.#forget()
    if (byte >= FIRST_COMMAND) this.#command(byte, run, sink)
  }

  #forget(): void {
    this.#mode = 'text'
    this.#payload = undefined
    this.#length = 0
  }

  #readPayload(chunk: Uint8Array, at: number, run: TextRun, sink: CommandSink): number {
    const iac = chunk.indexOf(IAC, at)
    const end = iac === -1 ? chunk.length : iac
    const runaway = at + Math.max(0, this.#max * RUNAWAY - this.#length)
    const lineFeed = runaway < end ? chunk.subarray(runaway, end).indexOf(LF) : -1
    this.#append(chunk, at, end, run, sink)
    if (lineFeed !== -1) {
      this.#forget()
      return runaway + lineFeed + 1
    }
    if (iac === -1) return end
    this.#mode = 'payload-iac'
    return iac + 1
  }

  #append(chunk: Uint8Array, from: number, to: number, run: TextRun, sink: CommandSink): void {
    const length = this.#length + to - from
    if (length > this.#max) {
      const isNew = this.#length <= this.#max
      this.#length = length
      this.#payload = undefined
      if (!isNew) return
      run.flush()
      sink({ type: 'overflow', option: this.#option })
      return
    }
    if (length > (this.#payload?.length ?? 0)) {
      const grown = new Uint8Array(Math.min(this.#max, Math.max(64, length, 2 * this.#length)))
      if (this.#payload) grown.set(this.#payload.subarray(0, this.#length))
      this.#payload = grown
    }
    if (to - from === 1) (this.#payload as Uint8Array)[this.#length] = chunk[from] as number
    else if (to > from) (this.#payload as Uint8Array).set(chunk.subarray(from, to), this.#length)
    this.#length = length
  }
}

/**
 * The text between two commands of one chunk: where it is in the chunk, or one exact copy where doubled IACs cut it up.
 * (Copies sized by what is left of the chunk would let a hostile chunk cost its square.)
 */
class TextRun {
  readonly #chunk: Uint8Array
  readonly #text: TextSink
  #from = 0
  #to = 0
  /** Further pieces, as pairs of from and to. */
  #more: number[] = []

  constructor(chunk: Uint8Array, text: TextSink) {
    this.#chunk = chunk
    this.#text = text
  }

  add(from: number, to: number): void {
    if (from === to) return
    const more = this.#more
    if (this.#from === this.#to) this.#from = from
    else if (more.length > 0 || this.#to !== from) {
      if (more.at(-1) === from) more[more.length - 1] = to
      else more.push(from, to)
      return
    }
    this.#to = to
  }

  flush(): void {
    const [from, to] = [this.#from, this.#to]
    if (from === to) return
    this.#from = this.#to
    if (this.#more.length === 0) {
      this.#text(this.#chunk, from, to)
      return
    }
    const bounds = [from, to, ...this.#more]
    this.#more = []
    const bytes = this.#joined(bounds)
    this.#text(bytes, 0, bytes.length)
  }

  #joined(bounds: readonly number[]): Uint8Array {
    let length = 0
    for (let i = 0; i < bounds.length; i += 2) length += (bounds[i + 1] as number) - (bounds[i] as number)
    const bytes = new Uint8Array(length)
    let at = 0
    for (let i = 0; i < bounds.length; i += 2) {
      const [from, to] = [bounds[i] as number, bounds[i + 1] as number]
      // A view of a single byte costs more than the byte, and doubled IACs in a row consist of such pieces.
      if (to - from === 1) bytes[at] = this.#chunk[from] as number
      else bytes.set(this.#chunk.subarray(from, to), at)
      at += to - from
    }
    return bytes
  }
}
