/** Telnet out of a stream of bytes. */
import type { Room } from '../case.js'

const LINES = 200

export const codec: Room = {
  name: 'codec',
  unit: 'line',
  async cases(load) {
    const { Decoder } = (await load('telnet/codec.js')) as typeof import('../../../lib/telnet/codec.js')
    const line = Buffer.from('The quick brown fox said: 12345678\r\n')
    const decode = (name: string, one: Uint8Array, tokens: number) => {
      const chunk = Buffer.concat(Array.from({ length: LINES }, () => one))
      const decoder = new Decoder()
      let found = 0
      const sink = (): void => void found++
      return {
        name,
        units: LINES,
        run: () => {
          found = 0
          decoder.push(chunk, sink)
          return found === tokens ? LINES : found
        },
      }
    }
    return [
      decode('no command', line, 1),
      decode('a command in each line', Buffer.concat([line, Buffer.of(255, 241)]), 2 * LINES),
      decode(
        'a subnegotiation in each line',
        Buffer.concat([line, Buffer.of(255, 250, 31, 0, 80, 0, 24, 255, 240)]),
        2 * LINES,
      ),
    ]
  },
}
