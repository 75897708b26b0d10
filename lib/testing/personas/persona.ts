/** A telnet client with a user in front of it: it answers by its manners, and shows what such a client would show. */
import type { Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { systemClock } from '../../clock.js'
import { ExpectError, type ExpectFailure, type Pattern } from '../../connect/index.js'
import { LineEnds } from '../../connect/line-ends.js'
import { OPTION } from '../../telnet/index.js'
import { UnexpectedTextError } from '../errors.js'
import { allDone, PATIENCE } from '../patience.js'
import type { Transcript } from '../transcript.js'
import type { Manners } from './manners.js'
import { ScriptedClient } from './scripted-client.js'
import { type MakeWire, plainWire } from './wire.js'

export interface PersonaOptions {
  /** Who this is, in a transcript and in errors; the name of the client unless said otherwise. */
  readonly name?: string | undefined
  /** Where what is typed and seen is written down. */
  readonly transcript?: Transcript | undefined
  /** Milliseconds that `sees` waits, by the system's clock; 4 seconds unless said otherwise. */
  readonly patience?: number | undefined
  /** The size of its window; 80 by 24 unless said otherwise. */
  readonly columns?: number | undefined
  readonly rows?: number | undefined
}

export class Persona {
  /** All that its user sees: what was sent, and what was typed where that is shown. Line ends are as they came. */
  screen = ''
  readonly name: string
  readonly manners: Manners
  readonly #client: ScriptedClient
  readonly #transcript: Transcript | undefined
  readonly #patience: number
  readonly #target: object
  readonly #lineEnds = new LineEnds()
  /** How much of the screen was read. */
  #taken = 0
  /** Where on the screen is what was typed, from and to. */
  readonly #typed: [from: number, to: number][] = []
  readonly #waiting = new Set<() => void>()

  /** Tests call `connectAs`. */
  constructor(
    duplex: Duplex,
    manners: Manners,
    options: PersonaOptions = {},
    makeWire: MakeWire = plainWire,
    target: object = {},
  ) {
    const { name = manners.name, transcript, patience = PATIENCE, columns = 80, rows = 24 } = options
    this.name = name
    this.manners = manners
    this.#transcript = transcript
    this.#patience = patience
    this.#target = target
    this.#client = new ScriptedClient(duplex, manners, { columns, rows }, makeWire, {
      text: (text) => {
        transcript?.saw(this.name, this.#lineEnds.read(text))
        this.#show(text)
      },
      ended: () => this.#wake(),
    })
  }

  /** Types lines, each ended with Enter. */
  type(...lines: string[]): void {
    for (const line of lines) {
      this.#transcript?.typed(this.name, line)
      this.#echo(`${line}\r\n`)
      this.#client.line(line)
    }
  }

  /**
   * Types a line key by key, as somebody does who looks for every one of them; a client that edits its lines would keep
   * them until Enter, this one sends each.
   *
   * @param pause is awaited between two keys; a turn of the event loop unless said otherwise.
   */
  async typeSlowly(line: string, pause: () => unknown = turn): Promise<void> {
    this.#transcript?.typed(this.name, line)
    for (const key of line) {
      this.#echo(key)
      this.#client.send(key)
      await pause()
    }
    this.#echo('\r\n')
    this.#client.send(this.#client.enter)
  }

  /** Presses keys that are sent at once, such as Ctrl-C: as text (`'\x03'`), or as a command of telnet (`IP`). */
  press(keys: string | number): void {
    this.#client.send(keys)
  }

  /** Gives its window another size. */
  resize(columns: number, rows: number): void {
    this.#client.resize({ columns, rows })
  }

  /**
   * Waits until all of these are on the screen, one after another, behind where the last wait ended.
   *
   * @returns what came up to the end of the last one, what was typed included.
   * @throws ExpectError that shows what is there instead.
   */
  async sees(...what: [Pattern, ...Pattern[]]): Promise<string> {
    let seen = ''
    for (const pattern of what) seen += await this.#sees(pattern)
    return seen
  }

  /**
   * Sees to it that nothing is on the screen that was not read, once the service has done everything that it can do at the
   * moment, as `seesNothing` of a `Player` does. What was typed does not count, and neither does the end of the line that
   * was read last.
   *
   * @throws UnexpectedTextError that shows what is there.
   */
  async seesNothing(): Promise<void> {
    await allDone(this.#target, this.#patience)
    const text = this.#unread()
    // Blanks behind a prompt can't be seen.
    if (/[^ ]/.test(text)) throw new UnexpectedTextError(this.name, text)
  }

  /** How often the service has ended a prompt with GA or EOR. */
  get prompts(): number {
    return this.#client.prompts
  }

  /** Whether what is typed is not shown. */
  get hidesInput(): boolean {
    return this.#client.lets(OPTION.ECHO)
  }

  /** Whether keys wait for Enter: with SGA on clients send each one as it is pressed, Backspace too. */
  get editsLines(): boolean {
    return !this.#client.lets(OPTION.SGA)
  }

  /** Whether it has agreed to perform an option. */
  performs(option: number): boolean {
    return this.#client.performs(option)
  }

  /** Whether the service has closed the connection, or the client has. */
  get ended(): boolean {
    return this.#client.ended
  }

  /**
   * Waits until the service has closed.
   *
   * @throws ExpectError if it does not.
   */
  async isLeft(): Promise<void> {
    await this.#until(() => (this.#client.ended ? true : undefined), 'the end of the connection')
  }

  /** Closes the connection. Resolves when it is closed. */
  async leave(): Promise<void> {
    this.#client.end()
    await this.isLeft()
  }

  /** Vanishes. */
  destroy(): void {
    this.#client.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.destroy()
    await this.isLeft()
  }

  toString(): string {
    return this.name
  }

  #sees(pattern: Pattern): Promise<string> {
    return this.#until(
      () => {
        const rest = this.screen.slice(this.#taken)
        const found = typeof pattern === 'string' ? rest.indexOf(pattern) : rest.search(pattern)
        if (found === -1) return undefined
        const [text = ''] = typeof pattern === 'string' ? [pattern] : (rest.match(pattern) ?? [])
        const seen = rest.slice(0, found + text.length)
        this.#taken += seen.length
        return seen
      },
      typeof pattern === 'string' ? JSON.stringify(pattern) : String(pattern),
    )
  }

  /** Waits until `look` finds something. @param expected what that is, for an error. */
  #until<T>(look: () => T | undefined, expected: string): Promise<T> {
    const began = systemClock.now()
    return new Promise<T>((resolve, reject) => {
      const done = (): void => {
        systemClock.clearTimeout(alarm)
        this.#waiting.delete(serve)
      }
      const fail = (failure: ExpectFailure): void => {
        done()
        const received = this.screen.slice(this.#taken)
        const waited = systemClock.now() - began
        reject(new ExpectError({ failure, expected: [expected], where: this.name, received, waited }))
      }
      const serve = (): void => {
        const found = look()
        if (found !== undefined) {
          done()
          resolve(found)
        } else if (this.#client.ended) fail('end')
      }
      const alarm = systemClock.setTimeout(() => fail('timeout'), this.#patience)
      this.#waiting.add(serve)
      serve()
    })
  }

  /** What is typed is shown as it is typed, unless that is off. */
  #echo(text: string): void {
    if (this.hidesInput) return
    this.#typed.push([this.screen.length, this.screen.length + text.length])
    this.#show(text)
  }

  /** What is on the screen and was not read, without what was typed, and without what ends the line that was read last. */
  #unread(): string {
    const isInLine = this.#taken > 0 && this.screen[this.#taken - 1] !== '\n'
    const [lineEnd = ''] = (isInLine && this.screen.slice(this.#taken).match(/^\r?\n/)) || []
    let [at, text] = [this.#taken + lineEnd.length, '']
    for (const [from, to] of this.#typed) {
      text += this.screen.slice(at, Math.max(at, from))
      at = Math.max(at, to)
    }
    return text + this.screen.slice(at)
  }

  #show(text: string): void {
    this.screen += text
    this.#wake()
  }

  #wake(): void {
    for (const serve of [...this.#waiting]) serve()
  }
}
