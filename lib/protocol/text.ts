/** Lines of text without telnet, each line break a bare LF: for programs, and for connections that carry text alone. */
import { type LineSink, LineSplitter, type SplitterState } from '../text/splitter.js'
import { defaultTexts, type ServiceTexts } from '../texts.js'
import type { Protocol, ProtocolConnection, ProtocolHost, ProtocolSettings } from './protocol.js'

export const text: Protocol = {
  name: 'text',
  raw: false,
  open: (host, settings) => new TextConnection(host, settings),
}

class TextConnection implements ProtocolConnection, LineSink {
  readonly protocol = text
  readonly encoding = 'utf-8'
  readonly telnet = undefined
  readonly #host: ProtocolHost
  readonly #maxLineLength: number
  readonly #texts: ServiceTexts
  readonly #splitter: LineSplitter

  constructor(host: ProtocolHost, { limits, sanitize, texts = defaultTexts }: ProtocolSettings) {
    this.#host = host
    this.#maxLineLength = limits.maxLineLength
    this.#texts = texts
    this.#splitter = new LineSplitter({ maxLineLength: limits.maxLineLength, sanitize })
  }

  receive(bytes: Uint8Array): void {
    this.#splitter.push(bytes, this)
  }

  push(line: string, bytes: number): void {
    this.#host.deliver(line, bytes)
  }

  overflow(): void {
    const told = this.#texts.lineTooLong(this.#maxLineLength)
    if (told !== '') this.#host.reply(this.format(told, true))
    this.#host.limitExceeded('maxLineLength')
  }

  format(line: string, newline: boolean): string {
    const plain = String(line).replaceAll('\r\n', '\n')
    return newline ? `${plain}\n` : plain
  }

  control(): boolean {
    return false
  }
  start(): void {}
  needTerminal(): void {}

  get atRest(): boolean {
    return this.#splitter.atRest
  }

  save(): SplitterState {
    return this.#splitter.save()
  }

  restore(state: unknown): void {
    this.#splitter.restore(state as SplitterState)
  }
}
