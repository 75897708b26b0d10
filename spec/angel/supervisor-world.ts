/**
 * A world for the supervisor without processes and clocks: it carries out commands by remembering them, and checks after
 * each event what must always be true.
 */
import * as assert from 'uvu/assert'
import { transition } from '../../lib/angel/supervisor.js'
import {
  type Command,
  initialState,
  type SupervisorEvent,
  type SupervisorState,
} from '../../lib/angel/supervisor-state.js'
import { VERSION } from '../../lib/edge/frames.js'

const SERVING = ['taking over', 'serving', 'handing over']

export class World {
  state: SupervisorState
  at = 1_000_000
  /** Requests that have been answered, with the answers. */
  readonly answers = new Map<number, 'succeed' | 'refuse'>()
  readonly told: Command[] = []
  /** Alarms that are set, with the time when they are due. */
  readonly alarms = new Map<number, number>()
  /** Workers that were killed and have not ended. */
  readonly killed = new Set<number>()
  exitCodes: number[] = []
  asked = 0
  #live = new Set<number>()
  #started = false
  readonly #tookBack = new Set<number>()

  constructor(healthy?: number) {
    this.state = freeze(initialState(healthy))
  }

  /** What was said last, of a kind. */
  last<Type extends Command['type']>(type: Type): Extract<Command, { type: Type }> {
    const found = this.told.filter((command) => command.type === type).at(-1)
    if (found === undefined) throw new Error(`nothing of the kind ${type} has come`)
    return found as Extract<Command, { type: Type }>
  }

  ask(asker?: number): number {
    this.asked += 1
    this.tell({ type: 'restart', request: this.asked, asker })
    return this.asked
  }

  ring(alarm: number): void {
    this.at = Math.max(this.at, this.alarms.get(alarm) ?? 0)
    this.alarms.delete(alarm)
    this.tell({ type: 'alarm', alarm })
  }

  /** The alarm that is due first. */
  get nextAlarm(): number | undefined {
    return [...this.alarms].sort(([a, due], [b, other]) => due - other || a - b)[0]?.[0]
  }

  end(worker: number, how = 'ended with exit code 3', exitCode = 3): void {
    this.killed.delete(worker)
    this.#live.delete(worker)
    this.tell({ type: 'ended', worker, how, exitCode })
  }

  /** Takes a new worker to where it says that it is ready. */
  makeReady(worker: number): void {
    this.tell({ type: 'spawned', worker, pid: 1_000 + worker })
    this.tell({ type: 'hello', worker, body: { version: VERSION } })
    this.tell({ type: 'ready', worker, body: {} })
  }

  tell(event: SupervisorEvent): void {
    if (event.type === 'start') this.#started = true
    this.at += 1
    const { state, commands } = transition(this.state, { ...event, at: this.at, clients: 2 })
    this.state = freeze(state)
    for (const command of commands) this.#carryOut(command)
    this.#check()
  }

  #carryOut(command: Command): void {
    assert.ok(this.exitCodes.length === 0 || command.type === 'refuse', `${command.type} came after the end`)
    // One that goes on after the next one has failed may do all of it again.
    if ('worker' in command && command.type !== 'kill' && !this.#tookBack.has(command.worker)) {
      const again = this.told.some(
        (one) => 'worker' in one && one.type === command.type && one.worker === command.worker,
      )
      if (again && command.type === 'go') this.#tookBack.add(command.worker)
      else assert.not(again, `${command.type} came twice for one worker`)
    }
    this.told.push(command)
    switch (command.type) {
      case 'spawn':
        assert.not(this.#live.has(command.worker))
        this.#live.add(command.worker)
        break
      case 'set-alarm':
        assert.ok(command.ms >= 0)
        this.alarms.set(command.alarm, this.at + command.ms)
        break
      case 'clear-alarm':
        assert.ok(this.alarms.delete(command.alarm), 'only an alarm that is set is cleared')
        break
      case 'succeed':
      case 'refuse':
        assert.not(this.answers.has(command.request), 'nobody is answered twice')
        this.answers.set(command.request, command.type)
        break
      case 'end':
        this.exitCodes.push(command.exitCode)
        break
      default:
        if ('worker' in command)
          assert.ok(this.#live.has(command.worker), `${command.type} is for a dead worker`)
        if (command.type === 'kill') this.killed.add(command.worker)
    }
  }

  #check(): void {
    const { workers, serving, next, standby, spare, startAlarm, requests, stopping, over } = this.state
    const { probation, spareAlarm } = this.state
    assert.equal(new Set(workers.map(({ number }) => number)), this.#live)
    for (const { number, stage } of workers) {
      assert.is(SERVING.includes(stage), number === serving, `${number} is ${stage}, and ${serving} serves`)
      if (number === next || number === spare) assert.ok(stage === 'starting' || stage === 'ready')
      assert.is(
        stage === 'standby',
        number === standby,
        `${number} is ${stage}, and ${standby} is on standby`,
      )
    }
    for (const number of [serving, next, standby, spare])
      if (number !== undefined) assert.ok(this.#live.has(number))
    assert.ok(serving === undefined || serving !== next)
    if (probation !== undefined) assert.ok(serving !== undefined && standby !== undefined)
    if (this.#started && !stopping)
      assert.not.equal([serving, next, startAlarm], [undefined, undefined, undefined])
    assert.is(over, this.exitCodes.length === 1)
    if (stopping) assert.is(over, workers.length === 0)

    const owned = workers.flatMap(({ deadline, heartbeat }) => [deadline?.alarm, heartbeat?.alarm])
    const alarms = [...owned, startAlarm, spareAlarm, probation?.alarm].filter((alarm) => alarm !== undefined)
    assert.equal(alarms.sort(ascending), [...this.alarms.keys()].sort(ascending), 'each alarm has one owner')

    assert.is(requests.length + this.answers.size, this.asked, 'who asks is answered, or waits')
    for (const { request } of requests) assert.not(this.answers.has(request))
  }
}

function ascending(one: number | undefined, other: number | undefined): number {
  return (one ?? 0) - (other ?? 0)
}

/** Whoever changes it is found out. */
function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) freeze(part)
  }
  return value
}
