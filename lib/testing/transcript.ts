/** What several people typed and saw, in the order in which it happened: it reads like a play. */
import { checkText } from '../errors.js'
import { escapeText } from '../text/escape.js'

interface Entry {
  readonly name: string
  readonly arrow: '>' | '<'
  text: string
  /** More of this line may come: a prompt. */
  open: boolean
}

/**
 * ```
 * ann > look
 * ann < You are in the lobby.
 * bob < ann looks around.
 * ```
 *
 * Compare it as a snapshot: `assert.equal(String(transcript), ...)`. Control characters are written as `\x1b`.
 */
export class Transcript {
  readonly #entries: Entry[] = []

  /** Somebody typed a line. */
  typed(name: string, line: string): void {
    checkText('Transcript', 'name', name)
    checkText('Transcript', 'line', line)
    this.#close(name)
    this.#entries.push({ name, arrow: '>', text: line, open: false })
  }

  /** Text came to somebody; each of its line ends is `\n`. */
  saw(name: string, text: string): void {
    checkText('Transcript', 'name', name)
    checkText('Transcript', 'text', text)
    const lines = text.split('\n')
    const rest = lines.pop() ?? ''
    for (const line of lines) this.#add(name, line, false)
    if (rest !== '') this.#add(name, rest, true)
  }

  #add(name: string, text: string, open: boolean): void {
    const last = this.#openEntry(name)
    if (last === undefined) this.#entries.push({ name, arrow: '<', text, open })
    else {
      last.text += text
      last.open = open
    }
  }

  #openEntry(name: string): Entry | undefined {
    return this.#entries.find((entry) => entry.open && entry.name === name)
  }

  #close(name: string): void {
    const entry = this.#openEntry(name)
    if (entry !== undefined) entry.open = false
  }

  /** One line for each line that was typed or seen, names as wide as the longest. */
  toString(): string {
    const width = Math.max(0, ...this.#entries.map(({ name }) => name.length))
    return this.#entries
      .map(({ name, arrow, text }) => `${name.padEnd(width)} ${arrow} ${escapeText(text)}`.trimEnd())
      .join('\n')
  }
}
