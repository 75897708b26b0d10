// Two people in one conversation, of which one process after another is replaced or lost: what docs/conversations.md says of
// it under "Two people at once".
import { connectTo, everyRestartPoint, type Player, type Scenario } from 'mara-ts/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeService } from '../../examples/duel/service.js'
import { Stage } from '../../lib/testing/stage.js'

const test = suite('a duel')

/** Ann and Bob give their names. */
async function enter(...people: readonly Player[]): Promise<void> {
  for (const person of people) {
    await person.sees('Name: ')
    person.type(person.name)
    await person.sees('Whom do you challenge?')
  }
}

const play: Scenario['play'] = async (connect) => {
  const [ann, bob] = [await connect('ann'), await connect('bob')]
  await enter(ann, bob)
  ann.type('bob')
  await ann.sees('You challenge bob.')
  await bob.sees('ann challenges you. Accept? ')
  bob.type('yes')
  await ann.sees('scissors? ')
  await bob.sees('scissors? ')
  bob.type('a spoon')
  await bob.sees('scissors? ')
  ann.type('paper')
  bob.type('rock')
  await ann.sees('paper meets rock: ann wins.')
  await bob.sees('paper meets rock: ann wins.')
}
// A planned restart waits for the step in which the other one is asked, by the system's clock.
const settings = { restartWait: 50 }

for (const crash of [false, true]) {
  test(`goes on after a ${crash ? 'crash' : 'restart'} at each moment, and nobody is asked twice`, async () => {
    const moments = await everyRestartPoint({ service: makeService, settings, play }, { crash })
    assert.is(moments, 11)
  })
}

/** Ann has challenged Bob, who has not answered yet. */
async function challenged(): Promise<{ stage: Stage; ann: Player; bob: Player }> {
  const stage = new Stage(makeService, settings)
  await stage.start()
  const ann = await connectTo(stage, { name: 'ann' })
  const bob = await connectTo(stage, { name: 'bob' })
  await enter(ann, bob)
  ann.type('bob')
  await bob.sees('Accept? ')
  return { stage, ann, bob }
}

for (const how of ['crash', 'restart'] as const) {
  test(`an answer that is typed during a ${how} is the answer to what was asked before`, async () => {
    const { stage, ann, bob } = await challenged()
    const back = stage[how]()
    bob.type('yes')
    await back
    await ann.sees('scissors? ')
    await ann.leave()
    await bob.leave()
    await stage.stop()
  })

  test(`whoever leaves during a ${how} has given no answer`, async () => {
    const { stage, ann, bob } = await challenged()
    const back = stage[how]()
    await bob.leave()
    await back
    await ann.sees('There is no duel.')
    await ann.leave()
    await stage.stop()
  })

  test(`after a ${how} a duel whose foe had left goes on to its end`, async () => {
    const { stage, ann, bob } = await challenged()
    bob.type('yes')
    await ann.sees('scissors? ')
    await bob.leave()
    await stage.settle()
    await stage[how]()
    ann.type('paper')
    await ann.sees('The duel is off.')
    await ann.leave()
    await stage.stop()
  })

  test(`if the challenger leaves during a ${how}, the other one is told, and asked no longer`, async () => {
    const { stage, ann, bob } = await challenged()
    const back = stage[how]()
    await ann.leave()
    await back
    await bob.sees('There is no duel.')
    bob.type('yes')
    await bob.sees('There is no yes to fight.')
    await bob.leave()
    await stage.stop()
  })
}

test.run()
