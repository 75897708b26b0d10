/** Text as bytes and back, as a client of a service has it: line ends, the character set, and telnet around them. */
import { StringDecoder } from 'node:string_decoder'
import type { Line } from '../client/format.js'
import { escapeIac, OPTION, Telnet, type TelnetSettings } from '../telnet/index.js'
import { sanitize } from '../text/sanitize.js'
import { LineEnds } from './line-ends.js'

export class Transcoder {
  readonly #telnet: Telnet | undefined
  readonly #sanitizes: boolean
  readonly #lineEnds = new LineEnds()
  #decoder = new StringDecoder('utf8')

  /**
   * @param telnet undefined where it is off.
   * @param sanitizes whether text loses what could control a terminal.
   * @param send is given what telnet answers.
   */
  constructor(telnet: TelnetSettings | undefined, sanitizes: boolean, send: (bytes: Uint8Array) => void) {
    this.#sanitizes = sanitizes
    if (telnet !== undefined) this.#telnet = this.#speak(telnet, send)
  }

  #speak(settings: TelnetSettings, send: (bytes: Uint8Array) => void): Telnet {
    const telnet: Telnet = new Telnet(
      {
        send,
        on: (event) => {
          if (event.type !== 'terminal' || event.learned !== 'encoding') return
          this.#decoder = new StringDecoder(telnet.encoding === 'utf-8' ? 'utf8' : 'latin1')
        },
        limit: () => {},
      },
      settings,
    )
    return telnet
  }

  /**
   * The text of a chunk, each line end as `\n`. All of it at once: a peer may put a telnet command between any two
   * characters, and whoever reads searches each addition.
   */
  read(chunk: Uint8Array): string {
    let text = ''
    const decode = (bytes: Uint8Array, from: number, to: number): void => {
      text += this.#decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from))
    }
    if (this.#telnet === undefined) decode(chunk, 0, chunk.length)
    else this.#telnet.receive(chunk, decode)
    return this.#clean(text)
  }

  /** What is left when no more comes: a character that was cut off. */
  end(): string {
    return this.#clean(this.#decoder.end())
  }

  #clean(text: string): string {
    const lines = this.#lineEnds.read(text)
    return this.#sanitizes ? sanitize(lines, { lineBreaks: true }) : lines
  }

  /** A line as it is sent, bytes as they are but for telnet. @param newline whether a line end follows the text. */
  write(line: Line, newline: boolean): Uint8Array {
    const bytes = line instanceof Uint8Array ? line : this.#encoded(String(line), newline)
    return this.#telnet === undefined ? bytes : escapeIac(bytes)
  }

  #encoded(line: string, newline: boolean): Uint8Array {
    const end = this.#lineEnd
    const text = line.replace(/\r?\n/g, end) + (newline ? end : '')
    return Buffer.from(text, (this.#telnet?.encoding ?? 'utf-8') === 'utf-8' ? 'utf8' : 'latin1')
  }

  /** Where binary transmission is agreed (RFC 856), CR LF is two characters, and the key Enter is CR, as terminals have it. */
  get #lineEnd(): string {
    return this.#telnet?.isEnabled('us', OPTION.BINARY) ? '\r' : '\r\n'
  }
}
