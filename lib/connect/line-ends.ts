/** Text with LF for every line end of contract rule 13: CR LF, LF, CR NUL and CR, wherever chunks are cut. */
export class LineEnds {
  /** The last character was a CR, which has ended its line: an LF or NUL that follows belongs to it. */
  #afterCR = false

  read(text: string): string {
    if (text === '') return text
    const rest = this.#afterCR && /^[\n\0]/.test(text) ? text.slice(1) : text
    this.#afterCR = text.endsWith('\r')
    return rest.replace(/\r[\n\0]?/g, '\n')
  }
}
