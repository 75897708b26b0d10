import { Tell } from 'mara-ts/contrib/users'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Parlour, type Person, withParlour } from './harness.js'

const test = suite('contrib/users/talk')

/** Three people who have read everything so far. */
async function three({ join }: Parlour): Promise<Record<'ann' | 'bob' | 'cat', Person>> {
  const [ann, bob, cat] = [await join('ann'), await join('bob'), await join('cat')]
  await ann.seen()
  await bob.seen()
  return { ann, bob, cat }
}

test('say', () =>
  withParlour(async (parlour) => {
    const { ann, bob, cat } = await three(parlour)
    assert.equal(await ann.seen('say hi', "'  hello   all ", "SAY it's me"), [
      'You say: hi',
      'You say: hello   all',
      "You say: it's me",
    ])
    const heard = ['ann says: hi', 'ann says: hello   all', "ann says: it's me"]
    assert.equal([await bob.seen(), await cat.seen()], [heard, heard])
    assert.equal(await ann.seen('say', 'say  '), ['Syntax: say <message>', 'Syntax: say <message>'])
    assert.equal(await bob.seen(), [])
  }))

test('emote', () =>
  withParlour(async (parlour) => {
    const { ann, bob, cat } = await three(parlour)
    const all = ['ann smiles', "ann's dog barks", 'ann ’scapes', 'ann waves']
    assert.equal(await ann.seen('emote smiles', "emote 's dog barks", 'emote ’scapes', ';waves'), all)
    assert.equal([await bob.seen(), await cat.seen()], [all, all])
  }))

test('tell', () =>
  withParlour(async (parlour) => {
    const { ann, bob, cat } = await three(parlour)
    assert.equal(await ann.seen('tell bob, cat psst', '>BOB psst', 'tell cat,bob,Cat x'), [
      'You tell bob and cat: psst',
      'You tell bob: psst',
      'You tell cat and bob: x',
    ])
    assert.equal(await bob.seen(), [
      'ann tells you and cat: psst',
      'ann tells you: psst',
      'ann tells you and cat: x',
    ])
    assert.equal(await cat.seen(), ['ann tells you and bob: psst', 'ann tells you and bob: x'])
    assert.equal(
      await ann.seen(
        'tell ann x',
        'tell bob, ann x',
        'tell zed x',
        'tell zed, bob, yan x',
        'tell bob',
        'tell',
        'tell __proto__ x',
        `tell ${'zed,Zed,'.repeat(500)}yan x`,
        'tell d1,d2,d3,d4,d5,d6,d7 x',
        `tell ${'x'.repeat(3000)} x`.slice(0, 60),
      ),
      [
        'Why would you want to tell yourself that?',
        'Why would you want to tell yourself that?',
        'Nobody here is called zed.',
        'Nobody here is called zed or yan.',
        'Syntax: tell <users, ...> <message>',
        'Syntax: tell <users, ...> <message>',
        'Nobody here is called __proto__.',
        'Nobody here is called zed or yan.',
        'Nobody here is called d1, d2, d3, d4, d5 or any of the others.',
        'Syntax: tell <users, ...> <message>',
      ],
    )
    assert.equal([await bob.seen(), await cat.seen()], [[], []])
  }))

test('only so many are told at once, since each hears who the others are', () =>
  withParlour(async (parlour) => {
    const { ann, bob, cat } = await three(parlour)
    assert.is(new Tell(parlour.users).most, 50)
    parlour.commands.register('tell', { args: '<users:word,...> <message:text>' }, () =>
      Object.assign(new Tell(parlour.users), { most: 1 }),
    )
    assert.equal(await ann.seen('tell bob, cat x', 'tell bob, bob y'), [
      'You can tell 1 people at most at once.',
      'You tell bob: y',
    ])
    assert.equal([await bob.seen(), await cat.seen()], [['ann tells you: y'], []])
  }))

test('look foo ends nothing', () =>
  withParlour(async (parlour) => {
    const { ann, bob } = await three(parlour)
    assert.equal(await ann.seen('look foo', 'look', 'l'), [
      'Syntax: look',
      'Here: bob, cat.',
      'Here: bob, cat.',
    ])
    assert.equal(await bob.seen(), ['ann looks around', 'ann looks around'])
    assert.equal(parlour.log.problems, [])
  }))

test.run()
