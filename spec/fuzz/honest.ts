/** The client that does nothing wrong, beside those that do: it must be served all the time, and see nothing that is not text. */
import { once } from 'node:events'
import net from 'node:net'
import { SECRET } from '../personas/den.js'

/** How long an answer may take, in milliseconds, before the client counts as not served. */
const PATIENCE = 10_000

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const UNCLEAN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)|(?<!\r)\n/
const utf8 = new TextDecoder('utf-8', { fatal: true })

export class Honest {
  readonly #socket: net.Socket
  #received = ''
  #count = 0
  #gone = false
  #wake: () => void = () => {}
  /** Answers had so far. */
  served = 0

  private constructor(socket: net.Socket) {
    this.#socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (text) => {
      this.#received += text
      this.#wake()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#gone = true
      this.#wake()
    })
  }

  static async connect(port: number): Promise<Honest> {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
    const honest = new Honest(socket)
    await once(socket, 'connect')
    // Bare line feeds: so it is asked no telnet, and all that it gets should be text.
    socket.write(`honest\n`)
    await honest.#until('Password: ')
    socket.write(`${SECRET}\n`)
    await honest.#until('Welcome, honest.\r\n')
    return honest
  }

  /** Says something and gets it back. @throws what is wrong, in words. */
  async roundTrip(): Promise<void> {
    this.#count += 1
    this.#socket.write(`number ${this.#count}\n`)
    const seen = await this.#until(`honest: number ${this.#count}\r\n`)
    checkText(seen)
    this.served += 1
  }

  destroy(): void {
    this.#socket.destroy()
  }

  async #until(text: string): Promise<string> {
    let late = false
    const alarm = setTimeout(() => {
      late = true
      this.#wake()
    }, PATIENCE)
    try {
      for (let from = 0; ; ) {
        const at = this.#received.indexOf(text, Math.max(0, from - text.length))
        if (at !== -1) {
          const seen = this.#received.slice(0, at + text.length)
          this.#received = this.#received.slice(at + text.length)
          return seen
        }
        from = this.#received.length
        if (this.#gone) throw new Error('an honest client was disconnected')
        if (late) throw new Error(`an honest client got no answer within ${PATIENCE} ms`)
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    } finally {
      clearTimeout(alarm)
    }
  }
}

/** It is UTF-8, which has no byte of telnet in it, and steers no terminal (contract rule 14). */
function checkText(latin1: string): void {
  let text: string
  try {
    text = utf8.decode(Buffer.from(latin1, 'latin1'))
  } catch {
    throw new Error(`an honest client was sent what is no UTF-8: ${JSON.stringify(latin1.slice(-200))}`)
  }
  const unclean = UNCLEAN.exec(text)
  if (unclean === null) return
  const around = text.slice(Math.max(0, unclean.index - 40), unclean.index + 40)
  throw new Error(`an honest client was shown control characters: ${JSON.stringify(around)}`)
}
