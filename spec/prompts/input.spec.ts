import { input } from 'mara-ts/prompts'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { withClient } from './harness.js'

test('blanks around an answer do not count', () =>
  withClient(async ({ client, peer }) => {
    peer.send('  ann of ely \t\r\n')
    assert.is(await input(client, { message: '' }), 'ann of ely')
  }))

test('an empty answer is an answer, unless one is required', () =>
  withClient(async ({ client, peer, gets }) => {
    peer.send('\r\n')
    assert.is(await input(client, { message: 'Motto: ' }), '')
    const answer = input(client, { message: 'Name: ', required: true })
    peer.send('  \r\n')
    await gets('Motto: Name: Please type something.\r\nName: ')
    peer.send('ann\r\n')
    assert.is(await answer, 'ann')
    peer.send('\r\n')
    assert.is(await input(client, { message: 'Name: ', required: true, default: 'guest' }), 'guest')
  }))

test('transform changes what was typed before it is validated, and leaves the default alone', () =>
  withClient(async ({ client, peer }) => {
    const seen: string[] = []
    const options = {
      message: '',
      default: 'guest',
      transform: (text: string) => text.toUpperCase(),
      validate: (text: string) => {
        seen.push(text)
        return true
      },
    }
    peer.send('ann\r\n\r\n')
    assert.is(await input(client, options), 'ANN')
    assert.is(await input(client, options), 'guest')
    assert.equal(seen, ['ANN', 'guest'])
  }))

test.run()
