/**
 * From lines that have come to whoever awaits them. it-pushable does the same for comparison: the inbox is worth its lines
 * of code as long as it is not slower.
 */
import { pushable } from 'it-pushable'
import type { Case, Room } from '../case.js'

const LINES = 200

export const inbox: Room = {
  name: 'inbox',
  unit: 'line',
  async cases(load) {
    const { Inbox } = (await load('client/inbox.js')) as typeof import('../../../lib/client/inbox.js')
    const { Executor } = (await load(
      'runtime/executor.js',
    )) as typeof import('../../../lib/runtime/executor.js')
    const { systemClock } = (await load('clock.js')) as typeof import('../../../lib/clock.js')
    const { defaultLimits } = (await load('limits.js')) as typeof import('../../../lib/limits.js')
    const queue = new Inbox<string>({
      executor: new Executor(),
      clock: systemClock,
      limits: defaultLimits,
      inboxFull: () => {},
      inboxHasRoom: () => {},
      inboxRan: () => {},
      inboxEnding: () => {},
      inboxEnded: () => {},
      inboxDrained: () => {},
      disconnected: () => new Error('gone'),
      toString: () => 'bench',
    })
    const awaited: Case = {
      name: 'a line that is awaited',
      units: LINES,
      async run() {
        for (let i = 0; i < LINES; i++) queue.push('The quick brown fox said: 12345678', 36)
        let read = 0
        for (; read < LINES; read++) await queue.next()
        return read
      },
    }
    return [awaited, byLine(), byChunk()]
  },
}

function byLine(): Case {
  const source = pushable<string>({ objectMode: true })
  const lines = source[Symbol.asyncIterator]()
  return {
    name: 'it-pushable, a push a line',
    units: LINES,
    async run() {
      for (let i = 0; i < LINES; i++) source.push('The quick brown fox said: 12345678')
      let read = 0
      for (; read < LINES; read++) await lines.next()
      return read
    },
  }
}

function byChunk(): Case {
  const source = pushable<string[]>({ objectMode: true })
  const chunks = source[Symbol.asyncIterator]()
  return {
    name: 'it-pushable, a push a chunk',
    units: LINES,
    async run() {
      source.push(Array.from({ length: LINES }, () => 'The quick brown fox said: 12345678'))
      const { value } = await chunks.next()
      let read = 0
      for (const _ of value as string[]) {
        await null
        read += 1
      }
      return read
    },
  }
}
