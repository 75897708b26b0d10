import { InvalidOptionError } from 'mara-ts'
import { type Choice, type SelectOptions, select } from 'mara-ts/prompts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { longestNormalized } from '../support/normalized.js'
import { rejection } from '../support/service.js'
import { withClient } from './harness.js'

const RACES = [
  { value: 1, name: 'Elf', description: 'quick and proud' },
  { value: 2, name: 'Dwarf' },
  { value: 3, name: 'Dragon', disabled: true },
  { value: 4, name: 'Dryad', disabled: 'in summer only' },
  { value: 5, name: 'Orc', disabled: false, description: '' },
]

test('the choices are listed with their numbers, and then the message is shown as it stands', () =>
  withClient(async ({ client, peer, gets }) => {
    const answer = select(client, { message: 'Race: ', choices: RACES })
    await gets(
      '1) Elf - quick and proud\r\n2) Dwarf\r\n3) Dragon (not available)\r\n4) Dryad (in summer only)\r\n5) Orc\r\nRace: ',
    )
    peer.send('2\r\n')
    assert.is(await answer, 2)
  }))

test('numbers stand in a column', () =>
  withClient(async ({ client, peer }) => {
    const choices = Array.from({ length: 10 }, (_, i) => `choice ${i}`)
    peer.send('10\r\n')
    assert.is(await select(client, { message: ': ', choices }), 'choice 9')
    const shown = await peer.until(': ')
    assert.ok(shown.startsWith(' 1) choice 0\r\n') && shown.endsWith('\r\n10) choice 9\r\n: '), shown)
  }))

async function chosen(
  typed: string,
  options: Partial<SelectOptions<string | Choice<unknown>>> = {},
): Promise<unknown> {
  let result: unknown
  await withClient(async ({ client, peer }) => {
    peer.send(`${typed}\r\n`)
    const choice = select<string | Choice<unknown>>(client, {
      message: ': ',
      choices: RACES,
      attempts: 1,
      ...options,
    })
    result = await choice.catch(async () => {
      await peer.until(': ')
      return `refused: ${await peer.line()}`
    })
  })
  return result
}

test('a choice is made by number, by name, or by a beginning that only one name has, in any case', async () => {
  for (const [typed, value] of [
    ['1', 1],
    [' 05 ', 5],
    ['Dwarf', 2],
    ['oRC', 5],
    ['e', 1],
    ['DW', 2],
  ] as const) {
    assert.is(await chosen(typed), value, typed)
  }
})

test('a very long answer chooses nothing, and its accents are not sorted, which takes the square of their number', async () => {
  const longest = await longestNormalized(async () => {
    const answer = await chosen(`e${'\u0308'.repeat(1_000)}`)
    assert.is(answer, 'refused: Please choose a number from 1 to 5, or a name.')
  })
  assert.ok(longest < 1_000)
})

test('what cannot be chosen does not make a beginning ambiguous', async () => {
  assert.is(await chosen('d'), 2)
})

test('several names with the same beginning are told, and asked about again', async () => {
  assert.is(await chosen('m', { choices: ['mouse', 'moose', 'cat'] }), 'refused: Which one: mouse, moose?')
})

test('a whole name comes before longer ones that begin with it', async () => {
  assert.is(await chosen('rat', { choices: ['rats', 'rat', 'rat king'] }), 'rat')
})

test('two choices of one name are told apart by their numbers', async () => {
  const choices = [
    { value: 'a', name: 'door' },
    { value: 'b', name: 'door' },
  ]
  assert.is(await chosen('door', { choices }), 'refused: Which one: door, door?')
  assert.is(await chosen('2', { choices }), 'b')
})

test('a number of the list means that choice, and any other number may begin a name', async () => {
  const choices = ['2 apples', '10 pears', '1']
  assert.is(await chosen('1', { choices }), '2 apples')
  assert.is(await chosen('3', { choices }), '1')
  assert.is(await chosen('10', { choices }), '10 pears')
})

test('accents are compared however they are encoded', async () => {
  assert.is(await chosen('\u00e9T', { choices: ['e\u0301tage', 'cave'] }), 'e\u0301tage')
})

test('whoever chooses what is not available is told why', async () => {
  assert.is(await chosen('3'), 'refused: Dragon is not available.')
  assert.is(await chosen('dryad'), 'refused: Dryad: in summer only.')
  assert.is(await chosen('dra'), 'refused: Dragon is not available.')
})

test('anything else is refused with what would do: also an empty line, 0 and a number behind the last', async () => {
  for (const typed of ['', '0', '6', '-1', '1.0', 'elves']) {
    assert.is(await chosen(typed), 'refused: Please choose a number from 1 to 5, or a name.', typed)
  }
})

test('an empty line is the default, where there is one', async () => {
  assert.is(await chosen('', { default: 5 }), 5)
})

test('values may be of any kind, and are named by themselves where they have no name', async () => {
  const nothing = { value: undefined, name: 'nothing' }
  const choices = [{ value: 7 }, { value: true }, { value: null, name: 'none' }, nothing]
  assert.is(await chosen('7', { choices }), 7)
  assert.is(await chosen('true', { choices }), true)
  assert.is(await chosen('none', { choices }), null)
  assert.is(await chosen('nothing', { choices }), undefined)
})

test('a list of which nothing can be chosen, and a default that cannot, are mistakes of the program', () =>
  withClient(async ({ client }) => {
    for (const options of [
      { choices: [] },
      { choices: [{ value: 1, disabled: true }] },
      { choices: RACES, default: 9 },
      { choices: RACES, default: 3 },
    ]) {
      const error = await rejection(select<Choice<number>>(client, { message: 'Race: ', ...options }))
      assert.instance(error, InvalidOptionError, JSON.stringify(options))
    }
  }))

test('the answer’s type is that of the choices', () =>
  withClient(async ({ client, peer }) => {
    peer.send('1\r\n2\r\n1\r\n')
    const race: 'elf' | 'orc' = await select(client, { message: '', choices: ['elf', 'orc'] })
    const number: 1 | 2 = await select(client, { message: '', choices: [{ value: 1 }, { value: 2 }] })
    const mixed: 'elf' | 3 = await select(client, { message: '', choices: ['elf', { value: 3 }], default: 3 })
    assert.equal([race, number, mixed], ['elf', 2, 'elf'])
  }))

test.run()
