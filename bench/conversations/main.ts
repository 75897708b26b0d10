/**
 * What it costs that conversations survive: under the angel, with `onRestart=replay` and without, in alternation; how fast
 * a replay is; and how long clients wait for it at a restart. `npm run bench -- conversations`
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { askAngel } from '../../lib/angel/index.js'
import { events, Service } from '../../lib/index.js'
import { connectTo } from '../../lib/testing/index.js'
import { Stage } from '../../lib/testing/stage.js'
import { COMPILED, compileBenchmarks } from '../support/build.js'
import { type Program, run, runMara } from '../support/program.js'
import { median } from '../support/statistics.js'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    // No server is compiled before some thousand logins.
    'warm-up': { type: 'string', default: '5' },
    clients: { type: 'string', default: '1000' },
    restarts: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
  },
})
/** Compiled, since a loader would slow each start of a worker. */
const SERVICE = join(COMPILED, 'conversations/service.js')

function start(onRestart: string): ReturnType<typeof runMara> {
  return runMara('angel', SERVICE, '--probation=0', `--onRestart=${onRestart}`)
}

const inMs = (seconds: string): number => Number(seconds) * 1_000

type Load = (port: string) => Program

/** Lines or logins a second, with and without, and the ratio. */
async function compare(what: string, load: Load, withSteps = false): Promise<void> {
  const rates: Record<'replay' | 'restart', number[]> = { replay: [], restart: [] }
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const onRestart of ['restart', 'replay'] as const) {
      process.env.STEPS = withSteps && onRestart === 'replay' ? '1' : ''
      const { program, port } = await start(onRestart)
      const loading = load(port)
      rates[onRestart].push(JSON.parse(await loading.line()).rate)
      await loading.end()
      await program.stop()
    }
  }
  const ratio = median(rates.replay.map((rate, i) => rate / (rates.restart[i] ?? Number.NaN)))
  const format = (of: number[]): string => `${Math.round(median(of)).toLocaleString('en')}/s`
  console.log(
    `  ${what}: without ${format(rates.restart)}, with ${format(rates.replay)}, ratio ${ratio.toFixed(2)}`,
  )
}

/** In memory: how long a journal is, and how fast a handler is brought to its end. */
async function replaySpeed(clients: number, answers: number): Promise<void> {
  const stage = new Stage(
    () => {
      const service = new Service()
      service.listen(events.Connect, async ({ client }) => {
        for (let i = 0; i < answers; i++) await client.ask('> ')
        client.write('done')
        await client.nextLine()
      })
      return service
    },
    { log: false, maxConnections: 100_000, maxConnectionRate: 1_000_000 },
  )
  await stage.start()
  const players = []
  for (let i = 0; i < clients; i++) players.push(await connectTo(stage, { telnet: false }))
  for (const player of players) player.type(...Array.from({ length: answers }, () => 'yes'))
  for (const player of players) await player.sees('done')
  const length = stage.journalLength / clients
  const from = performance.now()
  await stage.crash()
  const took = performance.now() - from
  console.log(
    `  ${clients.toLocaleString('en')} clients, ${answers} answers each: ${(length / answers).toFixed(0)} bytes an answer, back in ${took.toFixed(0)} ms, ${Math.round((clients * answers) / (took / 1_000)).toLocaleString('en')} answers/s`,
  )
  await stage.stop()
}

async function pauses(clients: number, onRestart: string): Promise<void> {
  const { program, port } = await start(onRestart)
  const crowd = run(new URL('./logins.ts', import.meta.url), port, clients)
  await crowd.line()
  const paused: number[] = []
  const took: number[] = []
  for (let i = 0; i < Number(values.restarts); i++) {
    const from = Date.now()
    const { pause } = await askAngel(SERVICE, 'restart')
    paused.push(pause)
    took.push(Date.now() - from)
  }
  console.log(
    `  ${onRestart}: ${clients.toLocaleString('en')} clients, each at its fifth prompt: paused for ${Math.min(...paused)} to ${Math.max(...paused)} ms, median ${median(paused)} ms; a restart took ${(median(took) / 1_000).toFixed(1)} s, the preflight included`,
  )
  await crowd.end()
  await program.stop()
}

const logins: Load = (port) =>
  run(new URL('./logins.ts', import.meta.url), port, 20, inMs(values.seconds), inMs(values['warm-up']))
const chat: Load = (port) => run(new URL('./chat.ts', import.meta.url), port, 50, inMs(values.seconds))

compileBenchmarks()
console.log(`Node ${process.version}; ${values.rounds} rounds of ${values.seconds} s.`)
if ('replay'.includes(values.only)) {
  console.log('\nReplay, in memory')
  await replaySpeed(1, 900)
  await replaySpeed(1_000, 5)
  await replaySpeed(1_000, 50)
}
if ('pause'.includes(values.only)) {
  console.log('\nPause at a restart')
  for (const onRestart of ['restart', 'replay']) await pauses(Number(values.clients), onRestart)
}
if ('cost'.includes(values.only)) {
  console.log('\nCost under the angel, in alternation, medians')
  await compare('logins by five prompts', logins)
  await compare('the same, in a program that uses steps', logins, true)
  await compare('chat by Receive', chat)
  await compare('the same, in a program that uses steps', chat, true)
}
