import { events, Service } from 'mara-ts'
import { step } from 'mara-ts/conversation'
import { Store } from 'mara-ts/storage'
import { connectTo } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { Stage } from '../../lib/testing/stage.js'
import { Records } from '../support/records.js'

const test = suite('stored objects that clients have left')

class Person extends Store.define('person', { points: z.number().default(0) }) {}

interface State {
  friend?: Person | undefined
}

/** Bob is released, deleted, or neither, while a conversation that has named him waits for its answer. */
function make(): Service<State> {
  const service = new Service<State>()
  const people = service.stores.manager(Person)
  service.listen(events.Receive, async ({ client, data }) => {
    if (data === 'bob leaves') people.release(people.get('bob') as Person)
    if (data === 'bob dies') await people.delete('bob')
    if (data.startsWith('bob')) return client.write('done')
    const found = await step('find', async () => {
      const bob = (await people.load('bob')) ?? (await people.create('bob', { points: 7 }))
      await bob.save()
      return bob
    })
    client.state.friend = found
    const sure = await client.ask('Sure? ')
    client.write(
      `${sure}: ${found?.points} and ${client.state.friend?.points}, same: ${found === client.state.friend}`,
    )
  })
  return service
}

async function onStage(
  leaving: string,
  body: (stage: Stage, log: Records) => Promise<string>,
): Promise<void> {
  const log = new Records()
  const stage = new Stage(make, { log })
  await stage.start()
  const [ann, eve] = [await connectTo(stage), await connectTo(stage)]
  ann.type('hello')
  await ann.sees('Sure? ')
  eve.type(leaving)
  await eve.sees('done')
  await stage.settle()
  const answer = await body(stage, log)
  ann.type('yes')
  await ann.sees(answer)
  await stage.stop()
}

for (const way of ['restart', 'crash'] as const) {
  test(`one that is not active is there after a ${way}, in client.state and as the result of a step, and is one object`, () =>
    onStage('bob leaves', async (stage) => {
      // What was released right before a crash may still be active after it; here it has not been for long.
      if (way === 'crash') await stage.restart()
      await stage[way]()
      assert.is(stage.service.stores.manager(Person).get('bob'), undefined)
      return 'yes: 7 and 7, same: true'
    }))

  test(`one that was deleted is nothing after a ${way}, and the log names it`, () =>
    onStage('bob dies', async (stage, log) => {
      await stage[way]()
      assert.match(log.problems.map(({ message }) => message).join('\n'), /person\/bob is not saved/)
      return 'yes: undefined and undefined, same: true'
    }))
}

test('one that can not be read is nothing, the log says why, and clients are served', () =>
  onStage('bob leaves', async (stage, log) => {
    stage.settings = { ...stage.settings, store: 'memory' }
    await stage.restart()
    assert.match(log.problems.map(({ message }) => message).join('\n'), /person\/bob/)
    return 'yes: undefined and undefined, same: true'
  }))

test.run()
