import type { Duplex } from 'node:stream'
import { events, Service } from 'mara-ts'
import { RestartPointError } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Performance, type Play } from '../../lib/testing/performance.js'
import type { Theatre } from '../../lib/testing/theatre.js'
import { turns } from '../support/service.js'

const test = suite('a performance')

/** A service that is never replaced: it is counted how often it was to be. */
class Rehearsal implements Theatre {
  readonly blows: string[] = []
  readonly #service = new Service()

  constructor(greeting: string) {
    this.#service.listen(events.Connect, async ({ client }) => {
      client.write(`${greeting}, ${await client.ask('Name: ')}`)
    })
  }

  accept(duplex: Duplex): void {
    this.#service.accept(duplex)
  }

  start(): Promise<void> {
    return this.#service.start({ servers: [], log: false, store: 'memory' })
  }

  async restart(): Promise<void> {
    this.blows.push('restart')
  }

  async crash(): Promise<void> {
    this.blows.push('crash')
  }

  stop(): Promise<void> {
    return this.#service.stop()
  }

  settle(): Promise<void> {
    return turns()
  }
}

const play: Play = async (connect) => {
  for (const name of ['ann', 'bob']) {
    const person = await connect(name)
    await person.sees('Name: ')
    person.type(name)
    await person.sees(name)
  }
}

async function performed(
  greeting: string,
  interruption: { point?: number; times?: number; crash?: boolean; of?: string } = {},
): Promise<{ performance: Performance; blows: readonly string[] }> {
  const theatre = new Rehearsal(greeting)
  const all = { point: 0, times: 1, crash: false, of: undefined, ...interruption }
  const performance = new Performance(theatre, play, all)
  await performance.run()
  return { performance, blows: theatre.blows }
}

test('each sees is a point, at one of which the blow falls', async () => {
  const whole = await performed('Welcome')
  assert.is(whole.performance.points, 4)
  assert.equal([...whole.performance.names], ['ann', 'bob'])
  assert.equal(whole.blows, [])
  const third = await performed('Welcome', { point: 3, times: 2, crash: true })
  assert.equal(third.blows, ['crash', 'crash'])
  assert.is(third.performance.place, 'bob had seen "Name: " (moment 3)')
  const ofBob = await performed('Welcome', { point: 2, of: 'bob' })
  assert.is(ofBob.performance.points, 2)
  assert.is(ofBob.performance.place, 'bob had seen "bob" (moment 2)')
})

test('what everybody was sent is compared, byte for byte', async () => {
  const { performance: whole } = await performed('Welcome')
  const { performance: same } = await performed('Welcome', { point: 1 })
  same.compareTo(whole, undefined)
  const { performance: other } = await performed('Welcomes', { point: 1 })
  assert.throws(
    () => other.compareTo(whole, undefined),
    (error: unknown) =>
      error instanceof RestartPointError &&
      /^ann sees something else, from byte 13 on, with a restart when ann had seen/.test(error.message),
  )
})

test.run()
