/**
 * A console for a person at a terminal: line editing, history, the names of commands by Tab. What the service says meanwhile
 * appears above the line that is being typed. Where the service restarts, it waits for it and goes on.
 */
import type net from 'node:net'
import readline from 'node:readline'
import { Writable } from 'node:stream'
import type { Mark } from '../../console/marks.js'
import type { Io } from '../io.js'
import { ConsoleError } from './errors.js'
import { openConsoleSocket } from './find.js'
import type { History } from './history.js'
import { ConsoleLine, strangerError } from './line.js'

/** How often to try again, and for how long, when the connection is lost, in milliseconds. */
const RETRY = 200
const GIVE_UP = 60_000

export interface InteractiveOptions {
  readonly target: string
  readonly io: Io
  readonly history: History
  /** Milliseconds for which a service that has gone is waited for. */
  readonly patience?: number
}

/** Resolves with the exit code when the person leaves, or the service has stopped or does not come back. */
export async function interact(options: InteractiveOptions): Promise<number> {
  // Before there is a prompt: what is wrong is told as it is of any command.
  const socket = await openConsoleSocket(options.target)
  return new Interactive(options).run(socket)
}

class Interactive {
  readonly #options: InteractiveOptions
  readonly #output: Writable
  readonly #editor: readline.Interface
  #line: ConsoleLine | undefined
  #name = ''
  #commands: readonly string[] = []
  /** Lines that were sent and are not dealt with. */
  #pending = 0
  /** The beginning of a line: a question of the console. */
  #question = ''
  #interrupts = 0
  #left = false
  #resolve!: (code: number) => void
  #reject!: (error: Error) => void

  constructor(options: InteractiveOptions) {
    this.#options = options
    const { io, history } = options
    this.#output = terminalOf(io)
    this.#editor = readline.createInterface({
      input: io.stdin,
      output: this.#output,
      terminal: true,
      history: history.lines,
      historySize: 1_000,
      removeHistoryDuplicates: true,
      prompt: '',
      completer: (text: string) => this.#complete(text),
    })
    this.#editor.on('line', (text) => this.#typed(text))
    this.#editor.on('SIGINT', () => this.#interrupted())
    this.#editor.on('close', () => this.#leave(0))
  }

  run(socket: net.Socket): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      this.#speakOn(socket)
    })
  }

  // --- The console

  #speakOn(socket: net.Socket): void {
    let farewell: Mark | undefined
    let ready = false
    const { target, io } = this.#options
    this.#pending = 0
    this.#question = ''
    // A terminal that does not know its size says 0.
    this.#line = new ConsoleLine(socket, () => io.stdout.columns || 80, {
      text: (text) => this.#say(text),
      mark: (mark) => {
        if (mark.is === 'ready') ready = true
        if (mark.is === 'bye') farewell = mark
        this.#marked(mark)
      },
      ended: () => {
        this.#line = undefined
        if (this.#left) return
        if (!ready) this.#leave(strangerError(target))
        else if (farewell?.is !== 'bye')
          this.#wait('The connection was lost. Waiting for the service; Ctrl+C ends this.')
        else if (farewell.because === 'restart') this.#wait('Waiting for it; Ctrl+C ends this.')
        else this.#leave(0)
      },
    })
  }

  #marked(mark: Mark): void {
    if (mark.is === 'ready') {
      this.#name = mark.name.replace(/\p{Cc}/gu, '')
      this.#commands = mark.commands
    } else if (mark.is === 'done') {
      this.#pending = Math.max(0, this.#pending - 1)
      this.#interrupts = 0
    }
    if (mark.is !== 'bye') this.#prompt()
  }

  #wait(text: string): void {
    this.#say(`${text}\n`)
    this.#editor.setPrompt('')
    const { target, patience = GIVE_UP } = this.#options
    const late = Date.now() + patience
    const attempt = async (): Promise<void> => {
      if (this.#left) return
      try {
        const socket = await openConsoleSocket(target)
        this.#say('Connected again.\n')
        this.#speakOn(socket)
      } catch {
        if (Date.now() < late) setTimeout(attempt, RETRY)
        else this.#leave(new ConsoleError(`The service did not come back within ${patience} ms.`))
      }
    }
    void attempt()
  }

  // --- The person

  #typed(text: string): void {
    this.#interrupts = 0
    if (this.#line === undefined) return
    // The answer to a question may be anything; a command is worth keeping.
    if (this.#pending === 0) this.#options.history.add(text.trimEnd())
    this.#question = ''
    this.#pending += 1
    this.#editor.setPrompt('')
    this.#line.write(text)
  }

  #interrupted(): void {
    // What was typed since the last one is what it is about.
    this.#interrupts = this.#editor.line === '' ? this.#interrupts + 1 : 1
    if (this.#line === undefined || this.#interrupts > 1) {
      this.#editor.close()
      return
    }
    // Ends what waits for Enter, such as the log.
    if (this.#pending > 0) this.#line.write('')
    else {
      this.#output.write('\n(Ctrl+D or Ctrl+C again leaves the console. The service goes on.)\n')
      this.#editor.write(null, { ctrl: true, name: 'e' })
      this.#editor.write(null, { ctrl: true, name: 'u' })
      this.#prompt()
    }
  }

  #complete(text: string): [string[], string] {
    if (this.#pending > 0 || text.includes(' ')) return [[], text]
    const found = this.#commands.filter((name) => name.startsWith(text.toLowerCase()))
    return [found.map((name) => `${name} `), text]
  }

  // --- The screen

  /** Writes above the line that is being typed. */
  #say(text: string): void {
    const { rows } = this.#editor.getCursorPos()
    readline.cursorTo(this.#output, 0)
    if (rows > 0) readline.moveCursor(this.#output, 0, -rows)
    readline.clearScreenDown(this.#output)
    const whole = this.#question + text
    const end = whole.lastIndexOf('\n') + 1
    this.#output.write(whole.slice(0, end))
    this.#question = whole.slice(end)
    this.#prompt()
  }

  #prompt(): void {
    const idle = this.#pending === 0 && this.#line !== undefined && this.#name !== ''
    this.#editor.setPrompt(this.#question !== '' ? this.#question : idle ? `${this.#name}> ` : '')
    if (!this.#left) this.#editor.prompt(true)
  }

  #leave(how: number | Error): void {
    if (this.#left) return
    this.#left = true
    this.#editor.close()
    this.#line?.destroy()
    this.#output.write('\n')
    if (typeof how === 'number') this.#resolve(how)
    else this.#reject(how)
  }
}

/** What readline writes to. */
function terminalOf({ stdout }: Io): Writable {
  const output = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      stdout.write(String(chunk))
      done()
    },
  })
  return Object.defineProperty(output, 'columns', { get: () => stdout.columns || 80 })
}
