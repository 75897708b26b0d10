/**
 * The claim: a queue of our own behind the inbox is worth its lines of code, against it-pushable.
 *
 * Both deliver the same lines to one reader that awaits each of them, in this process and without sockets; in
 * alternation, medians of several rounds. `npm run bench -- inbox`
 */
import { pushable } from 'it-pushable'
// Not public: the sources themselves.
import { Inbox } from '../../lib/client/inbox.js'
import { systemClock } from '../../lib/clock.js'
import { defaultLimits } from '../../lib/limits.js'
import { Executor } from '../../lib/runtime/executor.js'

const ROUNDS = 7
const LINES = 200_000
const CHUNK = 200

type Contender = () => Promise<void>

/** it-pushable, a push a line. */
const byLine: Contender = async () => {
  const source = pushable<string>({ objectMode: true })
  const reader = (async () => {
    let count = 0
    for await (const _ of source) if (++count === LINES) return
  })()
  for (let i = 0; i < LINES; i += CHUNK) {
    for (let j = 0; j < CHUNK; j++) source.push(`line ${i + j}`)
    await new Promise(setImmediate)
  }
  await reader
}

/** it-pushable, a push for all lines of a chunk. */
const byChunk: Contender = async () => {
  const source = pushable<string[]>({ objectMode: true })
  const reader = (async () => {
    let count = 0
    for await (const lines of source) {
      for (const _ of lines) {
        await null
        if (++count === LINES) return
      }
    }
  })()
  for (let i = 0; i < LINES; i += CHUNK) {
    source.push(Array.from({ length: CHUNK }, (_, j) => `line ${i + j}`))
    await new Promise(setImmediate)
  }
  await reader
}

/** The inbox: counts lines and characters, serves several waiters in order, and is scheduled by the executor. */
const inbox: Contender = async () => {
  const queue = new Inbox<string>({
    executor: new Executor(),
    clock: systemClock,
    limits: defaultLimits,
    inboxFull: () => {},
    inboxHasRoom: () => {},
    inboxRan: () => {},
    inboxEnded: () => {},
    disconnected: () => new Error('gone'),
    toString: () => 'bench',
  })
  const reader = (async () => {
    for (let count = 0; count < LINES; count++) await queue.next()
  })()
  for (let i = 0; i < LINES; i += CHUNK) {
    for (let j = 0; j < CHUNK; j++) queue.push(`line ${i + j}`, 10)
    await new Promise(setImmediate)
  }
  await reader
}

const CONTENDERS: [string, Contender][] = [
  ['it-pushable, a push a line', byLine],
  ['it-pushable, a push a chunk', byChunk],
  ['the inbox', inbox],
]

const times = new Map<string, number[]>()
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, run] of CONTENDERS) {
    const from = performance.now()
    await run()
    times.set(name, [...(times.get(name) ?? []), performance.now() - from])
  }
}
console.log(`Node ${process.version}, ${LINES} lines in chunks of ${CHUNK}, medians of ${ROUNDS} rounds`)
for (const [name, all] of times) {
  const median = all.sort((a, b) => a - b)[Math.floor(all.length / 2)] as number
  console.log(
    `  ${name.padEnd(30)} ${Math.round((LINES / median) * 1000)
      .toLocaleString('en')
      .padStart(12)} lines/s`,
  )
}
