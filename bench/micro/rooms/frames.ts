/** What passes between the angel's edge and its worker. */
import type { Room } from '../case.js'

const FRAMES = 200

export const frames: Room = {
  name: 'frames',
  unit: 'frame',
  async cases(load) {
    const edge = (await load('edge/frames.js')) as typeof import('../../../lib/edge/frames.js')
    const turns = (await load('edge/turn.js')) as typeof import('../../../lib/edge/turn.js')
    const line = Buffer.from('The quick brown fox said: 12345678\r\n')
    const written = (): Buffer => {
      const turn = new turns.TurnWriter()
      for (let connection = 0; connection < FRAMES; connection++) {
        turn.position(connection, { acknowledged: 36, seen: 0, taken: 0 })
        turn.output(connection, line)
      }
      return turn.finish()
    }
    const stream = Buffer.concat(
      Array.from({ length: FRAMES }, (_, i) => Buffer.concat([edge.dataHead(i, line.length), line])),
    )
    let read = 0
    const reader = new edge.FrameReader((bytes) => {
      if (edge.readEdgeFrame(bytes).type === 'data') read += 1
    })
    const records = written().subarray(edge.HEAD_SIZE)
    return [
      {
        name: 'data, read by the worker',
        units: FRAMES,
        run: () => {
          read = 0
          reader.push(stream)
          return read
        },
      },
      {
        name: "a client's part of a turn, written",
        units: FRAMES,
        run: () => (written().length > 0 ? FRAMES : 0),
      },
      {
        name: "a client's part of a turn, read",
        units: FRAMES,
        run: () => turns.readTurn(records).length / 2,
      },
    ]
  },
}
