/**
 * A terminal with a program in it: a real pseudo-terminal, so that programs behave as they do before a person. `script` of
 * util-linux makes it; every Linux system has that, and it is no native module.
 */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Why there can be no terminals here; undefined where there can. */
export function noTerminals(): string | undefined {
  const { stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' })
  return /util-linux/.test(stdout ?? '') ? undefined : 'no script of util-linux on this machine'
}

export class Terminal {
  readonly #process: ChildProcessWithoutNullStreams
  readonly #home: string
  #tty = ''
  /** All that was ever on the screen, with the escape sequences that put it there. */
  screen = ''
  #taken = 0
  #ended = false
  readonly exit: Promise<number | null>
  #wake: () => void = () => {}

  /** @param command the program and its arguments, as the shell reads them. */
  constructor(command: string, [columns, rows]: readonly [number, number]) {
    this.#home = mkdtempSync(join(tmpdir(), 'mara-terminal-'))
    const line = `tty; stty cols ${columns} rows ${rows}; echo ready; exec ${command}`
    this.#process = spawn('script', ['--quiet', '--return', '--flush', '--command', line, '/dev/null'], {
      env: {
        PATH: process.env.PATH,
        SHELL: '/bin/sh',
        HOME: this.#home,
        LANG: 'C.UTF-8',
        TERM: 'xterm-256color',
      },
    })
    this.#process.stdin.on('error', () => {})
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.screen += text
        this.#wake()
      })
    }
    this.exit = new Promise((resolve) => {
      this.#process.once('close', (code) => {
        this.#ended = true
        this.#wake()
        resolve(code)
      })
    })
  }

  static async open(command: string, size: readonly [number, number] = [150, 30]): Promise<Terminal> {
    const terminal = new Terminal(command, size)
    const [, tty = ''] = /(\S+)\r?\nready/.exec(await terminal.sees('ready\r\n')) ?? []
    terminal.#tty = tty
    return terminal
  }

  /** Presses keys; Enter is `\r`. */
  type(keys: string): void {
    this.#process.stdin.write(keys)
  }

  /** Gives the window another size, of which the program in it is told. */
  async resize(columns: number, rows: number): Promise<void> {
    await once(spawn('stty', ['-F', this.#tty, 'cols', `${columns}`, 'rows', `${rows}`]), 'exit')
  }

  /** Waits until `text` has come on the screen since the last wait; gives what came up to its end. */
  async sees(text: string): Promise<string> {
    for (;;) {
      const at = this.screen.indexOf(text, this.#taken)
      if (at !== -1) {
        const seen = this.screen.slice(this.#taken, at + text.length)
        this.#taken = at + text.length
        return seen
      }
      if (this.#ended) {
        throw new Error(`it ended before ${JSON.stringify(text)}: ${JSON.stringify(this.screen)}`)
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** Whatever runs in it ends with it, as the terminal hangs up. */
  async close(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.exit
    rmSync(this.#home, { recursive: true, force: true })
  }
}
