/** A connection to a console: what it prints, and what it says to this command alone. */
import type net from 'node:net'
import { StringDecoder } from 'node:string_decoder'
import { introduce, MARK, type Mark, readMark } from '../../console/marks.js'
import { ConsoleError } from './errors.js'

/** How long a console may take to answer the first time, in milliseconds. */
const PATIENCE = 10_000
/** Characters of a mark: what is longer is none. */
const LONGEST_MARK = 64 * 1024

export interface ConsoleLineHandlers {
  /** Whole lines, each with its line feed, and at last the beginning of another, which may be a question. */
  text(text: string): void
  mark(mark: Mark): void
  /** The connection has ended. */
  ended(): void
}

export class ConsoleLine {
  readonly #socket: net.Socket
  readonly #columns: () => number | undefined
  /** What was said last of the terminal's width. */
  #said: number | undefined
  readonly #decoder = new StringDecoder('utf8')
  /** What may become a mark, or a line end. */
  #held = ''

  /** @param columns of the terminal; undefined where there is none. */
  constructor(socket: net.Socket, columns: () => number | undefined, handlers: ConsoleLineHandlers) {
    this.#socket = socket
    this.#columns = columns
    const late = setTimeout(() => socket.destroy(), PATIENCE)
    socket.on('data', (chunk) => {
      this.#take(this.#decoder.write(chunk), {
        ...handlers,
        mark(mark) {
          clearTimeout(late)
          handlers.mark(mark)
        },
      })
    })
    socket.on('error', () => socket.destroy())
    socket.on('end', () => socket.end())
    socket.on('close', () => {
      clearTimeout(late)
      handlers.ended()
    })
    this.#introduce()
  }

  write(line: string): void {
    if (this.#columns() !== this.#said) this.#introduce()
    this.#socket.write(`${line}\n`)
  }

  /** Says no more; reads on. */
  end(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #introduce(): void {
    this.#said = this.#columns()
    this.#socket.write(`${introduce(this.#said)}\n`)
  }

  #take(chunk: string, { text, mark }: Pick<ConsoleLineHandlers, 'text' | 'mark'>): void {
    const input = (this.#held + chunk).replaceAll('\r\n', '\n')
    this.#held = ''
    let plain = ''
    const lines = input.split('\n')
    for (const [index, line] of lines.entries()) {
      const whole = index < lines.length - 1
      // After the text of a question it stands on the same line.
      const at = line.indexOf(MARK)
      const said = whole && at >= 0 ? readMark(line.slice(at)) : undefined
      if (said !== undefined) {
        plain += line.slice(0, at)
        if (plain !== '') text(plain)
        plain = ''
        mark(said)
      } else if (whole) plain += `${line}\n`
      else {
        // What may become a mark, or half a line end.
        const held =
          at >= 0 && line.length - at < LONGEST_MARK ? at : line.length - Number(line.endsWith('\r'))
        plain += line.slice(0, held)
        this.#held = line.slice(held)
      }
    }
    if (plain !== '') text(plain)
  }
}

/** What answers is something else than a console. */
export function strangerError(target: string): ConsoleError {
  return new ConsoleError(`What answers for ${target} is no console of a Mara service.`)
}
