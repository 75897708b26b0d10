/** Bytes to lines. */
import type { Room } from '../case.js'

const LINES = 200

export const splitter: Room = {
  name: 'splitter',
  unit: 'line',
  async cases(load) {
    const { LineSplitter } = (await load(
      'text/splitter.js',
    )) as typeof import('../../../lib/text/splitter.js')
    const split = (name: string, text: string, size = Number.POSITIVE_INFINITY) => {
      const bytes = Buffer.from(text.repeat(LINES))
      const chunks: Buffer[] = []
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size))
      let found = 0
      const sink = { push: () => void found++, control: () => false, overflow: () => {} }
      const lines = new LineSplitter({ maxLineLength: 65_536, sanitize: true })
      return {
        name,
        units: LINES,
        run: () => {
          found = 0
          for (const chunk of chunks) lines.push(chunk, sink)
          return found
        },
      }
    }
    return [
      split('plain text', 'The quick brown fox said: 12345678\r\n'),
      split('UTF-8', 'Der schnelle Fuchs sagt: Grüße, 日本\r\n'),
      split('control characters', 'The quick \x1b[1mbrown\x1b[0m fox: 12345\r\n'),
      split('chunks of 10 bytes', 'The quick brown fox said: 12345678\r\n', 10),
    ]
  },
}
