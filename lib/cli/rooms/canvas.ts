/** Characters at places on a terminal, of which some are two columns wide. */
import { graphemes, textWidth } from '../../text/width.js'

/** What covers a column that belongs to the wide character before it. */
const COVERED = ''

export class Canvas {
  readonly #rows: Map<number, string>[] = []

  get height(): number {
    return this.#rows.length
  }

  at(column: number, row: number): string | undefined {
    return this.#rows[row]?.get(column)
  }

  put(column: number, row: number, character: string): void {
    while (this.#rows.length <= row) this.#rows.push(new Map())
    this.#rows[row]?.set(column, character)
  }

  /** One line of text. Nothing in it may be a control character. */
  write(column: number, row: number, text: string): void {
    let at = column
    for (const character of graphemes(text)) {
      const width = textWidth(character)
      // What has no width of its own goes with the character before it.
      if (width === 0) this.put(at - 1, row, `${this.at(at - 1, row) ?? ''}${character}`)
      else this.put(at, row, character)
      for (let i = 1; i < width; i++) this.put(at + i, row, COVERED)
      at += width
    }
  }

  /** The lines of all that stands from one column up to, not including, another; without blanks at their ends. */
  lines(from: number, to: number): string[] {
    return this.#rows.map((row) => {
      let line = ''
      for (let column = from; column < to; column++) line += row.get(column) ?? ' '
      return line.trimEnd()
    })
  }
}
