/** From what a program writes to one write of the socket. */
import type { Room } from '../case.js'

const WRITES = 200

export const outbox: Room = {
  name: 'outbox',
  unit: 'write',
  async cases(load) {
    const { Outbox } = (await load('client/outbox.js')) as typeof import('../../../lib/client/outbox.js')
    const { defaultLimits } = (await load('limits.js')) as typeof import('../../../lib/limits.js')
    let sent = 0
    const connection = {
      secure: false,
      destroyed: false,
      unsent: 0,
      open() {},
      write(data: string | Uint8Array) {
        sent += data.length
        return true
      },
      pause() {},
      resume() {},
      end() {},
      destroy() {},
    }
    const own = () =>
      new Outbox(
        {
          executor: { ready() {}, grant: () => true, hold() {}, flushLater() {} },
          inbox: { queued: false, run() {}, ran() {} },
          limits: defaultLimits,
          counters: { bytesIn: 0, linesIn: 0, bytesOut: 0, linesOut: 0 },
          outboxStuck() {},
          outboxFree() {},
          outboxExceeded() {},
          disconnected: () => new Error('gone'),
        },
        connection,
      )
    const write = (name: string, pieces: readonly (string | Uint8Array)[]) => {
      const box = own()
      const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
      return {
        name,
        units: WRITES,
        run: () => {
          sent = 0
          for (let i = 0; i < WRITES; i += pieces.length) for (const piece of pieces) box.write(piece)
          box.flush()
          box.left()
          return (sent / length) * pieces.length
        },
      }
    }
    const line = 'The quick brown fox said: 12345678\r\n'
    return [
      write('text', [line]),
      write('bytes', [Buffer.from(line)]),
      write('both', [line, Buffer.from(line)]),
    ]
  },
}
