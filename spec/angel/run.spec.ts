// time limit: 300 s
// An angel as the whole of a process. What its signals mean to clients is in signals.spec.ts.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { askAngel } from '../../lib/angel/ask.js'
import { folder, Run, running } from '../cli/support.js'
import { built, loader } from '../support/node.js'
import { turns } from '../support/service.js'

const test = suite('angel/run')

const at = (file: string): string => pathToFileURL(path.resolve(built(file))).href

const SERVICE = `
import { events, Service } from '${at('lib/index.ts')}'
const service = new Service()
service.listen(events.PostStart, () => console.log('open'))
await service.run({ port: 0, log: false })
`

/** Says what it came to, and what is left of it. */
const DRIVER = `
import { runAngel } from '${at('lib/angel/run.ts')}'
const EVENTS = ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGHUP', 'SIGUSR2', 'SIGALRM', 'uncaughtException', 'unhandledRejection']
const left = () => EVENTS.filter((event) => process.listenerCount(event) > 0)
const before = left()
const [file, ...settings] = process.argv.slice(2)
const result = runAngel(file, settings).then((code) => 'code ' + code, (error) => error.name)
`
const REPORT = `console.log('came to ' + (await result) + ', and leaves ' + left().filter((event) => !before.includes(event)))`

interface Angel {
  readonly file: string
  readonly env: NodeJS.ProcessEnv
  /** Starts the angel of the program. */
  start(settings?: readonly string[], more?: string, execArgv?: readonly string[]): Run
}

/** A program of its own, with a folder for sockets of its own. */
function programmed(text: string): Angel {
  const root = folder({ 'program.mjs': text })
  const env = { XDG_RUNTIME_DIR: path.join(root, 'runtime') }
  mkdirSync(env.XDG_RUNTIME_DIR)
  const file = path.join(root, 'program.mjs')
  const start: Angel['start'] = (settings = [], more = '', execArgv = []) => {
    const driver = path.join(folder({ 'driver.mjs': `${DRIVER}${more}\n${REPORT}` }), 'driver.mjs')
    return new Run(process.execPath, [...execArgv, ...loader, driver, file, ...settings], { env })
  }
  return { file, env, start }
}

test('where the first start fails it comes to the exit code of the program, and leaves nothing', async () => {
  const { start } = programmed('process.exit(42)')
  const run = start()
  assert.is(await run.ended, 0)
  assert.is(run.out, 'came to code 42, and leaves \n')
})

test('the program gets its settings, and each process of it the same ones', () => {
  const { start, file, env } = programmed(`console.log(process.argv.slice(2).join(' '))${SERVICE}`)
  return running(start(['--probation=0', '--lineBudget=7']), async (run) => {
    await run.find(/open/)
    await askAngel(file, 'restart', { env })
    await askAngel(file, 'stop', { env })
    await run.ended
    assert.is(run.out.match(/--probation=0 --lineBudget=7\n/g)?.length, 2)
  })
})

test('when it is stopped it comes to 0, takes no signal any more, and its socket is gone', () => {
  const { start, file, env } = programmed(SERVICE)
  return running(start(), async (run) => {
    await run.find(/open/)
    await askAngel(file, 'stop', { env })
    await run.ended
    assert.is(run.out, 'open\ncame to code 0, and leaves \n')
    const error = await askAngel(file, 'status', { env }).catch((error) => error)
    assert.is(error.code, 'MARA_NO_ANGEL_RUNNING')
  })
})

test('a second angel of a program starts nothing, and leaves the first one alone', () => {
  const { start, file, env } = programmed(SERVICE)
  return running(start(), async (first) => {
    await first.find(/open/)
    const { worker } = await askAngel(file, 'status', { env })
    const second = start()
    await second.ended
    assert.is(second.out, 'came to AngelRunningError, and leaves \n')
    assert.is((await askAngel(file, 'status', { env })).worker, worker)
    await askAngel(file, 'stop', { env })
    await first.ended
  })
})

test('a storm of SIGHUPs restarts once, and the next one that comes after that restarts again', () => {
  const { start, file, env } = programmed(SERVICE)
  return running(start(['--probation=0']), async (run) => {
    await run.find(/open/)
    const { angel } = await askAngel(file, 'status', { env })
    for (const restarts of [1, 2]) {
      for (let i = 0; i < 20; i++) process.kill(angel, 'SIGHUP')
      await run.find(new RegExp(`(?:open\\n){${restarts + 1}}`))
      // The storm is over when the restart is.
      while ((await askAngel(file, 'status', { env })).state !== 'serving') await turns()
      assert.is((await askAngel(file, 'status', { env })).restarts, restarts)
    }
    await askAngel(file, 'stop', { env })
    await run.ended
    assert.is(run.out.match(/open/g)?.length, 3)
  })
})

test('nothing that goes wrong in its process ends it: that is said, and it goes on', () => {
  const { start, file, env } = programmed(SERVICE)
  const faults = `
    setTimeout(() => { throw new Error('thrown by chance') })
    void Promise.reject(new Error('rejected by chance'))
    setTimeout(() => { throw undefined })`
  return running(start([], faults), async (run) => {
    await run.find(/open/)
    assert.is((await askAngel(file, 'status', { env })).state, 'serving')
    await askAngel(file, 'stop', { env })
    await run.ended
    assert.is(run.err.match(/The angel met an error of its own, and goes on/g)?.length, 3)
    assert.match(run.err, /thrown by chance/)
    assert.match(run.err, /rejected by chance/)
  })
})

test('a debugger of the angel does not keep the worker from having one, on a port of its own', () => {
  const { start, file, env } = programmed(`console.log(process.execArgv.join(' '))${SERVICE}`)
  return running(start([], '', ['--inspect=127.0.0.1:0']), async (run) => {
    await run.find(/open/)
    await askAngel(file, 'stop', { env })
    await run.ended
    assert.match(run.out, /^--inspect=0\b/)
    assert.is(run.err.match(/Debugger listening/g)?.length, 2)
  })
})

test.run()
