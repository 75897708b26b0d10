/**
 * Ends a worker whose angel has died while the worker's program keeps the event loop busy: then nothing on that loop can
 * notice, and the process would hold its clients' connections for ever. A thread of its own looks on.
 */
import { Worker } from 'node:worker_threads'

/** How often either side looks, in milliseconds. */
const LOOK = 1_000
/** So many looks without a sign of life from the event loop, and it counts as blocked. */
const LOOKS = 10

/** Plain JavaScript: the thread starts without the program's loaders. */
const THREAD = `
const { workerData: { angel, signs, look, looks } } = require('node:worker_threads')
let last
let silent = 0
setInterval(() => {
  const sign = Atomics.load(signs, 0)
  silent = sign === last || last === undefined ? silent + 1 : 0
  last = sign
  // A process whose parent has died has another one.
  if (process.ppid !== angel && silent >= looks) process.kill(process.pid, 'SIGKILL')
}, look)
`

/** Watches this process for as long as it runs. A service that says goodbye and stops is left to take its time. */
export function watchForAngel(): void {
  const signs = new Int32Array(new SharedArrayBuffer(4))
  setInterval(() => Atomics.add(signs, 0, 1), LOOK).unref()
  const thread = new Worker(THREAD, {
    eval: true,
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 },
    workerData: { angel: process.ppid, signs, look: LOOK, looks: LOOKS },
  })
  // A system that has no thread left: then there is no watchdog, and all else is as it was.
  thread.on('error', () => {})
  thread.unref()
}
