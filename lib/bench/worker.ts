/**
 * One process of a load generator: `mara bench` starts it, tells it what to do, and hears what it measured. It ends when
 * the command does.
 */
import { describeFailure } from '../program/failure.js'
import { Load } from './load.js'
import type { FromProcess, ToProcess } from './messages.js'
import { type Plan, scriptOf } from './plan.js'
import type { Script } from './script.js'

let plan: Plan | undefined
let script: Script | undefined
let index = 0
let load: Load | undefined

function tell(message: FromProcess): void {
  // The command may have gone; then `disconnect` follows.
  process.send?.(message, undefined, undefined, () => {})
}

// A terminal tells all its processes; what becomes of this one is for the command to say.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
process.on('disconnect', () => process.exit(1))
// A script may leave promises alone. That is an error of the script, and not the end of all its other clients.
process.on('unhandledRejection', (error) => strayed(error))
process.on('uncaughtException', (error) => strayed(error))

function strayed(error: unknown): void {
  if (load === undefined) tell({ type: 'unable', message: describeFailure(error).trimEnd() })
  else load.recorder.failed('conversation', error, { client: -1, at: load.now() })
}

process.on('message', (message: ToProcess) => {
  if (message.type === 'plan') void prepare(message.plan, message.index)
  else if (message.type === 'start') void start(message.at)
  else load?.stop()
})

async function prepare(given: Plan, number: number): Promise<void> {
  plan = given
  index = number
  try {
    script = await scriptOf(given)
    tell({ type: 'ready' })
  } catch (error) {
    tell({ type: 'unable', message: describeFailure(error).trimEnd() })
  }
}

async function start(at: number): Promise<void> {
  load = new Load(plan as Plan, script as Script, index, at, {
    step: (step) => tell({ type: 'step', step }),
    tried: (connected) => tell({ type: 'tried', connected }),
  })
  tell({ type: 'done', ...(await load.run()) })
}
