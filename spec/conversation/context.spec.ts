import { setImmediate as turn } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  Context,
  contextOfFault,
  currentContext,
  isAnythingSilent,
  isSilenced,
  keepFollowing,
  noteFault,
  runIn,
} from '../../lib/conversation/context.js'

/** Does something, unless whoever runs is silenced. */
function act(done: string[], what: string): void {
  if (isAnythingSilent() && isSilenced(() => done.push(what))) return
  done.push(what)
}

test('what a muted context does is not done, however deep; what others do meanwhile is', async () => {
  const done: string[] = []
  const muted = new Context({}, 'muted')
  const own = runIn(muted, async () => {
    act(done, 'own')
    await turn()
    act(done, 'own, later')
  })
  act(done, 'other')
  await own
  assert.equal(done, ['other'])
  muted.unmute()
})

test('what a held context does is done in its order when it is unmuted, and at once from then on', async () => {
  const done: string[] = []
  const held = new Context({}, 'muted')
  const own = runIn(held, async () => {
    act(done, 'one')
    held.voice = 'held'
    act(done, 'two')
    await turn()
    act(done, 'three')
    await turn()
    act(done, 'four')
  })
  await turn()
  assert.equal(done, [])
  held.unmute()
  assert.equal(done, ['two', 'three'])
  await own
  assert.equal(done, ['two', 'three', 'four'])
})

test('those who were replayed are followed on for as long as somebody wants to know', async () => {
  const context = new Context({}, 'muted')
  const unfollow = keepFollowing()
  const own = runIn(context, async () => {
    for (let i = 0; i < 3; i++) await turn()
    return currentContext()
  })
  context.unmute()
  assert.is(await own, context)
  unfollow()
  unfollow()
  const other = new Context({}, 'muted')
  const followed = runIn(other, async () => {
    await turn()
    return currentContext()
  })
  other.unmute()
  assert.is(await followed, undefined)
})

test('an error that is thrown anew is still that of whoever has met it; of any other, whoever runs has', () => {
  const context = new Context({}, 'muted')
  const error = new Error('late')
  // Anything may be thrown.
  runIn(context, () => assert.is(contextOfFault(undefined), context))
  runIn(context, () => noteFault(error))
  assert.is(contextOfFault(error), context)
  runIn(undefined, () => assert.is(contextOfFault(new Error('late')), undefined))
  runIn(context, () => assert.is(contextOfFault('another'), context))
  context.unmute()
})

test('an error that was survived, and is met once more elsewhere, is that of whoever meets it then', () => {
  const context = new Context({}, 'muted')
  const other = new Context({})
  const error = Object.freeze(new Error('always the same'))
  runIn(context, () => noteFault(error))
  assert.is(contextOfFault(error), context)
  runIn(other, () => assert.is(contextOfFault(error), other))
  context.unmute()
})

test('nothing is asked when nothing is silent', () => {
  assert.is(isAnythingSilent(), false)
  const context = new Context({}, 'held')
  assert.is(isAnythingSilent(), true)
  context.unmute()
  context.unmute()
  assert.is(isAnythingSilent(), false)
})

test.run()
