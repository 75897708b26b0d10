// Real processes: one that can not look on is looked at by a thread, and killed by the system.
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Run } from '../cli/support.js'
import { built, loader } from '../support/node.js'

const test = suite('angel/watchdog')

const WATCHDOG = pathToFileURL(path.resolve(built('lib/angel/watchdog.ts'))).href

/** Node's arguments for a process that watches for its angel and does something. */
function watched(program: string): string[] {
  return [...loader, '--input-type=module', '-e', `import { watchForAngel } from '${WATCHDOG}'\n${program}`]
}

/**
 * A process whose parent is killed as soon as it says so. It has the output of the run, and is in its group: so the run is
 * over when both have ended.
 */
function orphan(program: string): Run {
  const parent = `
    const stdio = ['ignore', 'inherit', 'inherit', 'ipc']
    const child = require('node:child_process').spawn(process.execPath, ${JSON.stringify(watched(program))}, { stdio })
    child.once('message', () => process.kill(process.pid, 'SIGKILL'))`
  return new Run(process.execPath, ['-e', parent])
}

/** Watches, and goes on when its parent is no more. */
const ORPHANED = `
  watchForAngel()
  const angel = process.ppid
  process.on('disconnect', () => {})
  process.send('kill me')
  while (process.ppid === angel) await new Promise((resolve) => setImmediate(resolve))`

/** Says that it keeps the event loop busy, and does so for ever. */
const BLOCK = `console.log('blocked'); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)`

test('of those whose angel has died, and of those alone, a process is killed that keeps its event loop busy for ever', async () => {
  const runs: Run[] = []
  const start = async (run: Run, ready: RegExp): Promise<Run> => {
    runs.push(run)
    await run.find(ready)
    return run
  }
  try {
    // Those that are to live come first: by the time that the others have died they have been looked at for longer.
    const lives = [
      await start(new Run(process.execPath, watched(`watchForAngel(); ${BLOCK}`)), /blocked/),
      await start(orphan(`${ORPHANED}; setInterval(() => {}, 1e9); console.log('idle')`), /idle/),
      // A service that says goodbye may be at work for seconds at a time.
      await start(
        orphan(`${ORPHANED}
          console.log('busy')
          for (;;) {
            Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_500)
            await new Promise((resolve) => setTimeout(resolve, 1_100))
          }`),
        /busy/,
      ),
    ]
    const dies = [
      await start(orphan(`${ORPHANED}; ${BLOCK}`), /blocked/),
      // It was blocked before.
      await start(orphan(`watchForAngel(); process.send('kill me'); ${BLOCK}`), /blocked/),
    ]
    const ended = new Set<Run>()
    for (const run of runs) void run.ended.then(() => ended.add(run))
    await Promise.all(dies.map((run) => run.ended))
    assert.equal([...ended].map((run) => runs.indexOf(run)).sort(), [lives.length, lives.length + 1])
    assert.is(runs.map(({ err }) => err).join(''), '')
  } finally {
    for (const run of runs) await run.kill()
  }
})

test('to watch keeps no process running that has nothing else to do', async () => {
  const run = new Run(process.execPath, watched('watchForAngel()'))
  assert.is(await run.ended, 0)
  assert.is(run.err, '')
})

test.run()
