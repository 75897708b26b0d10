import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { socials } from '../../../lib/contrib/language/index.js'
import { Look, socialCommands } from '../../../lib/contrib/users/index.js'
import { withParlour } from './harness.js'

const test = suite('contrib/users/social')

test('an action is turned for each reader, and people who are named are found', () =>
  withParlour(async ({ join, commands, users }) => {
    socialCommands(commands, users)
    const [ann, bob, cat] = [await join('ann'), await join('bob'), await join('cat')]
    for (const person of [ann, bob]) await person.seen()
    await ann.seen('gender she')
    assert.equal(await ann.seen('dance bob', 'smile', 'Dance bob', 'poke me', 'hug bob and his dog'), [
      'You dance with bob',
      'You smile',
      'You dance with bob',
      'You poke yourself',
      'You hug bob and his dog',
    ])
    assert.equal((await bob.seen()).slice(0, 2), ['ann dances with you', 'ann smiles'])
    assert.equal((await cat.seen()).slice(0, 4), [
      'ann dances with bob',
      'ann smiles',
      'ann dances with bob',
      'ann pokes herself',
    ])
  }))

test('what follows a verb is a sentence: more is refused, and reaches nobody', () =>
  withParlour(async ({ join, commands, users }) => {
    socialCommands(commands, users)
    const [ann, bob] = [await join('ann'), await join('bob')]
    await ann.seen()
    const most = `${'i '.repeat(149)}i `
    assert.is(most.length, 300)
    assert.equal(await ann.seen(`boast ${most}i`, 'smile'), [
      'That is too long: 300 characters at most.',
      'You smile',
    ])
    assert.equal(await bob.seen(), ['ann smiles'])
    await ann.seen(`boast ${most.trim()}`)
    assert.match(await bob.line(), /^ann boasts they they/)
  }))

test('a command that is there already stays what it is', () =>
  withParlour(async ({ join, commands, users }) => {
    commands.register('dance', {}, () => new Look(users))
    socialCommands(commands, users)
    const ann = await join('ann')
    assert.equal(await ann.seen('dance'), ['You are alone here.'])
  }))

test("verbs of one's own are conjugated, and have their prepositions", () =>
  withParlour(async ({ join, commands, users }) => {
    socialCommands(commands, users, undefined, { ...socials, boogie: 'with' })
    const [ann, bob] = [await join('ann'), await join('bob')]
    await ann.seen()
    await bob.seen()
    assert.equal(await ann.seen('boogie bob', 'smile'), ['You boogie with bob', 'You smile'])
    assert.equal(await bob.seen(), ['ann boogies with you', 'ann smiles'])
  }))

test.run()
